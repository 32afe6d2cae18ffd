package payment_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
	"daybreak/domain/payment/sandbox"
)

func (r *rig) reconciled() payment.Reconciliation {
	r.t.Helper()
	got, err := r.Reconcile(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	if got.Found != len(got.Differences) {
		r.t.Errorf("%d found, %d listed", got.Found, len(got.Differences))
	}
	return got
}

func TestReconcile(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		if got := r.reconciled(); got.Payments != 0 || got.Found != 0 {
			t.Errorf("of nothing: %+v", got)
		}
		ids := map[string]string{}
		for _, order := range []string{"fine", "part", "whole", "lost", "less", "moving", "old"} {
			ids[order] = r.request(order, 1000)
			if order != "moving" && order != "old" {
				r.settle(ids[order], r.Charge(t.Context(), ids[order], 1000))
			}
		}
		r.part("E1", "part", 300)
		r.ended("whole")
		r.rounds()
		if got := r.reconciled(); got.Payments != 7 || got.Captured != 5000 || got.Refunded != 1300 || got.Found+got.Open != 0 {
			t.Errorf("all in order: %+v", got)
		}
		// The provider has taken what we do not know of yet: the worker will find out.
		for _, order := range []string{"moving", "old"} {
			if _, err := r.sandbox.Charge(ids[order], order, 1000); err != nil {
				t.Fatal(err)
			}
		}
		r.exec(`update payment_payments set expires_at = 1 where order_id = 'old'`)
		// Somebody gave money back by hand, somebody took some that was never asked for, and
		// of one charge the provider knows nothing.
		if _, err := r.sandbox.Refund("by-hand", ids["less"], 400); err != nil {
			t.Fatal(err)
		}
		if _, err := r.sandbox.Charge("00FOREIGN", "foreign", 77); err != nil {
			t.Fatal(err)
		}
		if _, err := r.sandbox.Charge("ZZFOREIGN", "last", 78); err != nil {
			t.Fatal(err)
		}
		r.exec(`insert into payment_payments (id, order_id, ended, amount, status, pg_tx_id, attempts, last_error, captured, refunded, owed,
			next_at, expires_at, requested_at, updated_at, version) values ('GONE', 'gone', '', 55, 'APPROVED', 'tx', 1, '', 55, 0, 0, 0, 1, 1, 1, 1)`)
		got := r.reconciled()
		var lines []string
		for _, d := range got.Differences {
			lines = append(lines, fmt.Sprintf("%s %d-%d %d-%d %s", d.OrderID, d.Ours.Captured, d.Ours.Refunded, d.Gateway.Captured, d.Gateway.Refunded, d.What()))
		}
		slices.Sort(lines)
		want := []string{"foreign 0-0 77-0 gateway", "gone 55-0 0-0 ours", "last 0-0 78-0 gateway", "less 1000-0 1000-400 refunded", "old 0-0 1000-0 gateway"}
		if !slices.Equal(lines, want) || got.Open != 1 {
			t.Errorf("got  %q, %d open\nwant %q", lines, got.Open, want)
		}
		if want := (payment.Totals{Payments: 9, Captured: 7155, Refunded: 1700}); got.Gateway != want {
			t.Errorf("the provider's books come to %+v, want %+v", got.Gateway, want)
		}
		r.exec(`delete from payment_payments where id = 'GONE'`)
	})
}

func TestWhatDiffers(t *testing.T) {
	full, part := payment.Sum{Captured: 10, Refunded: 4}, payment.Sum{Captured: 10}
	for want, d := range map[string]payment.Difference{
		"gateway": {Gateway: full}, "ours": {Ours: full}, "refunded": {Ours: full, Gateway: part},
		"captured": {Ours: full, Gateway: payment.Sum{Captured: 9, Refunded: 4}}, "both": {Ours: full, Gateway: payment.Sum{Captured: 9, Refunded: 5}},
	} {
		if got := d.What(); got != want {
			t.Errorf("%+v: %s, want %s", d, got, want)
		}
	}
}

// What was found is kept for whoever looks later, in whatever process.
func TestCompare(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		if c, err := r.Compared(t.Context()); err != nil || !c.At.IsZero() {
			t.Errorf("before the first: %+v %v", c, err)
		}
		if !r.HasBooks() {
			t.Error("the sandbox has books")
		}
		r.pay("O1", 1000)
		for n := range 2 {
			if _, err := r.sandbox.Charge(fmt.Sprint("FOREIGN", n), "foreign", 77); err != nil {
				t.Fatal(err)
			}
			r.pass(time.Minute)
			c, err := r.Compare(t.Context(), domain.Actor{ID: "ada", Name: "Ada"})
			if err != nil || c.Found != n+1 || c.By != "Ada" {
				t.Fatalf("%+v %v", c, err)
			}
			kept, err := payment.New(r.db, r.guarded(), payment.Settings{}).Compared(t.Context())
			if err != nil || !reflect.DeepEqual(c, kept) {
				t.Errorf("kept %+v %v\nfound %+v", kept, err, c)
			}
		}
		r.Service = payment.New(r.db, &book{fail: errors.New("closed")}, payment.Settings{})
		if _, err := r.Compare(t.Context(), domain.Worker); domain.CodeOf(err) != domain.Unavailable {
			t.Errorf("closed books: %v", err)
		}
		if c, err := r.Compared(t.Context()); err != nil || c.Found != 2 {
			t.Errorf("the last comparison is gone: %+v %v", c, err)
		}
		none := struct{ payment.Gateway }{&book{}}
		for name, g := range map[string]payment.Gateway{"none": none, "none behind a breaker": gateway.Guard(none)} {
			if payment.New(r.db, g, payment.Settings{}).HasBooks() {
				t.Errorf("%s: it has books", name)
			}
		}
	})
}

