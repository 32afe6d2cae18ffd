package notify

import (
	"context"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

// What telling of a placed order costs the writer, for its customer and two packers, with
// mails kept.
func BenchmarkPlaced(b *testing.B) {
	r := newRig(b, dbtest.SQLite(b))
	r.Service = New(r.DB, Settings{Directory: r.book, Renderer: words{}})
	const n = 128
	for b.Loop() {
		evs := make([]event.Envelope, n)
		for i := range evs {
			o := facts()
			o.OrderID = domain.NewID()
			evs[i] = event.Envelope{ID: domain.NewID(), Name: event.OrderPlaced{}.Name(), At: noon, Correlation: o.OrderID,
				Aggregate: event.Aggregate{Type: event.Order, ID: o.OrderID, Version: 2}}.Carrying(event.OrderPlaced{OrderFacts: o})
		}
		r.must(r.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { return r.batch(ctx, tx, evs) }))
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/n, "µs/order")
}
