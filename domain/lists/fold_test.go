package lists

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// want folds the log in its own order, in memory.
func want(t testing.TB, d *db.DB, evs []event.Envelope) *fold {
	t.Helper()
	f := newFold(d)
	if err := f.load(context.Background(), evs); err != nil {
		t.Fatal(err)
	}
	forget(f.orders)
	forget(f.tasks)
	forget(f.deliveries)
	forget(f.bookings)
	forget(f.rooms)
	for _, env := range evs {
		if err := f.take(context.Background(), env); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.finish(context.Background()); err != nil {
		t.Fatal(err)
	}
	return f
}

// same compares the stored rows with those of the fold.
func same[T comparable](t testing.TB, d *db.DB, f cells[T], load func(context.Context, db.Querier, []string) ([]T, error), id func(T) string) {
	t.Helper()
	var ids []string
	for i := range f {
		ids = append(ids, i)
	}
	rows, err := load(context.Background(), d, ids)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(ids) {
		t.Errorf("%d rows, want %d", len(rows), len(ids))
	}
	for _, r := range rows {
		if r != f[id(r)].now {
			t.Errorf("row\n%+v, want\n%+v", r, f[id(r)].now)
		}
	}
}

// Whatever order, batches and repetitions the queue brings, the lists become what
// the log says.
func TestAnyDeliveryMakesTheSameLists(t *testing.T) {
	s := &Service{DB: dbtest.Open(t, dbtest.SQLite(t), Schema)}
	rapid.Check(t, func(rt *rapid.T) {
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		products, v := domain.NewID(), versions{}
		stories := make([]*story, rapid.IntRange(1, 6).Draw(rt, "orders"))
		for i := range stories {
			stories[i] = newStory(products, i)
			all := slices.Concat(endings, lives)
			all[rnd.IntN(len(all))](stories[i])
		}
		rooms := house()
		stories = append(append(stories, rooms[0]), rooms[1+rnd.IntN(len(outcomes))]) // a room, and one of its bookings
		events := weave(rnd, stories)
		var evs []event.Envelope
		half := rnd.IntN(len(events) + 1)
		for _, part := range [][]told{events[:half], events[half:]} { // the log grows while the queue delivers
			evs = record(t, s.DB, v, part, stories)
			queue := slices.Clone(evs)
			for range rnd.IntN(len(evs) + 1) {
				queue = append(queue, evs[rnd.IntN(len(evs))])
			}
			rnd.Shuffle(len(queue), func(i, j int) { queue[i], queue[j] = queue[j], queue[i] })
			for len(queue) > 0 {
				n := min(len(queue), rnd.IntN(12)+1)
				err := s.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { return s.Batch(ctx, tx, queue[:n]) })
				if err != nil {
					rt.Fatal(err)
				}
				queue = queue[n:]
			}
		}
		f := want(t, s.DB, evs)
		same(t, s.DB, f.orders, loadOrders, orderID)
		same(t, s.DB, f.tasks, loadTasks, taskID)
		same(t, s.DB, f.deliveries, loadDeliveries, deliveryID)
		same(t, s.DB, f.products, loadProducts, productID)
		same(t, s.DB, f.bookings, loadBookings, bookingID)
		same(t, s.DB, f.rooms, loadRooms, roomID)
		if n, err := countBehind(context.Background(), s.DB, s.DB.Now().Add(time.Hour)); n != 0 || err != nil {
			rt.Fatalf("%d rows are behind, %v", n, err)
		}
		if n, err := miscounted(context.Background(), s.DB); n != 0 || err != nil {
			rt.Fatalf("%d counters are wrong, %v", n, err)
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
	for _, name := range Views {
		r, err := s.Rebuild(t.Context(), name)
		if err != nil || r.Differences+r.Behind != 0 || r.Rows == 0 {
			t.Errorf("rebuild %s: %+v, %v", name, r, err)
		}
	}
}

func TestAnEventOfAnOrderTheLogLacksIsRefused(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		st := newStory("P", 0)
		st.requested()
		st.placed()
		evs := record(t, d, versions{}, st.events[2:3], []*story{st})
		err := d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.Batch(ctx, tx, evs) })
		if err == nil || !strings.Contains(err.Error(), "is not in the log") {
			t.Errorf("payment of an unknown order: %v", err)
		}
		evs[0].Name = "payment.approved.v9"
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error { return s.Batch(ctx, tx, evs) })
		if err == nil {
			t.Error("an event of a later program was taken")
		}
	}, Schema)
}

func TestAnEarlierAttemptDoesNotComeBack(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		st := newStory("P", 0)
		st.requested()
		second := domain.NewID()
		st.tell(event.Payment, st.payment, event.PaymentDeclined{PaymentID: st.payment, OrderID: st.order})
		st.tell(event.Payment, second, event.PaymentApproved{PaymentID: second, OrderID: st.order})
		evs := record(t, d, versions{}, st.events, []*story{st})
		evs[2], evs[3] = evs[3], evs[2]
		deliver(t, s, evs, 1)
		o, err := s.OrdersByID(t.Context(), []string{st.order})
		if err != nil || o[0].PaymentStatus != event.PaymentStateApproved || o[0].PaymentID != second {
			t.Errorf("%+v, %v", o, err)
		}
	}, Schema)
}
