package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// siegeOptions are the settings of the command siege.
type siegeOptions struct {
	options
	last time.Duration
}

// slowly is a provider that takes 400 ± 220 ms, a little longer now and then than the
// product waits.
var slowly = faults{"latencyMs": 180, "jitterMs": 440}

func runSiege(ctx context.Context, args []string, out io.Writer) error {
	var o siegeOptions
	fs := flags("siege", &o.options, out)
	fs.DurationVar(&o.last, "d", time.Minute, "how long customers order")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	if o.last <= 0 || o.last > 10*time.Minute {
		return errors.New("want -d above 0, up to 10m")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	return w.siege(ctx, o, out)
}

// siege has all customers order without a pause while the provider is slow, others
// read pages meanwhile, and then as many orders come while the provider is quick.
func (w *workshop) siege(ctx context.Context, o siegeOptions, out io.Writer) (err error) {
	r, err := w.rig(ctx, needs{people: w.conns, sessions: true, provider: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.gateway.do(ctx, slowly); err != nil {
		return err
	}
	t := traffic{shop: r.shop, last: o.last, seed: o.seed}
	before := r.usage()
	slow, pages := r.besiege(ctx, t, w.conns)
	load := before.until(r.usage())
	early, err := r.count(ctx, unpaid)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "slow provider (180 to 620 ms): %d orders in %s = %.1f/s, availability %.2f %%\n", len(slow.acks), short(slow.took), slow.perSecond(), slow.availability())
	fmt.Fprintf(out, "  answer      %s\n", &slow.latency)
	fmt.Fprintf(out, "  paid        %d in the same answer, %d later; %d went on unpaid\n", len(slow.acks)-slow.unpaid, slow.unpaid, early)
	fmt.Fprintf(out, "  not taken   %d without answer, refused by status %v %.300s\n", slow.failed, slow.refused, slow.example)
	fmt.Fprintf(out, "  processor   %s\n", load)
	if err := r.gateway.do(ctx, faults{}); err != nil {
		return err
	}
	took, err := r.known(ctx, 2*time.Minute)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "  all paid    %s after the provider is quick again\n", short(took))
	t.rate, t.seed = max(1, slow.perSecond()), o.seed+1
	quick, calm := r.besiege(ctx, t, w.conns)
	fmt.Fprintf(out, "quick provider: as many orders (%.1f/s), answer %s\n", quick.perSecond(), &quick.latency)
	printBrowsed(out, pages, calm)
	if _, err := r.drained(ctx, 2*time.Minute); err != nil {
		return err
	}
	e := &evidence{rig: r, acks: append(slow.acks, quick.acks...), unknown: slow.failed + quick.failed}
	err = errors.Join(siegeBroken(slow, early), e.verify(ctx), e.compareMoney(ctx))
	if err == nil {
		fmt.Fprintln(out, checked+", both books agree")
	}
	return err
}

// siegeBroken tells what must not have happened under siege.
func siegeBroken(r *result, early int64) error {
	var wrong problems
	if n := r.attempts() - len(r.acks); n > 0 {
		wrong.add("turned away", "%d of %d, %d without answer, such as %s", n, r.attempts(), r.failed, r.example)
	}
	if early > 0 {
		wrong.add("unpaid", "%d orders went on without their money", early)
	}
	if len(r.acks) == 0 {
		wrong.add("siege", "nobody ordered")
	}
	return wrong.err()
}

// besiege runs t while others read pages.
func (r *rig) besiege(ctx context.Context, t traffic, conns int) (*result, []*hits) {
	reading, enough := context.WithCancel(ctx)
	read := make(chan []*hits, 1)
	go func() { read <- r.browse(reading) }()
	res := t.run(ctx, conns)
	enough()
	return res, <-read
}

// browsed are the pages others read meanwhile.
var browsed = []target{targets[0], targets[2], targets[4]}

// browse reads each page from a connection of its own, as people do who look at what
// they get, until ctx ends.
func (r *rig) browse(ctx context.Context) []*hits {
	all := make([]*hits, len(browsed))
	var wg sync.WaitGroup
	for i, page := range browsed {
		wg.Go(func() {
			h, c, reqs := &hits{}, client{addr: r.addr}, page.requests(r.shop, false)
			defer c.hangUp()
			for n := 0; ctx.Err() == nil; n++ {
				start := time.Now()
				res, err := c.do(context.WithoutCancel(ctx), reqs[n%len(reqs)])
				if h.latency.add(time.Since(start)); err != nil || res.status != 200 {
					h.failed++
					h.example = fmt.Sprintf("%d %v %.200s", res.status, err, res.body)
				}
				sleep(ctx, 25*time.Millisecond)
			}
			all[i] = h
		})
	}
	wg.Wait()
	return all
}

func printBrowsed(out io.Writer, slow, quick []*hits) {
	fmt.Fprintf(out, "%-20s %12s %12s %8s\n", "pages meanwhile, p95", "slow", "quick", "ratio")
	for i, page := range browsed {
		a, b := slow[i].latency.at(.95), quick[i].latency.at(.95)
		fmt.Fprintf(out, "%-20s %12s %12s %8.2f  %d and %d read, %d failed %s\n", page.name, short(a), short(b), float64(a)/float64(max(b, 1)),
			slow[i].latency.n, quick[i].latency.n, slow[i].failed+quick[i].failed, slow[i].example)
	}
}