// book is a provider of whom only the books matter.
type book struct {
	payment.Gateway
	rows []payment.Booked
	fail error
}

func (b *book) Booked(_ context.Context, after string) ([]payment.Booked, error) {
	i, _ := slices.BinarySearchFunc(b.rows, after, func(r payment.Booked, key string) int {
		if r.Key <= key {
			return -1
		}
		return 1
	})
	return b.rows[i:min(len(b.rows), i+7)], b.fail
}

// However the pages of both sides lie, each payment meets its counterpart.
func TestReconcilePages(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const n = 613
		b := &book{}
		for i := range n {
			id := r.request(fmt.Sprint("O", i), 10)
			r.settle(id, approved())
			if i%100 != 99 {
				b.rows = append(b.rows, payment.Booked{Key: id, Captured: 10})
			}
		}
		slices.SortFunc(b.rows, func(x, y payment.Booked) int { return strings.Compare(x.Key, y.Key) })
		r.Service = payment.New(r.db, b, payment.Settings{})
		if got := r.reconciled(); got.Payments != n || got.Captured != n*10 || got.Found != n/100 {
			t.Errorf("%d payments, %d captured, %d differences", got.Payments, got.Captured, got.Found)
		}
		b.fail = errors.New("closed")
		if _, err := r.Reconcile(t.Context()); domain.CodeOf(err) != domain.Unavailable {
			t.Errorf("closed books: %v", err)
		}
		b.fail, b.rows = nil, []payment.Booked{{Key: "B"}, {Key: "A"}}
		if _, err := r.Reconcile(t.Context()); domain.CodeOf(err) != domain.Unavailable {
			t.Errorf("books in disorder: %v", err)
		}
		r.Service = payment.New(r.db, struct{ payment.Gateway }{b}, payment.Settings{})
		if _, err := r.Reconcile(t.Context()); domain.CodeOf(err) != domain.Unavailable {
			t.Errorf("no books: %v", err)
		}
	})
}

func TestList(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.pay("O1", 1000)
		r.part("E1", "O1", 300)
		r.rounds()
		r.pay("O2", 1000)
		r.ended("O2")
		r.faults(sandbox.Faults{FailRate: 1})
		r.pay("O3", 1000)
		waiting := r.request("O4", 1000)
		r.pass(time.Second)
		for status, want := range map[string]string{"": "O4 O3 O2 O1", event.PaymentStateApproved: "O1", event.PaymentRefundPending: "O2",
			event.PaymentStateDeferred: "O3", event.PaymentRequested: "O4", event.PaymentVoid: "", event.PaymentRefunded: "",
			payment.StatusWaiting: "O4 O3", payment.StatusRepaying: "O2"} {
			got, cursor := "", ""
			for {
				p, err := r.List(t.Context(), payment.Filter{Status: status, Cursor: cursor, Limit: 1})
				if err != nil || len(p.Items) > 1 {
					t.Fatal(p, err)
				}
				for _, it := range p.Items {
					got += " " + it.OrderID
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			if got != "" {
				got = got[1:]
			}
			if got != want {
				t.Errorf("%s: %q, want %q", status, got, want)
			}
		}
		p, err := r.List(t.Context(), payment.Filter{})
		if err != nil || len(p.Items) != 4 || len(p.Items[3].Refunds) != 1 || !p.Items[3].Refunds[0].Done || len(p.Items[2].Refunds) != 1 || p.Next != "" {
			t.Errorf("%+v %v", p, err)
		}
		if _, err := r.List(t.Context(), payment.Filter{Status: "PAID"}); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a state there is none of: %v", err)
		}
		if due := p.Items[2].Due(); due != 1000 || p.Items[3].Due() != 0 || !p.Items[2].Retriable() || !p.Items[1].Retriable() || p.Items[3].Retriable() {
			t.Errorf("due %d: %+v", due, p.Items)
		}
		if ps, err := r.OfOrders(t.Context(), []string{"O1", "O3", "O9"}); err != nil || len(ps) != 2 || ps[0].OrderID != "O3" || len(ps[1].Refunds) != 1 {
			t.Errorf("of orders: %+v %v", ps, err)
		}
		if ps, err := r.ByID(t.Context(), []string{waiting, "none"}); err != nil || len(ps) != 1 || ps[0].OrderID != "O4" {
			t.Errorf("by id: %+v %v", ps, err)
		}
		if l, err := r.Find(t.Context(), waiting); err != nil || l.OrderID != "O4" {
			t.Errorf("%+v %v", l, err)
		}
		if _, err := r.Find(t.Context(), "none"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("%v", err)
		}
		r.faults(sandbox.Faults{})
	})
}
