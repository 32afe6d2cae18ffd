package main

import (
	"bufio"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// limitFor is how long the ceiling and the limit are each measured.
const limitFor = 3 * time.Second

// ratios measures the ceiling and the limit and prints perSecond as a part of them.
func (w *workshop) ratios(ctx context.Context, out io.Writer, perSecond float64) error {
	ceiling, err := w.ceiling(ctx)
	if err != nil {
		return fmt.Errorf("ceiling: %w", err)
	}
	limit, err := w.limit(ctx)
	if err != nil {
		return fmt.Errorf("limit: %w", err)
	}
	fmt.Fprintf(out, "ceiling: %.0f/s hello behind the same router; orders are %.3f of it\n", ceiling, perSecond/ceiling)
	fmt.Fprintf(out, "limit: %.0f/s order-like writes, 100 at a time, through domain/db; orders are %.3f of it\n", limit, perSecond/limit)
	return nil
}

// runHello serves the ceiling, in a process of its own. It ends with its input, so
// that it cannot outlive the bench.
func runHello(ctx context.Context, _ []string, out io.Writer) error {
	r := chi.NewRouter()
	r.Get("/hello", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello world") })
	addr, err := freePort()
	if err != nil {
		return err
	}
	srv := &http.Server{Addr: addr, Handler: r}
	go func() {
		io.Copy(io.Discard, os.Stdin)
		srv.Close()
	}()
	fmt.Fprintln(out, addr)
	if err := srv.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// ceiling is how many answers a second the same client gets from a handler that
// does nothing.
func (w *workshop) ceiling(ctx context.Context) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	cmd := exec.Command(self, "hello")
	in, err := cmd.StdinPipe()
	if err != nil {
		return 0, err
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	addr, err := bufio.NewReader(said).ReadString('\n')
	if err == nil {
		p := product{addr: strings.TrimSpace(addr), said: new(tail), ended: make(chan error, 1)}
		err = p.await(ctx, "/hello", time.Millisecond)
		addr = p.addr
	}
	var got *hits
	if err == nil {
		req := request(nil, "GET", "/hello", "", nil)
		got = hammer(ctx, addr, [][]byte{req}, w.conns, limitFor)
	}
	in.Close()
	if err = errors.Join(err, cmd.Wait()); err != nil {
		return 0, err
	}
	return got.perSecond(), ctx.Err()
}

// hits are answers to requests that are all alike.
type hits struct {
	latency histogram
	failed  int
	took    time.Duration
	bytes   int
	example string
}

func (h *hits) perSecond() float64 { return float64(h.latency.n) / h.took.Seconds() }

// hammer sends the requests from conns connections, one request for each, again
// and again. Answers other than 200 count as failed.
func hammer(ctx context.Context, addr string, reqs [][]byte, conns int, last time.Duration) *hits {
	start := time.Now()
	parts := make([]hits, conns)
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() {
			h, c, req := &parts[i], client{addr: addr}, reqs[i%len(reqs)]
			defer c.hangUp()
			for from := time.Now(); ctx.Err() == nil && from.Sub(start) < last; from = time.Now() {
				res, err := c.do(ctx, req)
				if err != nil || res.status != http.StatusOK {
					h.failed++
					h.example = fmt.Sprintf("%d %v %.200s", res.status, err, res.body)
					sleep(ctx, 10*time.Millisecond)
					continue
				}
				h.latency.add(time.Since(from))
				h.bytes = len(res.body)
			}
		})
	}
	wg.Wait()
	all := &hits{took: time.Since(start)}
	for i := range parts {
		all.latency.merge(&parts[i].latency)
		all.failed += parts[i].failed
		all.bytes = max(all.bytes, parts[i].bytes)
		if all.example == "" {
			all.example = parts[i].example
		}
	}
	return all
}

//go:embed schema/*.sql
var limitFiles embed.FS

// limit is how many order-like writes a second the database takes, 100 at a time.
func (w *workshop) limit(ctx context.Context) (_ float64, err error) {
	p, err := newPlace(ctx, options{db: w.db, dir: w.dir})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, p.remove()) }()
	d, err := db.Open(ctx, p.db, db.Options{CommitDelay: w.slow})
	if err != nil {
		return 0, err
	}
	defer d.Close()
	if err := d.Migrate(ctx, db.Schema{Name: "bench", FS: limitFiles}); err != nil {
		return 0, err
	}
	const products = 200
	if err := d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		var rows [][]any
		for i := range products {
			rows = append(rows, []any{fmt.Sprint(i), onShelf})
		}
		_, err := tx.Insert(ctx, `/* bench.stock */ insert into bench_stock (id, available)`, "", rows)
		return err
	}); err != nil {
		return 0, err
	}
	var n atomic.Int64
	start, failed := time.Now(), make(chan error, 100)
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			s := newSkew(products, w.seed, uint64(i))
			for ctx.Err() == nil && time.Since(start) < limitFor {
				if err := orderLike(ctx, d, s.product()); err != nil {
					failed <- err
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	close(failed)
	return float64(n.Load()) / took.Seconds(), errors.Join(<-failed, ctx.Err())
}

func orderLike(ctx context.Context, d *db.DB, product int) error {
	id := domain.NewID()
	return d.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `/* bench.take */ update bench_stock set available = available - 1 where id = $1 and available >= 1`,
			fmt.Sprint(product)); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `/* bench.order */ insert into bench_orders (id, customer, status, at) values ($1, $2, 'PLACED', $3)`,
			id, id[20:], db.Micros(tx.Now)); err != nil {
			return err
		}
		tx.Append(ctx, event.Aggregate{Type: event.Order, ID: id, Version: 1}, id, event.OrderStatusChanged{OrderID: id, To: "PLACED"})
		_, err := tx.Exec(ctx, `/* bench.line */ insert into bench_lines (order_id, product, qty) values ($1, $2, 1)`, id, fmt.Sprint(product))
		return err
	})
}
