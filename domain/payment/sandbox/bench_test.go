//go:build unix

package sandbox_test

import (
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"daybreak/domain/payment"
	"daybreak/domain/payment/gateway"
)

// BenchmarkCharge is a charge as the shop makes it: through the client, the
// breaker and the bulkhead, over HTTP, and durable in the ledger. cpu-µs/op counts
// both sides.
func BenchmarkCharge(b *testing.B) {
	url := start(b, open(b, filepath.Join(b.TempDir(), "l")))
	c, err := gateway.New(url)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	g := gateway.Guard(c)
	var n, busy atomic.Int64
	before := cpu(b)
	b.SetParallelism(12) // 24 at once on two cores: what the bulkhead lets through
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			key := "K" + strconv.FormatInt(n.Add(1), 10)
			if _, err := g.Charge(b.Context(), payment.ChargeRequest{Key: key, Amount: 1000}); err != nil {
				busy.Add(1)
			}
		}
	})
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "charges/s")
	if busy.Load() > 0 {
		b.Errorf("%d of %d charges got no answer", busy.Load(), b.N)
	}
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
