package payment_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/domain/payment"
	"daybreak/domain/payment/sandbox"
)

func (r *rig) entries(order string) []payment.Entry {
	r.t.Helper()
	es, err := r.History(r.t.Context(), order)
	if err != nil {
		r.t.Fatal(err)
	}
	return es
}

func TestHistory(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		if es := r.entries("none"); len(es) != 0 {
			t.Errorf("of no order: %+v", es)
		}
		r.faults(sandbox.Faults{DeclineRate: 1})
		r.pay("O1", 1000)
		r.faults(sandbox.Faults{FailRate: 1})
		r.pass(time.Second)
		id, _ := r.pay("O1", 1000)
		for range 2 {
			r.pass(time.Second)
			r.settle(id, event.ChargeOutcome{Status: event.PaymentStateDeferred, Reason: "err.payment.unavailable"})
		}
		r.pass(time.Second)
		r.settle(id, deferred())
		es := r.entries("O1")
		if last := es[len(es)-1]; last.NextAt.IsZero() || es[len(es)-2].NextAt.IsZero() == false {
			t.Errorf("only the last tells of the next try: %+v", es)
		}
		r.faults(sandbox.Faults{})
		r.pass(time.Minute)
		r.rounds()
		r.part("E1", "O1", 300)
		r.rounds()
		r.faults(sandbox.Faults{FailRate: 1})
		r.pass(time.Second)
		r.part("E2", "O1", 200)
		r.rounds()
		var got []string
		for _, e := range r.entries("O1") {
			got = append(got, strings.TrimSpace(fmt.Sprintf("%s %d×%d %s", e.Kind, e.Amount, e.Times, strings.TrimPrefix(e.Reason, "err.payment."))))
			switch {
			case e.Kind == payment.EntryDeferred && !e.NextAt.IsZero():
				t.Errorf("it was paid, and yet: %+v", e)
			case e.Kind == payment.EntryApproved && e.TxID == "", e.Kind == payment.EntryRefund && e.Amount == 300 && (e.DoneAt.IsZero() || e.TxID == ""),
				e.Kind == payment.EntryRefund && e.Amount == 200 && (!e.DoneAt.IsZero() || e.NextAt.IsZero()):
				t.Errorf("entry %+v", e)
			}
		}
		want := "requested 1000×1, declined 0×1 declined, requested 1000×1, deferred 0×3 unavailable, deferred 0×1 timeout, approved 1000×1, " +
			"refund 300×1, refund 200×1 unavailable"
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("got  %s\nwant %s", s, want)
		}
		r.pay("O2", 0)
		void := r.request("O3", 5)
		r.ended("O3")
		if es := r.entries("O3"); len(es) != 2 || es[1].Kind != payment.EntryVoided || es[1].PaymentID != void {
			t.Errorf("called off: %+v", es)
		}
		r.faults(sandbox.Faults{})
	})
}

// What earlier versions stored is carried over: refunds under way go on with the key
// they have been asked for with.
func TestMigration(t *testing.T) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, err := db.Open(t.Context(), dsn(t), db.Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			first, err := fs.ReadFile(payment.Schema.FS, "schema/0001_init.sql")
			if err != nil {
				t.Fatal(err)
			}
			old := db.Schema{Name: "payment", FS: fstest.MapFS{"schema/0001_init.sql": &fstest.MapFile{Data: first}}}
			if err := d.Migrate(t.Context(), old); err != nil {
				t.Fatal(err)
			}
			r := &rig{t: t, db: d}
			for i, status := range []string{"REQUESTED", "DEFERRED", "APPROVED", "DECLINED", "EXPIRED", "REFUND_PENDING", "REFUNDED", "CANCELLED"} {
				r.exec(`insert into payment_payments (id, order_id, ended, amount, status, pg_tx_id, attempts, last_error, captured,
						refunded, next_at, expires_at, requested_at, updated_at, version)
					select 'P' || $1, 'O' || $1, case when $2 in ('DECLINED', 'EXPIRED', 'REFUNDED', 'CANCELLED') then 'P' || $1 else '' end,
						1000, $2, 'tx', 1, '', case when $2 in ('APPROVED', 'REFUND_PENDING', 'REFUNDED') then 1000 else 0 end,
						case when $2 = 'REFUNDED' then 1000 else 0 end,
						case when $2 in ('REQUESTED', 'DEFERRED', 'REFUND_PENDING') then 77 else 0 end, 99, 11, 22, 3`, fmt.Sprint(i), status)
			}
			if err := d.Migrate(t.Context(), payment.Schema); err != nil {
				t.Fatal(err)
			}
			s, url := serve(t, t.TempDir()+"/ledger")
			r.sandbox, r.url = s, url
			r.Service = payment.New(d, r.guarded(), payment.Settings{})
			r.sound()
			if _, err := s.Charge("P5", "O5", 1000); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Refund("refund-P5", "P5", 1000); err != nil {
				t.Fatal(err)
			}
			r.rounds()
			r.is("O5", event.PaymentRefunded)
			r.booked("P5", sandbox.Sum{Captured: 1000, Refunded: 1000})
		})
	}
}
