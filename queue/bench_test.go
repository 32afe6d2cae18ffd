package queue_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/queue"
)

// BenchmarkCarry measures events from the outbox to the end of consumers that do
// nothing but count, so what is left is the cost of carrying: reading the outbox,
// publishing, the inbox of each consumer, and marking.
func BenchmarkCarry(b *testing.B) {
	for _, consumers := range []int{1, 3, 6} {
		b.Run(fmt.Sprintf("memory/consumers=%d", consumers), func(b *testing.B) {
			carry(b, consumers, func(t queue.Topology) queue.Broker { return queue.NewMemory(t) })
		})
		b.Run(fmt.Sprintf("amqp/consumers=%d", consumers), func(b *testing.B) {
			var names []string
			for i := range consumers {
				names = append(names, "c"+strconv.Itoa(i))
			}
			p := prefix(b, names...)
			carry(b, consumers, func(t queue.Topology) queue.Broker { return process(b, rabbit(b), p, t) })
		})
	}
}

func carry(b *testing.B, consumers int, broker func(queue.Topology) queue.Broker) {
	d := dbtest.Open(b, dbtest.SQLite(b))
	var taken atomic.Int64
	done := make(chan struct{})
	total := int64(b.N * consumers)
	var cs []db.Consumer
	for i := range consumers {
		cs = append(cs, db.Consumer{Name: "c" + strconv.Itoa(i), On: []db.Subscription{db.On(
			func(_ context.Context, tx *db.Tx, _ event.PackingReleased, _ event.Envelope) error {
				tx.AfterCommit(func() {
					if taken.Add(1) == total {
						close(done)
					}
				})
				return nil
			})}})
	}
	topo, err := queue.TopologyOf(cs...)
	if err != nil {
		b.Fatal(err)
	}
	br := broker(topo)
	run(b, d, br, cs...)
	fill(b, d, b.N)
	b.ResetTimer()
	start := time.Now()
	stop := relay(b, d, br)
	<-done
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "events/s")
	b.StopTimer()
	emptied(b, d)
	stop()
	br.Close()
}

// fill stores n events, six an aggregate, as an order would.
func fill(b *testing.B, d *db.DB, n int) {
	var wg sync.WaitGroup
	for from := 0; from < n; from += 600 {
		wg.Go(func() {
			err := d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
				for i := from; i < min(n, from+600); i++ {
					id := "o" + strconv.Itoa(i/6)
					tx.Append(ctx, event.Aggregate{Type: event.Order, ID: id, Version: int64(i%6 + 1)}, id, released(id))
				}
				return nil
			})
			if err != nil {
				b.Error(err)
			}
		})
	}
	wg.Wait()
}
