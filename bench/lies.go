package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// liesOptions are the settings of the command lies.
type liesOptions struct {
	options
	payments, kills int
	overload        string
	down            time.Duration
}

// lying is a provider that is not to be relied on.
var lying = faults{"hangRate": .2, "failRate": .1, "failAfterRate": .05, "callbackRate": .5, "duplicateRate": .05, "earlyRate": .05}

// decidedWithin is how soon after the provider is well again everything is known.
const decidedWithin = time.Minute

func runLies(ctx context.Context, args []string, out io.Writer) error {
	var o liesOptions
	fs := flags("lies", &o.options, out)
	fs.IntVar(&o.payments, "n", 10_000, "orders to be paid")
	fs.IntVar(&o.kills, "kills", 50, "how often the product is killed meanwhile")
	fs.StringVar(&o.overload, "overload", "pending", "pending or refuse: what the product does while payments fail")
	fs.DurationVar(&o.down, "down", 10*time.Second, "with -overload refuse: how long the provider is down first")
	if err := fs.Parse([]string{"-c", "50", "-products", "50"}); err != nil {
		return err
	}
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	switch {
	case o.payments < o.conns || o.payments > 1_000_000 || o.kills < 0 || o.kills > 1000:
		return errors.New("want -n from -c to 1000000 and -kills from 0 to 1000")
	case o.overload != "pending" && o.overload != "refuse":
		return fmt.Errorf("-overload: %q, want pending or refuse", o.overload)
	case o.down < 0 || o.down > time.Minute:
		return errors.New("want -down up to 1m")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	return w.lies(ctx, o, out)
}

// lies has customers order while the provider lies and the product is killed, and then
// compares who has taken what.
func (w *workshop) lies(ctx context.Context, o liesOptions, out io.Writer) (err error) {
	r, err := w.rig(ctx, needs{people: w.conns, provider: true, env: []string{"PAYMENT_OVERLOAD=" + o.overload}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	e := &evidence{rig: r}
	if o.overload == "refuse" {
		if err := e.turnedAway(ctx, o, out); err != nil {
			return err
		}
	}
	if err := r.gateway.do(ctx, lying); err != nil {
		return err
	}
	var acked atomic.Int64
	t := traffic{shop: r.shop, retry: true, takesNo: o.overload == "refuse", seed: w.seed, limit: o.payments / w.conns, last: time.Hour,
		said: func(ack) { acked.Add(1) }}
	ordering, enough := context.WithCancel(ctx)
	defer enough()
	t.done = ordering.Done()
	results := make(chan *result, 1)
	go func() { results <- t.run(ctx, w.conns) }()
	restarts, killed := r.killAlong(ctx, o, &acked, results)
	if killed.err != nil {
		enough()
		<-results
		return killed.err
	}
	e.acks, e.unknown = append(e.acks, killed.acks...), e.unknown+killed.failed
	fmt.Fprintf(out, "%d orders acknowledged in %s, %d paid in the same answer, %d sent again, %d failed, refused by status %v\n",
		len(killed.acks), short(killed.took), len(killed.acks)-killed.unpaid, killed.repeated, killed.failed, killed.refused)
	fmt.Fprintf(out, "  answer      %s\n", &killed.latency)
	fmt.Fprintf(out, "  kills       %d, restart to ready %s\n", restarts.n, restarts)
	if err := r.gateway.do(ctx, faults{"callbackRate": .5}); err != nil {
		return err
	}
	took, err := r.known(ctx, decidedWithin)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  0 unknown   %s after the provider is well again\n", short(took))
	if _, err := r.drained(ctx, 2*time.Minute); err != nil {
		return err
	}
	if err = errors.Join(e.verify(ctx), e.compareMoney(ctx)); err == nil {
		fmt.Fprintln(out, checked+", each order charged once, both books agree")
	}
	return err
}

// killedAlong is what came of the orders meanwhile.
type killedAlong struct {
	*result
	err error
}

// killAlong kills the product, evenly spread over the orders and a little at random,
// and starts it again, until all have ordered.
func (r *rig) killAlong(ctx context.Context, o liesOptions, acked *atomic.Int64, results <-chan *result) (restarts *histogram, k killedAlong) {
	restarts = &histogram{}
	rnd := rand.New(rand.NewPCG(o.seed, 8))
	for {
		due := int64(o.payments) * int64(restarts.n+1) / int64(o.kills+1)
		select {
		case k.result = <-results:
			return restarts, k
		case <-time.After(2 * time.Millisecond):
		}
		if int(restarts.n) == o.kills || acked.Load() < due {
			continue
		}
		sleep(ctx, time.Duration(rnd.Int64N(int64(50*time.Millisecond))))
		r.product.kill()
		start := time.Now()
		if k.err = r.start(ctx); k.err != nil {
			return restarts, k
		}
		restarts.add(time.Since(start))
	}
}

// turnedAway has customers order while the provider is down, and measures how fast
// they are told so.
func (e *evidence) turnedAway(ctx context.Context, o liesOptions, out io.Writer) error {
	if err := e.gateway.do(ctx, faults{"failRate": 1}); err != nil {
		return err
	}
	res := traffic{shop: e.shop, takesNo: true, seed: o.seed + 1, last: o.down}.run(ctx, o.conns)
	e.acks, e.unknown = append(e.acks, res.acks...), e.unknown+res.failed
	fmt.Fprintf(out, "provider down for %s: %d turned away, %d taken before that or as probes, %d failed; target p99 50 ms\n",
		short(o.down), res.turned.n, len(res.acks), res.failed)
	fmt.Fprintf(out, "  told so     %s\n", &res.turned)
	var wrong problems
	if res.turned.n == 0 {
		wrong.add("overload", "nobody was turned away: refused %v, such as %s", res.refused, res.example)
	}
	if res.failed > 0 {
		wrong.add("overload", "%d got no answer: %s", res.failed, res.example)
	}
	return wrong.err()
}
