package notify

import (
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestPreferences(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		p, err := r.Preferences(ctx, actor(pak))
		if err != nil || len(p.Kinds) != 2 || p.Kinds[KindNewOrder] != (Switches{InApp: true, Chat: true}) || p.ChatURL != "" || p.Quiet != (Quiet{}) {
			t.Errorf("at first %+v, %v", p, err)
		}
		set := Preferences{Kinds: map[Kind]Switches{KindBooking: {InApp: true}}, ChatURL: " https://hooks.slack.com/services/x ",
			Quiet: Quiet{"22:00", "07:00", "Asia/Seoul"}, Language: "ko"}
		for range 2 {
			if p, err = r.SetPreferences(ctx, actor(ana), set); err != nil {
				t.Fatal(err)
			}
		}
		if p.Kinds[KindBooking] != (Switches{InApp: true}) || p.Kinds[KindOrder] != (Switches{true, true, true}) || p.ChatURL != "https://hooks.slack.com/services/x" ||
			p.Quiet != set.Quiet || p.Language != "ko" {
			t.Errorf("%+v", p)
		}
		if p, err = r.SetPreferences(ctx, actor(ana), Preferences{}); err != nil || p.ChatURL != "" || p.Quiet != (Quiet{}) || p.Language != "ko" ||
			p.Kinds[KindBooking] != (Switches{InApp: true}) {
			t.Errorf("%+v, %v", p, err)
		}
		for field, bad := range map[string]Preferences{
			"kinds.new_order": {Kinds: map[Kind]Switches{KindNewOrder: {}}},
			"kinds.x":         {Kinds: map[Kind]Switches{"x": {}}},
			"chatUrl":         {ChatURL: "http://127.0.0.1/"},
			"quiet.from":      {Quiet: Quiet{"25:00", "07:00", "Asia/Seoul"}},
			"quiet.to":        {Quiet: Quiet{"22:00", "", "Asia/Seoul"}},
			"quiet.timeZone":  {Quiet: Quiet{"22:00", "07:00", "Mars/Olympus"}},
		} {
			_, err := r.SetPreferences(ctx, actor(ana), bad)
			if e, ok := err.(*domain.Error); !ok || e.Code != domain.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := r.SetPreferences(ctx, actor(ana), Preferences{Quiet: Quiet{"22:00", "22:00", "UTC"}}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("no time at all: %v", err)
		}
		if _, err := r.Preferences(ctx, domain.Actor{ID: domain.NewID(), Role: domain.Customer}); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("of nobody: %v", err)
		}
	})
}

func TestUnsubscribe(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.place()
		r.work()
		m := r.mail.all()[0]
		token := m.Unsubscribe[strings.Index(m.Unsubscribe, "=")+1:]
		again := r.service(r.DB) // another process has the same secret
		if u, err := again.Token(t.Context(), token); err != nil || u != (Unsubscribed{ana.ID, KindOrder}) {
			t.Errorf("%+v, %v", u, err)
		}
		for range 2 {
			if u, err := again.Unsubscribe(t.Context(), token); err != nil || u.Kind != KindOrder {
				t.Errorf("%+v, %v", u, err)
			}
		}
		for _, bad := range []string{"", "x", token + "x", strings.Repeat("a", 10_000)} {
			if _, err := r.Unsubscribe(t.Context(), bad); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%.20q: %v", bad, err)
			}
		}
		r.place()
		r.work()
		same(t, "messages", r.states(), []string{"ana@example.com email order.placed sent", "ana@example.com email order.placed suppressed"})
		if _, err := r.Resend(t.Context(), actor(eve), r.ledger()[1].ID); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("sent all the same: %v", err)
		}
		p, err := r.Preferences(t.Context(), actor(ana))
		if err != nil || p.Kinds[KindOrder] != (Switches{InApp: true, Chat: true}) || !p.Kinds[KindDelivery].Email {
			t.Errorf("%+v, %v", p, err)
		}
		p.Kinds[KindOrder] = Switches{true, true, true}
		_, err = r.SetPreferences(t.Context(), actor(ana), p)
		r.must(err)
		r.place()
		r.work()
		if n := len(r.mail.all()); n != 2 {
			t.Errorf("%d mails", n)
		}
	})
}

func TestTeams(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		if _, err := r.SetTeam(ctx, actor(cho), Team{Kind: KindApproval}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("by a room administrator: %v", err)
		}
		for field, bad := range map[string]Team{"kind": {Kind: KindOrder}, "url": {Kind: KindApproval, URL: "http://x.example/"}, "format": {Kind: KindApproval, Format: "fax"}} {
			_, err := r.SetTeam(ctx, actor(eve), bad)
			if e, ok := err.(*domain.Error); !ok || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		set, err := r.SetTeam(ctx, actor(eve), Team{Kind: KindApproval, URL: "https://discord.com/api/webhooks/1/x"})
		if err != nil || set.Format != "discord" || set.By != "Eve" {
			t.Errorf("%+v, %v", set, err)
		}
		ts, err := r.Teams(ctx, actor(eve))
		if err != nil || len(ts) != len(Duties()) || ts[1] != set {
			t.Errorf("%+v, %v", ts, err)
		}
		b := booking("REQUESTED")
		r.say(b.BookingID, event.BookingRequested{BookingFacts: b})
		r.work()
		if ms := r.chat.all(); len(ms) != 1 || ms[0].Format != "discord" || ms[0].Subject != "Ana 님이 한강룸 예약을 요청했습니다" || ms[0].Unsubscribe != "" {
			t.Errorf("%+v", ms)
		}
		_, err = r.SetTeam(ctx, actor(eve), Team{Kind: KindApproval})
		r.must(err)
		b.BookingID = "another"
		r.say(b.BookingID, event.BookingRequested{BookingFacts: b})
		r.work()
		if n := len(r.chat.all()); n != 1 {
			t.Errorf("%d messages to a chat that is gone", n)
		}
	})
}
