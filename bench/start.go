package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

func runStart(ctx context.Context, args []string, out io.Writer) error {
	var o options
	var runs int
	var idle time.Duration
	fs := flags("start", &o, out)
	fs.IntVar(&runs, "runs", 5, "starts on a new and on an existing database")
	fs.DurationVar(&idle, "idle", 10*time.Second, "rest before memory is read")
	if err := parse(fs, args, &o); err != nil {
		return err
	}
	if runs < 1 || runs > 100 || idle < 0 || o.db != "" {
		return errors.New("want -runs from 1 to 100 and no -db: the demo is measured, which has a file")
	}
	if err := binarySize(ctx, out); err != nil {
		return err
	}
	w, err := newWorkshop(ctx, o)
	if err != nil {
		return err
	}
	defer w.close()
	var fresh, existing starts
	for i := range runs {
		rest := time.Duration(0)
		if i == runs-1 {
			rest = idle
		}
		if err := w.startTwice(ctx, &fresh, &existing, rest); err != nil {
			return err
		}
	}
	fresh.print(out, "new demo database")
	existing.print(out, "existing demo database")
	fmt.Fprintf(out, "at rest, after %s: %d MB resident\n", short(idle), existing.rss>>20)
	return nil
}

// starts are the times from starting the process to the first page, and to ready.
type starts struct {
	page, ready []time.Duration
	rss         int64
}

func (s *starts) print(out io.Writer, what string) {
	fmt.Fprintf(out, "%s: first page after %s, ready after %s (median of %d starts)\n", what, short(median(s.page)), short(median(s.ready)), len(s.page))
}

func binarySize(ctx context.Context, out io.Writer) error {
	tmp, err := os.MkdirTemp("", "daybreak-bench-size-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	bin, err := build(ctx, tmp, "-trimpath", "-ldflags=-s -w")
	if err != nil {
		return err
	}
	st, err := os.Stat(bin)
	if err == nil {
		fmt.Fprintf(out, "binary, stripped, without cgo: %.1f MB\n", float64(st.Size())/1e6)
	}
	return err
}

// startTwice starts the demo on a new database and again on what it left.
func (w *workshop) startTwice(ctx context.Context, fresh, existing *starts, idle time.Duration) (err error) {
	place, err := newPlace(ctx, w.options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.remove()) }()
	p, err := newProduct(w.bin, place, w.options)
	if err != nil {
		return err
	}
	p.command = "demo"
	for i, s := range []*starts{fresh, existing} {
		if err := errors.Join(s.start(ctx, p, idle*time.Duration(i)), p.stop()); err != nil {
			return err
		}
	}
	return nil
}

func (s *starts) start(ctx context.Context, p *product, idle time.Duration) error {
	start := time.Now()
	if err := p.launch(); err != nil {
		return err
	}
	if err := p.await(ctx, "/", 500*time.Microsecond); err != nil {
		return err
	}
	s.page = append(s.page, time.Since(start))
	if err := p.await(ctx, "/healthz/ready", 500*time.Microsecond); err != nil {
		return err
	}
	s.ready = append(s.ready, time.Since(start))
	if !sleep(ctx, idle) {
		return ctx.Err()
	}
	var err error
	s.rss, _, err = memory(p.pid())
	return err
}
