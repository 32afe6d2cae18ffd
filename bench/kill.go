package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"time"
)

func runKill(ctx context.Context, args []string, out io.Writer) error {
	var o options
	var kills int
	var most time.Duration
	fs := flags("kill", &o, out)
	fs.IntVar(&kills, "n", 20, "how often the product is killed")
	fs.DurationVar(&most, "d", 2*time.Second, "longest time from being ready to being killed")
	if err := fs.Parse([]string{"-c", "20", "-products", "50"}); err != nil {
		return err
	}
	if err := parse(fs, args, &o); err != nil {
		return err
	}
	if kills < 1 || kills > 10_000 || most <= 0 {
		return errors.New("want -n from 1 to 10000 and -d above 0")
	}
	w, err := newWorkshop(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	k, err := w.kill(ctx, kills, most)
	if k != nil {
		fmt.Fprintf(out, "%d kills, %d orders acknowledged, %d sent again after a kill, %d failed, restart to ready %s\n",
			k.kills, len(k.acks), k.repeated, k.failed, &k.restarts)
	}
	if err == nil {
		fmt.Fprintf(out, "checked after each restart: no acknowledged order lost; in the end all placed and processed (drained in %s), stock and book agree, invariants clean\n",
			short(k.drain))
	}
	return err
}

// killed is what came of the kills.
type killed struct {
	*result
	kills    int
	restarts histogram
	drain    time.Duration
}

// kill has customers order while the product is killed at random moments and
// started again. Whoever got no answer asks again with the same key.
func (w *workshop) kill(ctx context.Context, kills int, most time.Duration) (_ *killed, err error) {
	r, err := w.rig(ctx, needs{people: w.conns})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	var mu sync.Mutex
	var told []ack
	t := traffic{shop: r.shop, retry: true, seed: w.seed, last: time.Duration(kills+1) * (most + startsWithin)}
	t.said = func(a ack) { mu.Lock(); told = append(told, a); mu.Unlock() }
	ordering, enough := context.WithCancel(ctx)
	defer enough()
	t.done = ordering.Done()
	results := make(chan *result, 1)
	go func() { results <- t.run(ctx, w.conns) }()
	k := &killed{}
	rnd := rand.New(rand.NewPCG(w.seed, 7))
	for k.kills < kills && err == nil {
		if !sleep(ctx, time.Duration(rnd.Int64N(int64(most)))) {
			err = ctx.Err()
			break
		}
		r.product.kill()
		k.kills++
		mu.Lock()
		before := told[:len(told):len(told)]
		mu.Unlock()
		start := time.Now()
		if err = r.start(ctx); err == nil {
			k.restarts.add(time.Since(start))
			err = r.stillThere(ctx, before)
		}
	}
	enough()
	k.result = <-results
	if err != nil {
		return k, err
	}
	// A payment whose order was interrupted is taken up again after a few seconds.
	if k.drain, err = r.drained(ctx, 2*time.Minute); err != nil && ctx.Err() != nil {
		return k, err
	}
	e := &evidence{rig: r, acks: k.acks, unknown: k.failed}
	return k, errors.Join(err, e.verify(ctx))
}

// stillThere checks that every order acknowledged before the kill is stored.
func (r *rig) stillThere(ctx context.Context, before []ack) error {
	d, err := r.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	f, err := r.read(ctx, d)
	if err != nil {
		return err
	}
	var wrong problems
	for _, a := range before {
		if f.orders[a.id] == "" {
			wrong.add("acknowledged order lost by a kill", "%s", a.id)
		}
	}
	return wrong.err()
}
