package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/notify"
	"daybreak/domain/rooms"
	"daybreak/views"
)

// told is what people were told, past the program.
func (s *site) told() *notify.Service {
	return notify.New(s.db, notify.Settings{Directory: directory{accounts.New(s.db)}, Renderer: views.Mail{Base: func() string { return s.base }}})
}

// inbox is what somebody has in the page, sorted.
func (s *site) inbox(t testing.TB, c *caller) (out []string) {
	t.Helper()
	p, err := s.told().Notifications(t.Context(), domain.Actor{ID: c.id}, notify.Filter{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range p.Items {
		out = append(out, string(n.Kind)+"."+n.State)
	}
	slices.Sort(out)
	return out
}

// mails are the mails to somebody, sorted.
func (s *site) mails(t testing.TB, c *caller) (out []string) {
	t.Helper()
	l, err := s.told().Ledger(t.Context(), domain.Actor{Role: domain.Admin}, notify.LedgerFilter{To: c.email, Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range l.Items {
		out = append(out, string(e.State)+" "+e.Subject)
	}
	slices.Sort(out)
	return out
}

// Nobody is there to tell people anything. They order and book all the same, and approvers
// decide; when it is back, everybody is told everything, once.
func TestNotifyAway(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 100)
		room := s.room(t, "Hangang", rooms.Required)
		s.customer.order(t, bread, 1)
		eventually(t, "the customer is told", func() bool { return len(s.inbox(t, s.customer)) == 1 && len(s.mails(t, s.customer)) == 1 })
		goOn := s.stop(t, "notify")

		for range 5 {
			o := s.customer.order(t, bread, 1)
			s.taskOf(t, o.ID) // the others go on
		}
		b := post[aBooking](t, s.customer, "/bookings", bookingOf(room, soon(), time.Hour))
		if x := post[aBooking](t, s.roomsman, "/staff/bookings/"+b.ID+"/approve", nil); x.Status != "CONFIRMED" {
			t.Errorf("approved: %+v", x)
		}
		if n := len(s.inbox(t, s.customer)); n != 1 {
			t.Errorf("told %d times although nobody tells", n)
		}
		goOn()
		want := []string{"booking.confirmed", "booking.requested", "order.placed", "order.placed", "order.placed", "order.placed", "order.placed", "order.placed"}
		eventually(t, "the customer is told everything", func() bool { return len(s.inbox(t, s.customer)) >= len(want) })
		eventually(t, "the packer is told everything", func() bool { return len(s.inbox(t, s.packer)) >= 6 })
		if got := s.inbox(t, s.customer); !slices.Equal(got, want) {
			t.Errorf("the customer was told %q", got)
		}
		if got := s.mails(t, s.customer); len(got) != len(want) || got[0][:5] != "kept " {
			t.Errorf("and got %q", got)
		}
		if got := s.inbox(t, s.packer); len(got) != 6 || got[0] != "new_order.placed" || got[5] != "new_order.placed" {
			t.Errorf("the packer was told %q", got)
		}
		if got := s.inbox(t, s.roomsman); !slices.Equal(got, []string{"approval.requested"}) {
			t.Errorf("the approver was told %q", got)
		}
		for _, c := range []*caller{s.other, s.admin} {
			if got := s.inbox(t, c); slices.ContainsFunc(got, func(x string) bool { return !strings.HasPrefix(x, "low_stock.") }) {
				t.Errorf("%s was told %q", c.email, got)
			}
		}
		s.sound(t)
	})
}
