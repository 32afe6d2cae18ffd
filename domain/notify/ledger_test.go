package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"daybreak/domain"
)

func TestLedger(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := t.Context()
		r.mail.answers(func(_ context.Context, m Message) error {
			if strings.Contains(m.Subject, "packed") {
				return Bounced{fmt.Errorf("550")}
			}
			return nil
		})
		id := domain.NewID()
		r.say(id, life(id)...)
		r.pass(pendingFor)
		r.work()
		for name, c := range map[string]struct {
			f LedgerFilter
			n int
		}{
			"all": {LedgerFilter{}, 5}, "hers": {LedgerFilter{To: " Ana@example.com"}, 5}, "nobody's": {LedgerFilter{To: "x@example.com"}, 0},
			"of orders": {LedgerFilter{Kind: KindOrder}, 3}, "mails": {LedgerFilter{Channel: Email}, 5}, "chats": {LedgerFilter{Channel: Chat}, 0},
			"bounced": {LedgerFilter{State: BouncedOff}, 1}, "dropped": {LedgerFilter{State: Dropped, Kind: KindOrder, To: "ana@example.com"}, 1}, "failed": {LedgerFilter{State: Failed}, 0},
		} {
			n := 0
			for f := c.f; ; {
				f.Limit = 2
				l, err := r.Ledger(ctx, actor(eve), f)
				r.must(err)
				n += len(l.Items)
				for _, e := range l.Items {
					if e.Subject == "" || e.Notification.Cause.Name == "" || e.Notification.Cause.Correlation != id || e.Address != ana.Email {
						t.Errorf("%s: %+v", name, e)
					}
				}
				if f.Cursor = l.Next; f.Cursor == "" {
					break
				}
			}
			if n != c.n {
				t.Errorf("%s: %d", name, n)
			}
		}
		for field, f := range map[string]LedgerFilter{"kind": {Kind: "x"}, "channel": {Channel: InApp}, "state": {State: "x"}, "to": {To: "\x00"}, "cursor": {Cursor: "x"}} {
			_, err := r.Ledger(ctx, actor(eve), f)
			if e, ok := err.(*domain.Error); !ok || len(e.Fields) != 1 || e.Fields[0].Name != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := r.Ledger(ctx, actor(pak), LedgerFilter{}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("for a packer: %v", err)
		}
		if _, err := r.LedgerOf(ctx, actor(ana), id); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("for a customer: %v", err)
		}
		if es, err := r.LedgerOf(ctx, actor(pak), id); err != nil || len(es) != 5+5+2 { // mails, Ana's and the packers' pages
			t.Errorf("%d, %v", len(es), err)
		}
	})
}

func TestResend(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ctx := domain.WithTrace(t.Context(), &domain.Trace{Actor: actor(eve)})
		_, err := r.SetPreferences(ctx, actor(ana), Preferences{Kinds: map[Kind]Switches{KindOrder: {InApp: true}}})
		r.must(err)
		r.place()
		old := r.ledger()[0]
		if old.State != Suppressed {
			t.Fatalf("%+v", old)
		}
		e, err := r.Resend(ctx, actor(eve), old.ID)
		if err != nil || e.State != Queued || e.ID == old.ID || e.Subject == "" {
			t.Errorf("%+v, %v", e, err)
		}
		if _, err := r.Resend(ctx, actor(eve), e.ID); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("while it is on its way: %v", err)
		}
		r.work()
		if ms := r.mail.all(); len(ms) != 1 || ms[0].ID != e.ID {
			t.Errorf("%+v", ms)
		}
		if again, err := r.Resend(ctx, actor(eve), e.ID); err != nil || again.ID == e.ID {
			t.Errorf("%+v, %v", again, err)
		}
		r.work()
		r.told(t, "notify.requested.v1 order.placed", "notify.sent.v1 order.placed", "notify.requested.v1 order.placed", "notify.sent.v1 order.placed")
		if _, err := r.Resend(ctx, actor(ana), e.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("by a customer: %v", err)
		}
		if _, err := r.Resend(ctx, actor(eve), domain.NewID()); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("of nothing: %v", err)
		}
		if _, _, err := r.Preview(ctx, actor(pak), e.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a packer reads mails: %v", err)
		}
	})
}

func TestWatch(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var wrong []Alarm
		var broken error
		r.set.Alarms = func(context.Context) ([]Alarm, error) { return wrong, broken }
		watch := func(want ...string) {
			t.Helper()
			err := r.Watch(t.Context())
			if !errors.Is(err, broken) {
				t.Errorf("%v", err)
			}
			same(t, "Eve's inbox", r.inbox(eve), want)
		}
		watch()
		wrong = alarmSamples[:1]
		watch("low_stock.low")
		watch("low_stock.low")
		wrong = nil
		broken = fmt.Errorf("nobody knows")
		watch("low_stock.low")
		broken = nil
		watch("low_stock.low")
		wrong = alarmSamples[:1]
		watch("low_stock.low") // gone and back at once is no news
		wrong = nil
		watch("low_stock.low")
		r.pass(calm)
		wrong = alarmSamples[:1]
		watch("low_stock.low", "low_stock.low")

		r.mail.answers(down)
		r.place()
		r.work()
		watch("low_stock.low", "low_stock.low")
		r.pass(troubleFor)
		watch("low_stock.low", "low_stock.low", "channel.failing")
		hs, err := r.Health(t.Context())
		if err != nil || len(hs) != 2 || hs[0].Channel != Email || !hs[0].On || hs[0].Waiting != 1 || hs[0].TryingSince.IsZero() || hs[1].Waiting != 0 {
			t.Errorf("%+v, %v", hs, err)
		}
		for _, p := range []Person{ana, pak, cho} {
			if n := len(r.inbox(p)); p.ID != pak.ID && n > 1 {
				t.Errorf("%s was told, too: %q", p.Name, r.inbox(p))
			}
		}
	})
}
