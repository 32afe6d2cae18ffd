package lists

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

// wave is the events of many orders as they come under load: everyone's first, then
// everyone's second step, so that an order is touched by several batches.
func wave(v versions, orders int) []event.Envelope {
	stories := make([]*story, orders)
	for i := range stories {
		stories[i] = newStory("P", i)
		stories[i].requested()
		stories[i].placed()
		stories[i].tell(event.Packing, stories[i].task, event.PackingStarted{Task: stories[i].work(), PackerID: "K", PackerName: "박포장"})
	}
	var out []event.Envelope
	for _, step := range [][2]int{{0, 2}, {2, 4}, {4, 6}, {6, 7}} {
		for _, s := range stories {
			for _, e := range s.events[step[0]:step[1]] {
				ev := v.levels(e, s.lines)
				b, _ := json.Marshal(ev)
				out = append(out, event.Envelope{ID: domain.NewID(), Name: ev.Name(), Aggregate: v.next(e.kind, e.id), Correlation: e.order,
					At: time.Unix(1, 0).UTC(), Data: b})
			}
		}
	}
	return out
}

// BenchmarkBatch measures orders a second through the consumer: seven events each,
// on SQLite with durable commits.
func BenchmarkBatch(b *testing.B) {
	for _, size := range []int{64, 256, 512} {
		b.Run(fmt.Sprint("batch", size), func(b *testing.B) {
			d := dbtest.Open(b, dbtest.SQLite(b), Schema)
			s := &Service{DB: d, Changed: func([]Change) {}}
			v := versions{}
			const orders = 100
			var waves [][]event.Envelope
			for range b.N {
				waves = append(waves, wave(v, orders))
			}
			b.ReportAllocs()
			b.ResetTimer()
			for _, evs := range waves {
				for len(evs) > 0 {
					n := min(size, len(evs))
					err := d.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error { return s.Batch(ctx, tx, evs[:n]) })
					if err != nil {
						b.Fatal(err)
					}
					evs = evs[n:]
				}
			}
			b.ReportMetric(float64(b.N*orders)/b.Elapsed().Seconds(), "orders/s")
		})
	}
}
