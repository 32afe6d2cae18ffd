package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// pushOptions are the settings of the command push.
type pushOptions struct {
	options
	last       time.Duration
	rate       float64
	json, html int
}

func runPush(ctx context.Context, args []string, out io.Writer) error {
	var o pushOptions
	fs := flags("push", &o.options, out)
	fs.DurationVar(&o.last, "d", 10*time.Second, "how long it lasts")
	fs.Float64Var(&o.rate, "rate", 500, "orders a second; 0: as fast as they are answered")
	fs.IntVar(&o.json, "json", 1, "open streams of programs")
	fs.IntVar(&o.html, "html", 1, "open streams of pages")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	if o.json < 0 || o.html < 0 || o.json+o.html < 1 || o.json+o.html > 10_000 || o.last <= 0 {
		return errors.New("want 1 to 10000 streams and -d above 0")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	r, err := w.rig(ctx, needs{people: o.conns})
	if err != nil {
		return err
	}
	return errors.Join(r.push(ctx, o, out), r.close())
}

// watcher is one open stream and when it showed each packing task first.
type watcher struct {
	kind  string
	mark  string // what stands before the id of a task
	mu    sync.Mutex
	seen  map[string]time.Time
	again int // resyncs: the stream told to read the list instead of sending rows
	err   error
}

// push orders while streams are open and prints how long each order took to reach them.
func (r *rig) push(ctx context.Context, o pushOptions, out io.Writer) error {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var ws []*watcher
	var wg sync.WaitGroup
	for i := range o.json + o.html {
		w := &watcher{kind: "program", mark: `"id":"`, seen: map[string]time.Time{}}
		if i >= o.json {
			w.kind, w.mark = "page", `id="packing-`
		}
		ws = append(ws, w)
		body, err := r.watch(watching, w.kind)
		if err != nil {
			return err
		}
		wg.Go(func() { w.read(watching, body) })
	}
	t := traffic{shop: r.shop, rate: o.rate, last: o.last, seed: o.seed}
	before := r.usage()
	res := t.run(ctx, o.conns)
	used := before.until(r.usage())
	drain, err := r.drained(ctx, 90*time.Second)
	sleep(ctx, time.Second) // for what is on its way on a stream
	stop()
	wg.Wait()
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d orders at %.0f/s, %d streams; drained %s after the last answer\n", len(res.acks), res.perSecond(), len(ws), short(drain))
	fmt.Fprintf(out, "  answer              %s\n", &res.latency)
	if err := r.arrivals(ctx, out, ws, res.acks); err != nil {
		return err
	}
	fmt.Fprintf(out, "  processor           %s\n", used)
	e := &evidence{rig: r, acks: res.acks, unknown: res.failed}
	return e.verify(ctx)
}

// watch opens a stream of the packing list.
func (r *rig) watch(ctx context.Context, kind string) (io.ReadCloser, error) {
	path := "/live?lists=packing"
	if kind == "program" {
		path += "&format=json"
	}
	req, err := http.NewRequestWithContext(ctx, "GET", r.url()+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+r.shop.admin.token)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		res.Body.Close()
		return nil, fmt.Errorf("GET %s: %s", path, res.Status)
	}
	return res.Body, nil
}

// read notes when each task is first seen, until ctx ends.
func (w *watcher) read(ctx context.Context, body io.ReadCloser) {
	defer body.Close()
	lines := bufio.NewReaderSize(body, 64<<10)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			if ctx.Err() == nil {
				w.err = err
			}
			return
		}
		w.note(line, time.Now())
	}
}

func (w *watcher) note(line string, now time.Time) {
	if strings.HasPrefix(line, "event: resync") {
		w.again++
	}
	for {
		id, ok := cut(line, w.mark, 26)
		if !ok {
			return
		}
		w.mu.Lock()
		if _, known := w.seen[id]; !known {
			w.seen[id] = now
		}
		w.mu.Unlock()
		line = line[strings.Index(line, w.mark)+len(w.mark):]
		if w.kind == "program" {
			return // a row a line; what follows are other ids
		}
	}
}

// arrivals prints, per kind of stream, the time from sending an order to its row.
func (r *rig) arrivals(ctx context.Context, out io.Writer, ws []*watcher, acks []ack) error {
	d, err := r.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	tasks, err := pairs(ctx, d, `select order_id, id from packing_tasks`)
	if err != nil {
		return err
	}
	for _, kind := range []string{"program", "page"} {
		h, missing, again, n := new(histogram), 0, 0, 0
		for _, w := range ws {
			if w.kind != kind {
				continue
			}
			if w.err != nil {
				return fmt.Errorf("a stream ended: %w", w.err)
			}
			n++
			again += w.again
			for _, a := range acks {
				at, ok := w.seen[tasks[a.id]]
				if !ok {
					missing++
					continue
				}
				h.add(at.Sub(a.from))
			}
		}
		if n > 0 {
			fmt.Fprintf(out, "  row on %-12s %s; %d rows not sent, %d resyncs\n", kind+"s", h, missing, again)
		}
	}
	return nil
}
