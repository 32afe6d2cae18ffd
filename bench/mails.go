package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"
)

// mailsOptions are the settings of the command mails.
type mailsOptions struct {
	options
	mails, kills int
	down         time.Duration
	rate         float64
}

func runMails(ctx context.Context, args []string, out io.Writer) error {
	var o mailsOptions
	fs := flags("mails", &o.options, out)
	fs.IntVar(&o.mails, "n", 10_000, "orders, each told by a mail")
	fs.IntVar(&o.kills, "kills", 50, "how often the product is killed while mails go out")
	fs.DurationVar(&o.down, "down", 20*time.Second, "how long orders are then timed with the mail server, and as long without")
	fs.Float64Var(&o.rate, "rate", 200, "orders a second while they are timed")
	if err := fs.Parse([]string{"-c", "50", "-products", "50"}); err != nil {
		return err
	}
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	switch {
	case o.mails < o.conns || o.mails > 100_000 || o.kills < 0 || o.kills > 1000:
		return errors.New("want -n from -c to 100000 and -kills from 0 to 1000")
	case o.down < 0 || o.down > 10*time.Minute || o.rate <= 0 || o.rate > 1e5:
		return errors.New("want -down up to 10m and -rate above 0, up to 100000")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	return w.mails(ctx, o, out)
}

// mails has customers order, kills the product while it tells them by mail, and compares
// what was told with what came; then it times orders with the mail server and without.
func (w *workshop) mails(ctx context.Context, o mailsOptions, out io.Writer) (err error) {
	box, err := newPostbox()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.close()) }()
	r, err := w.rig(ctx, needs{people: w.conns, env: []string{"SMTP_URL=smtp://" + box.addr, "MAIL_FROM=shop@bench.example", "SMTP_RETRY=100ms"}})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	e := &evidence{rig: r}
	t := traffic{shop: r.shop, retry: true, seed: w.seed, limit: o.mails / w.conns, last: time.Hour}
	results := make(chan *result, 1)
	go func() { results <- t.run(ctx, w.conns) }()
	restarts, err := r.killWhileMailing(ctx, o, box)
	res := <-results
	if err != nil {
		return err
	}
	e.acks, e.unknown = res.acks, res.failed
	took, err := r.mailed(ctx, 10*time.Minute)
	if err != nil {
		return err
	}
	different, more := box.again()
	fmt.Fprintf(out, "%d orders acknowledged in %s, all mails out %s later; %d kills, restart to ready %s\n",
		len(res.acks), short(res.took), short(took), restarts.n, restarts)
	fmt.Fprintf(out, "  mails       %d different, %d came once more\n", different, more)
	if _, err := r.drained(ctx, 2*time.Minute); err != nil {
		return err
	}
	if err := errors.Join(r.toldOnce(ctx, len(res.acks), box, o.kills), e.verify(ctx)); err != nil {
		return err
	}
	fmt.Fprintln(out, checked+", each told once, no mail lost")
	if o.down == 0 {
		return nil
	}
	return r.withoutPost(ctx, o, box, out)
}

// killWhileMailing kills the product as mails go out, evenly and a little at random, and
// starts it again.
func (r *rig) killWhileMailing(ctx context.Context, o mailsOptions, box *postbox) (*histogram, error) {
	restarts, rnd := &histogram{}, rand.New(rand.NewPCG(o.seed, 8))
	for int(restarts.n) < o.kills {
		if !sleep(ctx, 2*time.Millisecond) {
			return restarts, ctx.Err()
		}
		if box.taken.Load() < int64(o.mails)*int64(restarts.n+1)/int64(o.kills+1) {
			continue
		}
		sleep(ctx, time.Duration(rnd.Int64N(int64(20*time.Millisecond))))
		r.product.kill()
		start := time.Now()
		if err := r.start(ctx); err != nil {
			return restarts, err
		}
		restarts.add(time.Since(start))
	}
	return restarts, nil
}

// mailed waits until no mail is on its way any more.
func (r *rig) mailed(ctx context.Context, most time.Duration) (time.Duration, error) {
	start := time.Now()
	for {
		n, err := r.count(ctx, `select (select count(*) from notify_messages where state in ('queued', 'sending')) +
			(select count(*) from outbox) + (select count(*) from queue_backlog where state in ('waiting', 'retry'))`)
		switch {
		case err != nil:
			return 0, err
		case n == 0:
			return time.Since(start), nil
		case time.Since(start) > most:
			return 0, fmt.Errorf("%d mails are not out after %s", n, short(most))
		}
		if !sleep(ctx, 50*time.Millisecond) {
			return 0, ctx.Err()
		}
	}
}

// toldOnce compares what the product says it told with what came.
func (r *rig) toldOnce(ctx context.Context, orders int, box *postbox, kills int) error {
	var wrong problems
	different, more := box.again()
	for _, c := range []struct {
		what, text string
		want       int
	}{
		{"orders told in the page", `select count(distinct subject_id) from notify_notifications where kind = 'order' and state = 'placed'`, orders},
		{"orders told in the page, each once", `select count(*) from notify_notifications where kind = 'order' and state = 'placed'`, orders},
		{"told by event and reader", `select count(*) - count(distinct cause_id || user_id) from notify_notifications where kind = 'order'`, 0},
		{"mails the product says it sent", `select count(*) from notify_messages where channel = 'email' and state = 'sent' and lead = ''`, different},
		{"mails that did not go out", `select count(*) from notify_messages where channel = 'email' and ` + unsent, 0},
	} {
		n, err := r.count(ctx, c.text)
		if err != nil {
			return err
		}
		if int(n) != c.want {
			wrong.add("told", "%s: %d, want %d%s", c.what, n, c.want, r.example(ctx))
		}
	}
	if more > kills {
		wrong.add("told", "%d mails came once more after %d kills", more, kills)
	}
	return wrong.err()
}

// unsent is true of a mail that did not go out and should have: an alarm that is over when
// its turn comes is dropped.
const unsent = `state <> 'sent' and (state <> 'dropped' or kind = 'order')`

// example is a mail that did not go out, and why.
func (r *rig) example(ctx context.Context) string {
	d, err := r.place.open(false)
	if err != nil {
		return ""
	}
	defer d.Close()
	var kind, state, reason string
	if d.QueryRowContext(ctx, `select kind, state, reason from notify_messages where channel = 'email' and `+unsent).Scan(&kind, &state, &reason) != nil {
		return ""
	}
	return fmt.Sprintf("; of the kind %s, %s: %s", kind, state, reason)
}

// withoutPost times orders with the mail server, and without it.
func (r *rig) withoutPost(ctx context.Context, o mailsOptions, box *postbox, out io.Writer) error {
	t := traffic{shop: r.shop, rate: o.rate, last: o.down, seed: o.seed + 1}
	with := t.run(ctx, o.conns)
	if err := box.server.Close(); err != nil {
		return err
	}
	t.seed++
	without := t.run(ctx, o.conns)
	a, b := with.latency.at(.99), without.latency.at(.99)
	fmt.Fprintf(out, "orders at %.0f/s with a mail server    %s\n", o.rate, &with.latency)
	fmt.Fprintf(out, "orders at %.0f/s without it            %s\n", o.rate, &without.latency)
	fmt.Fprintf(out, "  p99 without / with: %.2f (target 0.80 to 1.20); %d and %d failed\n", float64(b)/float64(max(a, 1)), with.failed, without.failed)
	if n := with.failed + without.failed; n > 0 {
		return fmt.Errorf("%d orders failed: %s%s", n, with.example, without.example)
	}
	return nil
}
