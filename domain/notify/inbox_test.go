package notify

import (
	"slices"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestInbox(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var ids []string
		for range 7 {
			id := domain.NewID()
			ids = append(ids, id)
			r.say(id, life(id)[:8]...) // pending, placed, packed
		}
		first := facts()
		first.OrderID = ids[0]
		r.say(ids[0], event.OrderCancelled{OrderFacts: first, FromStatus: "PACKED", ByStaff: true})

		// By what it is about: the order with the newest notice on top.
		var got []string
		f := Filter{Limit: 3}
		for {
			p, err := r.Inbox(t.Context(), actor(ana), f)
			r.must(err)
			for _, th := range p.Items {
				got = append(got, th.Subject.ID)
				if n := len(th.Items); th.Unread != n || n != 3 && (th.Subject.ID != ids[0] || n != 4) || th.Subject.No != "20261123-0042" {
					t.Errorf("%+v", th)
				}
				if th.Latest().ID < th.Items[1].ID {
					t.Error("the newest is not on top")
				}
			}
			if f.Cursor = p.Next; f.Cursor == "" {
				break
			}
		}
		want := append(slices.Clone(ids[1:]), ids[0])
		slices.Reverse(want)
		same(t, "subjects", got, want)

		// One by one, over pages.
		n := 0
		for f = (Filter{Limit: 4}); ; {
			p, err := r.Notifications(t.Context(), actor(ana), f)
			r.must(err)
			n += len(p.Items)
			if f.Cursor = p.Next; f.Cursor == "" {
				break
			}
		}
		if unread, err := r.Unread(t.Context(), actor(ana)); n != 22 || unread != 22 || err != nil {
			t.Errorf("%d of which %d unread, %v", n, unread, err)
		}
		if _, err := r.Inbox(t.Context(), actor(ana), Filter{Cursor: "x"}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a cursor that is none: %v", err)
		}
		if p, err := r.Inbox(t.Context(), actor(ben), Filter{}); err != nil || len(p.Items) != 0 {
			t.Errorf("Ben sees %+v, %v", p, err)
		}
		th, err := r.Thread(t.Context(), actor(ana), ids[0])
		if err != nil || len(th) != 4 || th[0].Kind != KindOrder || th[0].State != "cancelled_by_staff" || th[0].Cause.Correlation != ids[0] {
			t.Errorf("%+v, %v", th, err)
		}
	})
}

func TestReading(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		id := domain.NewID()
		r.say(id, life(id)...)
		p, err := r.Notifications(t.Context(), actor(ana), Filter{})
		r.must(err)
		one := p.Items[1]
		r.hints = nil
		unread := func(want int) {
			t.Helper()
			if n, err := r.Unread(t.Context(), actor(ana)); n != want || err != nil {
				t.Errorf("%d unread, %v; want %d", n, err, want)
			}
		}
		for range 2 { // it stays read
			if n, err := r.MarkRead(t.Context(), actor(ana), one.ID); err != nil || n.ReadAt.IsZero() || n.Version() != 2 || n.ID != one.ID {
				t.Errorf("%+v, %v", n, err)
			}
			r.pass(time.Second)
		}
		unread(4)
		if len(r.hints) != 1 || r.hints[0] != (Hint{one.ID, ana.ID, 2}) {
			t.Errorf("hints: %+v", r.hints)
		}
		rows, err := r.ByID(t.Context(), []string{one.ID, p.Items[0].ID, domain.NewID()})
		if err != nil || len(rows) != 2 || rows[0].Unread != 4 || rows[1].Unread != 4 {
			t.Errorf("%+v, %v", rows, err)
		}
		for name, bad := range map[string]string{"a stranger's": one.ID, "nothing": domain.NewID(), "no id": "1 OR 1=1"} {
			if _, err := r.MarkRead(t.Context(), actor(ben), bad); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if p, err := r.Notifications(t.Context(), actor(ana), Filter{Unread: true}); err != nil || len(p.Items) != 4 {
			t.Errorf("%d unread, %v", len(p.Items), err)
		}
		other := domain.NewID()
		r.say(other, life(other)...)
		r.must(r.MarkThreadRead(t.Context(), actor(ben), id))
		unread(9)
		r.must(r.MarkThreadRead(t.Context(), actor(ana), id))
		unread(5)
		if in, err := r.Inbox(t.Context(), actor(ana), Filter{Unread: true}); err != nil || len(in.Items) != 1 || in.Items[0].Unread != 5 {
			t.Errorf("%+v, %v", in, err)
		}
		r.must(r.MarkAllRead(t.Context(), actor(ana)))
		unread(0)
		if n, err := r.Unread(t.Context(), actor(pak)); n != 0 || err != nil {
			t.Errorf("Pak has %d unread, %v", n, err)
		}
	})
}

// What somebody switched off in the page does not stand there, but is on record.

func TestSwitchedOffInThePage(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		p, err := r.SetPreferences(t.Context(), actor(ana), Preferences{Kinds: map[Kind]Switches{KindOrder: {Email: true}}})
		if err != nil || p.Kinds[KindOrder] != (Switches{Email: true}) || p.Kinds[KindUse] != (Switches{true, true, true}) {
			t.Errorf("%+v, %v", p, err)
		}
		r.hints = nil
		id := r.place()
		if n, err := r.Unread(t.Context(), actor(ana)); n != 0 || err != nil || len(r.inbox(ana)) != 0 {
			t.Errorf("%d unread, %v", n, err)
		}
		if slices.ContainsFunc(r.hints, func(h Hint) bool { return h.UserID == ana.ID }) {
			t.Errorf("hints: %+v", r.hints)
		}
		r.work()
		if n := len(r.mail.all()); n != 1 {
			t.Errorf("%d mails", n)
		}
		es, err := r.LedgerOf(t.Context(), actor(pak), id)
		if err != nil || len(es) != 3 { // her mail, and what Pak and Poe have in the page
			t.Errorf("%+v, %v", es, err)
		}
	})
}

// The link in a mail ends the mails of its kind, also for who is not signed in, until

// they are wanted again.

// Staff have a message sent once more: under an ID of its own, on record with who wanted it.

// Admins are told of what is wrong once, and of a channel that does not get messages out.
