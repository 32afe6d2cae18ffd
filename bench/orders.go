package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// ordersOptions are the settings of the command orders.
type ordersOptions struct {
	options
	last, warm     time.Duration
	rate           float64
	form, ratios   bool
	runs, seeded   int
	plant, profile string
}

// figures are what one run measured.
type figures struct {
	warm      *result // before measuring
	result    *result
	drain     time.Duration
	load      load
	rss, peak int64
	disk      *histogram
}

func runOrders(ctx context.Context, args []string, out io.Writer) error {
	var o ordersOptions
	fs := flags("orders", &o.options, out)
	fs.DurationVar(&o.last, "d", 10*time.Second, "how long a run lasts")
	fs.DurationVar(&o.warm, "warm", time.Second, "orders before the run, which count only for the check")
	fs.Float64Var(&o.rate, "rate", 0, "orders a second; 0: as fast as they are answered")
	fs.BoolVar(&o.form, "form", false, "through the checkout page")
	fs.BoolVar(&o.ratios, "ratios", true, "measure the ceiling and the limit too")
	fs.IntVar(&o.runs, "runs", 1, "runs, each with a new database")
	fs.IntVar(&o.seeded, "seed", 0, "orders in the database before the run")
	fs.StringVar(&o.plant, "plant", "", "falsify the evidence: "+strings.Join(slices.Sorted(maps.Keys(plants)), ", "))
	fs.StringVar(&o.profile, "profile", "", "file for a CPU profile of the product")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	if o.plant != "" && plants[o.plant] == nil {
		return fmt.Errorf("-plant: %q is unknown", o.plant)
	}
	if err := checkSeed(o.seeded); err != nil && o.seeded != 0 {
		return err
	}
	if o.runs < 1 || o.last <= 0 || o.last > 10*time.Minute || o.rate < 0 || o.rate > 1e6 {
		return errors.New("want -runs from 1, -d up to 10m, -rate up to a million")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	var all []*figures
	for i := range o.runs {
		f, err := w.orders(ctx, o, out)
		if f != nil {
			f.print(out, fmt.Sprintf("run %d", i+1))
		}
		if err != nil {
			return err
		}
		all = append(all, f)
	}
	perSecond := o.summary(out, all)
	if !o.ratios {
		return nil
	}
	return w.ratios(ctx, out, perSecond)
}

// orders is one run on a new database, checked.
func (w *workshop) orders(ctx context.Context, o ordersOptions, out io.Writer) (_ *figures, err error) {
	n := needs{people: o.conns, sessions: o.form}
	if o.profile != "" {
		if n.metrics, err = freePort(); err != nil {
			return nil, err
		}
	}
	r, err := w.rig(ctx, n)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.seeded(ctx, o.seeded, out); err != nil {
		return nil, err
	}
	t := trial{traffic: traffic{shop: r.shop, form: o.form, last: o.last, rate: o.rate, seed: o.seed}, warm: o.warm, conns: o.conns}
	var profiled <-chan error
	t.begin = func() { profiled = profile(ctx, n.metrics, o.profile, o.last) }
	f, undrained := r.measure(ctx, t)
	if f == nil {
		return nil, undrained
	}
	if err := errors.Join(<-profiled, printProfile(ctx, out, w.bin, o.profile)); err != nil {
		return f, err
	}
	e := f.evidence(r)
	if plant := plants[o.plant]; plant != nil {
		if len(e.acks) == 0 {
			return f, errors.New("nothing was ordered that a lie could be told about")
		}
		if _, err := plant(ctx, e); err != nil {
			return f, err
		}
	}
	return f, errors.Join(undrained, e.verify(ctx))
}

// trial is traffic that is measured.
type trial struct {
	traffic
	warm  time.Duration // of traffic before, which counts only for the check
	conns int
	begin func() // called when measuring begins; may be nil
}

// measure runs a trial and waits until all is processed; if that does not happen in
// time, it returns an error besides the figures.
func (r *rig) measure(ctx context.Context, t trial) (*figures, error) {
	f := &figures{}
	var err error
	if f.disk, err = probeDisk(r.place.dir); err != nil {
		return nil, err
	}
	warm := t.traffic
	warm.last, warm.rate, warm.seed = t.warm, 0, t.seed+1000
	f.warm = warm.run(ctx, t.conns)
	if _, err := r.drained(ctx, time.Minute); err != nil {
		return nil, errors.Join(err, errors.New(f.warm.example))
	}
	if t.begin != nil {
		t.begin()
	}
	before := r.usage()
	f.result = t.run(ctx, t.conns)
	f.load = before.until(r.usage())
	var undrained error
	f.drain, undrained = r.drained(ctx, 90*time.Second)
	f.rss, f.peak, _ = memory(r.pid()) //nolint:errcheck // 0 where it is not known
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return f, undrained
}

// evidence is what the run must have left behind.
func (f *figures) evidence(r *rig) *evidence {
	return &evidence{rig: r, acks: slices.Concat(f.warm.acks, f.result.acks), unknown: f.warm.failed + f.result.failed}
}

func (f *figures) print(out io.Writer, name string) {
	r := f.result
	fmt.Fprintf(out, "%s: %d orders in %s = %.0f/s, availability %.2f %%\n", name, len(r.acks), short(r.took), r.perSecond(), r.availability())
	fmt.Fprintf(out, "  answer      %s\n", &r.latency)
	fmt.Fprintf(out, "  drained     %s after the last answer\n", short(f.drain))
	if r.failed+len(r.refused)+r.unpaid > 0 {
		fmt.Fprintf(out, "  not as wanted: %d without answer, refused by status %v, %d paid later; such as %.300s\n", r.failed, r.refused, r.unpaid, r.example)
	}
	fmt.Fprintf(out, "  processor   %s\n", f.load)
	if n := len(r.acks); n > 0 {
		fmt.Fprintf(out, "  per order   %s of the product\n", short(f.load.product/time.Duration(n)))
	}
	fmt.Fprintf(out, "  memory      %d MB, peak %d MB\n", f.rss>>20, f.peak>>20)
	fmt.Fprintf(out, "  fdatasync   %s\n", f.disk)
}

// checked is said when verify has found nothing.
const checked = "checked: acknowledged = stored = stock = events = processed, invariants clean"

// summary prints medians and returns that of the orders a second.
func (o ordersOptions) summary(out io.Writer, all []*figures) float64 {
	var perSecond []float64
	var p50, p99, drain []time.Duration
	noisy := 0
	for _, f := range all {
		perSecond = append(perSecond, f.result.perSecond())
		p50, p99 = append(p50, f.result.latency.at(.5)), append(p99, f.result.latency.at(.99))
		drain = append(drain, f.drain)
		if f.load.foreign > noisyAt {
			noisy++
		}
	}
	if len(all) > 1 {
		fmt.Fprintf(out, "median of %d runs (%d noisy): %.0f orders/s, p50 %s, p99 %s, drained in %s\n",
			len(all), noisy, median(perSecond), short(median(p50)), short(median(p99)), short(median(drain)))
	}
	fmt.Fprintln(out, checked)
	return median(perSecond)
}
