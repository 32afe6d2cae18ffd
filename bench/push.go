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
	last, warm time.Duration
	rate       float64
	json, html int
	ratios     bool
	bell       bool
}

func runPush(ctx context.Context, args []string, out io.Writer) error {
	var o pushOptions
	fs := flags("push", &o.options, out)
	fs.DurationVar(&o.last, "d", 10*time.Second, "how long it lasts")
	fs.DurationVar(&o.warm, "warm", time.Second, "orders before, which count only for the check")
	fs.Float64Var(&o.rate, "rate", 500, "orders a second; 0: as fast as they are answered")
	fs.IntVar(&o.json, "json", 1, "open streams of programs")
	fs.BoolVar(&o.bell, "bell", false, "watch what the first customer is told instead of what is to be packed; wants -c 1")
	fs.BoolVar(&o.ratios, "ratios", true, "measure the ceiling and the limit too")
	fs.IntVar(&o.html, "html", 1, "open streams of pages")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	if o.json < 0 || o.html < 0 || o.json+o.html < 1 || o.json+o.html > 10_000 || o.last <= 0 || o.last > 10*time.Minute || o.rate < 0 || o.rate > 1e6 {
		return errors.New("want 1 to 10000 streams, -d up to 10m and -rate up to a million")
	}
	if o.bell && o.conns != 1 {
		return errors.New("-bell: only the first customer is watched, want -c 1")
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
	perSecond, err := r.push(ctx, o, out)
	if err := errors.Join(err, r.close()); err != nil || !o.ratios {
		return err
	}
	return w.ratios(ctx, out, perSecond)
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
// It returns the orders a second.
func (r *rig) push(ctx context.Context, o pushOptions, out io.Writer) (perSecond float64, err error) {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var ws []*watcher
	var wg sync.WaitGroup
	for i := range o.json + o.html {
		w := &watcher{kind: "program", mark: `"id":"`, seen: map[string]time.Time{}}
		if i >= o.json {
			w.kind, w.mark = "page", `id="`+o.list()+`-`
		}
		ws = append(ws, w)
		body, err := r.watch(watching, o.list(), w.kind, o.watching(r.shop))
		if err != nil {
			return 0, err
		}
		wg.Go(func() { w.read(watching, body) })
	}
	f, err := r.measure(ctx, trial{traffic: traffic{shop: r.shop, rate: o.rate, last: o.last, seed: o.seed}, warm: o.warm, conns: o.conns})
	if err == nil {
		for end := time.Now().Add(5 * time.Second); !allSaw(ws, len(f.warm.acks)+len(f.result.acks)) && time.Now().Before(end); {
			sleep(ctx, 10*time.Millisecond)
		}
	}
	stop()
	wg.Wait()
	if f == nil {
		return 0, err
	}
	f.print(out, fmt.Sprintf("%d streams", len(ws)))
	if err != nil {
		return 0, err
	}
	if err := r.arrivals(ctx, out, ws, f.result.acks, o.rows()); err != nil {
		return 0, err
	}
	if err := f.evidence(r).verify(ctx); err != nil {
		return 0, err
	}
	fmt.Fprintln(out, checked)
	return f.result.perSecond(), nil
}

// list is the list that is watched.
func (o pushOptions) list() string {
	if o.bell {
		return "my-notifications"
	}
	return "packing"
}

// watching is who watches.
func (o pushOptions) watching(s *shop) person {
	if o.bell {
		return s.people[0]
	}
	return s.admin
}

// rows asks for the row of the list that each order brings.
func (o pushOptions) rows() string {
	if o.bell {
		return `select subject_id, id from notify_notifications where kind = 'order' and state = 'placed'`
	}
	return `select order_id, id from packing_tasks`
}

// allSaw reports whether every stream showed n tasks.
func allSaw(ws []*watcher, n int) bool {
	for _, w := range ws {
		w.mu.Lock()
		saw := len(w.seen)
		w.mu.Unlock()
		if saw < n {
			return false
		}
	}
	return true
}

// watch opens a stream of a list.
func (r *rig) watch(ctx context.Context, list, kind string, who person) (io.ReadCloser, error) {
	path := "/live?lists=" + list
	if kind == "program" {
		path += "&format=json"
	}
	req, err := http.NewRequestWithContext(ctx, "GET", r.url()+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+who.token)
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
func (r *rig) arrivals(ctx context.Context, out io.Writer, ws []*watcher, acks []ack, query string) error {
	d, err := r.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	tasks, err := pairs(ctx, d, query)
	if err != nil {
		return err
	}
	for _, kind := range []string{"program", "page"} {
		h, last, missing, again, n := new(histogram), new(histogram), 0, 0, 0
		latest := make([]time.Duration, len(acks))
		for _, w := range ws {
			if w.kind != kind {
				continue
			}
			if w.err != nil {
				return fmt.Errorf("a stream ended: %w", w.err)
			}
			n++
			again += w.again
			for i, a := range acks {
				at, ok := w.seen[tasks[a.id]]
				if !ok {
					missing++
					continue
				}
				h.add(at.Sub(a.from))
				latest[i] = max(latest[i], at.Sub(a.from))
			}
		}
		if n == 0 {
			continue
		}
		fmt.Fprintf(out, "  row on %-8s %s; %d rows not sent, %d resyncs\n", kind+"s", h, missing, again)
		if n > 1 {
			for _, d := range latest {
				last.add(d)
			}
			fmt.Fprintf(out, "  on the last     %s\n", last)
		}
		if missing > 0 && again == 0 {
			return fmt.Errorf("%d rows never came to %ss, which were not told to read the list either", missing, kind)
		}
	}
	return nil
}
