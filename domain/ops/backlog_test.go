package ops

import (
	"context"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

var chief = domain.Actor{ID: "A", Name: "관리자", Role: domain.Admin}

// hold leaves an event in the backlog of a consumer and returns its id.
func hold(t *testing.T, d *db.DB, consumer string, f db.Failure) string {
	t.Helper()
	e := event.Envelope{ID: domain.NewID(), Name: "orders.placed.v1", Aggregate: event.Aggregate{Type: event.Order, ID: "O", Version: 1}, Data: []byte("{}")}
	err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return tx.Fail(ctx, consumer, e, f) })
	if err != nil {
		t.Fatal(err)
	}
	return e.ID
}

func TestHowConsumersStand(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d, Consumers: []string{"stock", "lists"}}
		hold(t, d, "stock", db.Failure{Attempts: 1, Error: "later", Next: d.Now().Add(time.Hour)})
		hold(t, d, "stock", db.Failure{Attempts: 5, Error: "broken"})
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return tx.SetPaused(ctx, "payment", true, "관리자") })
		if err != nil {
			t.Fatal(err)
		}
		cs, err := s.Backlog(t.Context())
		if err != nil || len(cs) != 3 {
			t.Fatalf("%+v, %v", cs, err)
		}
		if c := cs[0]; c.Name != "lists" || c.Paused() || c.Parked+c.Retrying+c.Waiting != 0 || !c.Oldest.IsZero() {
			t.Errorf("idle: %+v", c)
		}
		if c := cs[1]; c.Name != "payment" || !c.Paused() || c.PausedBy != "관리자" {
			t.Errorf("paused: %+v", c)
		}
		if c := cs[2]; c.Name != "stock" || c.Parked != 1 || c.Retrying != 1 || c.Oldest.IsZero() {
			t.Errorf("failing: %+v", c)
		}
	})
}

func TestAPersonDecidesAboutParkedEvents(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, ctx := &Service{DB: d}, t.Context()
		id := hold(t, d, "stock", db.Failure{Attempts: 5, Error: "broken"})
		parked := func() []Parked {
			ps, err := s.Parked(ctx, 10)
			if err != nil {
				t.Fatal(err)
			}
			return ps
		}
		if ps := parked(); len(ps) != 1 || ps[0].Event.ID != id || ps[0].Error != "broken" || ps[0].Attempts != 5 {
			t.Fatalf("parked: %+v", ps)
		}
		packer := domain.Actor{ID: "P", Role: domain.Packer}
		for name, err := range map[string]error{"retry": s.Retry(ctx, packer, "stock", id), "discard": s.Discard(ctx, packer, "stock", id, "x")} {
			if domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("%s by a packer: %v", name, err)
			}
		}
		if err := s.Discard(ctx, chief, "stock", id, " "); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := s.Retry(ctx, chief, "stock", "nothing"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("of what is not there: %v", err)
		}
		if err := s.Retry(ctx, chief, "stock", id); err != nil || len(parked()) != 0 {
			t.Errorf("retry: %v", err)
		}
		if err := s.Discard(ctx, chief, "stock", id, "시험"); err != nil {
			t.Error(err)
		}
		if err := s.Discard(ctx, chief, "stock", id, "시험"); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("twice: %v", err)
		}
		if b, err := d.BacklogOf(ctx, "stock", id); err != nil || b.By != "관리자" || b.Reason != "시험" {
			t.Errorf("on record: %+v, %v", b, err)
		}
	})
}
