package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMailStandsInForAChat(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const hook = "https://hooks.slack.com/services/x"
		r.chat.answers(func(context.Context, Message) error { return Bounced{errors.New("404 no_service")} })
		_, err := r.SetPreferences(t.Context(), actor(pak), Preferences{ChatURL: hook})
		r.must(err)
		_, err = r.SetPreferences(t.Context(), actor(ana), Preferences{ChatURL: hook, Kinds: map[Kind]Switches{KindOrder: {InApp: true, Chat: true}}})
		r.must(err)
		r.place()
		r.work()
		same(t, "mails", r.mail.subjects(), []string{"ana@example.com: Order 20261123-0042 is placed", "pak@example.com: 새 주문 20261123-0042가 들어왔습니다"})
		same(t, "messages", r.states(), []string{"ana@example.com email order.placed suppressed", "hooks.slack.com chat order.placed bounced",
			"hooks.slack.com chat new_order.placed bounced", "ana@example.com email order.placed sent", "pak@example.com email new_order.placed sent"})

		_, err = r.SetPreferences(t.Context(), actor(ana), Preferences{ChatURL: hook, Kinds: map[Kind]Switches{KindOrder: {InApp: true, Chat: true, Email: true}}})
		r.must(err)
		r.pass(time.Hour)
		r.place()
		r.work()
		if n := len(r.mail.all()); n != 4 { // hers, once, and Pak's
			t.Errorf("%d mails:\n%s", n, strings.Join(r.mail.subjects(), "\n"))
		}
		m := r.mail.all()[2]
		_, err = r.Unsubscribe(t.Context(), m.Unsubscribe[strings.Index(m.Unsubscribe, "=")+1:])
		r.must(err)
		r.pass(time.Hour)
		r.place()
		r.work()
		if n := len(r.mail.all()); n != 5 {
			t.Errorf("%d mails, although she has said never:\n%s", n, strings.Join(r.mail.subjects(), "\n"))
		}
	})
}

func TestABurstIsOneMessage(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		_, err := r.SetTeam(t.Context(), actor(eve), Team{Kind: KindNewOrder, URL: "https://hooks.slack.com/services/team"})
		r.must(err)
		_, err = r.SetPreferences(t.Context(), actor(pak), Preferences{Kinds: map[Kind]Switches{KindNewOrder: {InApp: true, Email: true}}})
		r.must(err)
		for range 100 {
			r.place()
			r.pass(100 * time.Millisecond)
			r.work()
		}
		if n := len(r.inbox(pak)); n != 100 {
			t.Errorf("%d in the page", n)
		}
		r.pass(burst)
		r.work()
		chats, mails := r.chat.all(), slices.DeleteFunc(r.mail.all(), func(m Message) bool { return m.To == ana.Email })
		if len(chats) != 2 || chats[0].Subject != "새 주문 20261123-0042가 들어왔습니다" || chats[1].Subject != "새 주문 소식 99건" ||
			chats[0].To != "https://hooks.slack.com/services/team" || chats[0].Format != "slack" {
			t.Errorf("chat: %+v", chats)
		}
		if len(mails) != 2 || mails[1].Subject != "새 주문 소식 99건" || mails[1].To != pak.Email || strings.Count(mails[1].Text, "\n") >= maxItems {
			t.Errorf("mail: %+v", mails)
		}
		for _, e := range r.ledger() {
			if e.State != Sent || e.Channel == Chat && e.Address != "hooks.slack.com" {
				t.Errorf("%+v", e)
			}
		}
		if n := len(r.mail.all()) - len(mails); n != 100 {
			t.Errorf("the customer got %d mails", n)
		}
	})
}

func TestQuietNights(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		_, err := r.SetPreferences(t.Context(), actor(ana), Preferences{Quiet: Quiet{"11:00", "14:00", "Asia/Seoul"}})
		r.must(err)
		r.place()
		r.work()
		if len(r.inbox(ana)) != 1 || len(r.mail.all()) != 0 {
			t.Errorf("%q, %d mails", r.inbox(ana), len(r.mail.all()))
		}
		r.pass(2 * time.Hour)
		r.work()
		if n := len(r.mail.all()); n != 1 {
			t.Errorf("%d mails in the afternoon", n)
		}
	})
}

func TestKept(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		s := New(r.DB, Settings{Directory: r.book, Renderer: words{}})
		r.Service = s
		r.place()
		r.work()
		e := r.ledger()[0]
		if e.State != Kept || e.Subject != "Order 20261123-0042 is placed" || e.Preview == "" || e.Attempts != 0 || !e.SentAt.IsZero() {
			t.Errorf("%+v", e)
		}
		_, m, err := r.Preview(t.Context(), actor(eve), e.ID)
		if err != nil || m.Subject != e.Subject || m.To != ana.Email || m.Unsubscribe != "" {
			t.Errorf("%+v, %v", m, err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		r.must(s.Run(ctx))
	})
}
