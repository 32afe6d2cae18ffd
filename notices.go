package main

import (
	"cmp"
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/db"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/domain/notify/chat"
	"daybreak/domain/notify/mail"
	"daybreak/domain/payment"
	"daybreak/views"
)

// notices is what tells people what happened.
func (a *app) notices() *notify.Service {
	s := notify.New(a.db, notify.Settings{
		Directory: directory{a.accounts}, Renderer: views.Mail{Base: a.base}, Senders: a.senders(),
		Retry: a.smtpRetry, Alarms: a.alarms, Inside: a.chatHosts,
	})
	s.Changed = func(hints []notify.Hint) {
		changes := make([]lists.Change, len(hints))
		for i, h := range hints {
			changes[i] = lists.Change{List: notify.List, ID: h.ID, Version: h.Version, Audience: h.UserID}
		}
		a.tellChanged(changes)
	}
	return s
}

// senders are the channels that leave the house. What goes through one that is not here
// is kept, to be read on a page of the staff.
func (a *app) senders() map[notify.Channel]notify.Sender {
	c := chat.New(chat.Config{Inside: a.chatHosts})
	a.clients = append(a.clients, c)
	out := map[notify.Channel]notify.Sender{notify.Chat: c}
	if a.smtpURL != "" {
		m := mail.New(mail.Config{Server: a.smtp, From: a.mailFrom})
		a.clients = append(a.clients, m)
		out[notify.Email] = m
	}
	return out
}

// base is the address of the site in what leaves it. A process without the site has to be
// told by -base-url.
func (a *app) base() string { return cmp.Or(a.baseURL, "http://"+a.addr) }

// directory is the accounts as far as people are told things.
type directory struct{ *accounts.Service }

// People implements notify.Directory.
func (d directory) People(ctx context.Context, q db.Querier, ids []string) ([]notify.Person, error) {
	as, err := d.Service.People(ctx, q, ids)
	return persons(as), err
}

// Staff implements notify.Directory.
func (d directory) Staff(ctx context.Context, q db.Querier, roles []domain.Role) ([]notify.Person, error) {
	as, err := d.Service.Staff(ctx, q, roles)
	return persons(as), err
}

// SetLanguage implements notify.Directory.
func (d directory) SetLanguage(ctx context.Context, tx *db.Tx, id, lang string) error {
	return d.StoreLanguage(ctx, tx, id, lang)
}

func persons(as []accounts.Account) []notify.Person {
	out := make([]notify.Person, len(as))
	for i, a := range as {
		out[i] = notify.Person{ID: a.ID, Email: a.Email, Name: a.Name, Lang: a.Language, Role: a.Role, Active: a.Active}
	}
	return out
}

const (
	maxLow = 200 // products an admin is told of at once
	// unpaidFor is how long the oldest payment has waited when the provider is in trouble,
	// whoever asks: this process may not be the one that does.
	unpaidFor = time.Minute
	// refundFor is how long money may take to go back.
	refundFor = 10 * time.Minute
)

// alarms are what is wrong in the house at the moment and that admins should know.
func (a *app) alarms(ctx context.Context) ([]notify.Alarm, error) {
	var out []notify.Alarm
	low, err := a.lists.Products(ctx, lists.ProductFilter{ActiveOnly: true, Low: true, Limit: maxLow})
	if err != nil {
		return nil, err
	}
	for _, p := range low.Items {
		if p.LastReceivedAt.IsZero() {
			continue // it is new: nobody has expected any yet
		}
		alarm := notify.Alarm{Kind: notify.KindLowStock, State: "low", Subject: notify.Subject{Type: event.Product, ID: p.ProductID},
			Args: []any{"name", domain.Name{Ko: p.Product, En: p.ProductEn}, "n", int(p.Available())}}
		if p.Available() == 0 {
			alarm.State = "out"
		}
		out = append(out, alarm)
	}
	counts, err := a.db.BacklogCounts(ctx)
	if err != nil {
		return nil, err
	}
	parked := 0
	for _, c := range counts {
		if c.State == db.Parked {
			parked += int(c.N)
		}
	}
	if parked > 0 {
		out = append(out, notify.Alarm{Kind: notify.KindDeadLetters, State: "parked", Subject: notify.Subject{ID: "dead letters"}, Args: []any{"n", parked}})
	}
	money, err := a.moneyAlarms(ctx)
	return append(out, money...), err
}

// moneyAlarms are about the payment provider.
func (a *app) moneyAlarms(ctx context.Context) ([]notify.Alarm, error) {
	if a.payment == nil {
		return nil, nil
	}
	h, err := a.payment.Health(ctx)
	if err != nil {
		return nil, err
	}
	var out []notify.Alarm
	late := a.paymentProvider != "stripe" && !h.WaitingSince.IsZero() && a.now().Sub(h.WaitingSince) >= unpaidFor
	if h.Worst().Breaker != payment.Closed || late {
		out = append(out, notify.Alarm{Kind: notify.KindBreaker, State: "open", Subject: notify.Subject{ID: "payment provider"}, Args: []any{"n", h.Waiting}})
	}
	if !h.RefundsSince.IsZero() && a.now().Sub(h.RefundsSince) >= refundFor {
		out = append(out, notify.Alarm{Kind: notify.KindRefunds, State: "stuck", Subject: notify.Subject{ID: "refunds"}, Args: []any{"n", h.RefundsDue}})
	}
	return out, nil
}
