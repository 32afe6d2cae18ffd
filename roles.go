package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"daybreak/domain/db"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/queue"
	"daybreak/web"
)

// run starts the roles of this process and returns when ctx has ended and the
// requests under way have been answered. The workers go on until close: what the
// site took last, they still carry on.
func (a *app) run(ctx context.Context, out io.Writer, ready func(addr string)) error {
	if !a.has("web") {
		if err := a.startWorkers(); err != nil {
			return err
		}
		a.ready.Store(true)
		fmt.Fprintln(out, "running", strings.Join(a.roles, ", "))
		ready("")
		<-ctx.Done()
		return nil
	}
	l, err := listen(a.addr)
	if err != nil {
		return err
	}
	addr := l.Addr().String()
	if a.baseURL == "" {
		a.baseURL = "http://" + addr
	}
	a.web.BaseURL = a.baseURL
	if a.sandbox != nil {
		a.sandbox.CallBack(callbacks("http://"+addr+web.PaymentWebhook, a.gatewaySecret))
	}
	srv := a.server()
	if err := a.startWorkers(); err != nil {
		return err
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	if err := a.prepare(ctx, out); err != nil {
		srv.Close()
		return err
	}
	a.ready.Store(true)
	a.greet(out)
	ready(addr)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	return a.shutdown(srv)
}

// startWorkers starts every role but the site.
func (a *app) startWorkers() error {
	for _, c := range a.consumers() {
		if a.has(c.Name) {
			a.start(c.Name, func(ctx context.Context) error { return queue.Run(ctx, a.db, a.broker, c, queue.Options{}) })
		}
	}
	if a.payment != nil {
		a.start("provider", a.payment.Watch)
		if a.has("payment") {
			a.start("payments", a.payment.Run)
		}
	}
	if a.has("orders") {
		a.start("backorders", a.orders.Run)
	}
	if a.has("rooms") {
		a.start("rooms", a.rooms.Run)
	}
	if a.has("notify") {
		a.start("notifications", a.notify.Run)
	}
	if a.has("relay") {
		r := queue.Relay{DB: a.db, Broker: a.broker}
		a.start("relay", func(ctx context.Context) error { r.Run(ctx); return nil })
		a.start("dead letters", func(ctx context.Context) error { return queue.DrainDead(ctx, a.db, a.broker) })
	} else {
		a.start("wake", func(ctx context.Context) error { queue.WakeRemote(ctx, a.db, a.broker); return nil })
	}
	if a.has("jobs") {
		a.start("jobs", a.runJobs)
	}
	if a.metricsAddr != "" {
		if err := a.startMetrics(); err != nil {
			return err
		}
	}
	if !a.has("web") {
		return nil
	}
	return a.broker.Listen(a.work, topicChanged, func(b []byte) {
		var changes []lists.Change
		if err := json.Unmarshal(b, &changes); err != nil {
			slog.Error("changes not decoded", "err", err)
			return
		}
		a.web.Changed(changes)
	})
}

// server is the HTTP server with limits for slow and greedy clients. Streams set
// deadlines of their own.
func (a *app) server() *http.Server {
	srv := &http.Server{
		Handler:           a.web.Routes(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       90 * time.Second,
		MaxHeaderBytes:    12 << 10,
		ErrorLog:          slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
		BaseContext:       func(net.Listener) context.Context { return a.work },
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if t, ok := c.(*net.TCPConn); ok {
				t.SetWriteBuffer(64 << 10) //nolint:errcheck // or a stalled reader holds megabytes in the kernel
			}
			return ctx
		},
	}
	srv.RegisterOnShutdown(a.web.Close)
	return srv
}

// shutdown lets the requests under way finish; streams end at once and come back
// to the next process.
func (a *app) shutdown(srv *http.Server) error {
	a.ready.Store(false)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		srv.Close()
		return fmt.Errorf("shutdown: %w", err)
	}
	return nil
}

// listen takes over the socket handed in by a supervisor (LISTEN_FDS), or opens one.
func listen(addr string) (net.Listener, error) {
	if n, err := strconv.Atoi(os.Getenv("LISTEN_FDS")); err == nil && n > 0 && addr != "" {
		if pid := os.Getenv("LISTEN_PID"); pid == "" || pid == strconv.Itoa(os.Getpid()) {
			f := os.NewFile(3, "listener")
			defer f.Close()
			return net.FileListener(f)
		}
	}
	return net.Listen("tcp", addr)
}

// prepare is what must be there before the first request: demo data, or the way to
// make the first admin.
func (a *app) prepare(ctx context.Context, out io.Writer) error {
	if a.command == "demo" {
		return a.seedDemo(ctx)
	}
	token, err := a.accounts.SetupToken(ctx)
	if err != nil || token == "" {
		return err
	}
	fmt.Fprintf(out, "No admin yet. Make the account here, once, within 24 hours:\n  %s/setup?token=%s\n", a.baseURL, token)
	return nil
}

// greet says who can sign in and, last, that the first request may come.
func (a *app) greet(out io.Writer) {
	if a.command == "demo" {
		fmt.Fprintf(out, "Accounts (password %s): %s\n", demoPassword, strings.Join(demoEmails(), ", "))
	}
	fmt.Fprintf(out, "Daybreak is open: %s\n", a.baseURL)
}

// checkReady says why this process should get no requests now, per check.
func (a *app) checkReady(ctx context.Context) map[string]error {
	checks := map[string]error{"start": nil, "database": nil}
	if !a.ready.Load() {
		checks["start"] = errors.New("not finished")
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := a.db.Ping(ctx); err != nil {
		slog.Error("database does not take writes", "err", err)
		checks["database"] = errors.New("does not take writes")
	}
	return checks
}

// job is something done again and again.
type job struct {
	name  string
	every time.Duration
	run   func(context.Context) error
}

// jobs are what only one process of all does: to forget what nobody needs any more, to
// keep deadlines, and to look again for what an event should have started.
func (a *app) jobs() []job {
	return []job{
		{"accounts", time.Hour, a.accounts.Cleanup},
		{"carts", time.Hour, a.orders.Cleanup},
		{"answers", time.Hour, a.db.Cleanup},
		{"backorders", time.Hour, a.orders.Allocate},
		{"deadlines", 10 * time.Second, a.orders.Deadlines},
		{"reconciliation", time.Hour, a.reconcile},
		{"notifications", time.Hour, a.notify.Cleanup},
		{"alarms", 10 * time.Second, a.notify.Watch},
	}
}

// runJobs does each job at once and then when it is due, one after the other.
func (a *app) runJobs(ctx context.Context) error {
	a.db.Lead(ctx, "jobs", func(ctx context.Context) {
		jobs := a.jobs()
		due := make([]time.Time, len(jobs))
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			for i, j := range jobs {
				if time.Now().Before(due[i]) {
					continue
				}
				due[i] = time.Now().Add(j.every - time.Second) // ticks are not exact
				if err := j.run(ctx); err != nil && ctx.Err() == nil {
					slog.Error("job failed", "job", j.name, "err", err)
				}
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return nil
}

// queues is the queue as the pages see it.
type queues struct{ a *app }

// Pause implements web.Queues.
func (q queues) Pause(ctx context.Context, consumer string) error {
	return queue.Pause(ctx, q.a.db, q.a.broker, consumer)
}

// Resume implements web.Queues.
func (q queues) Resume(ctx context.Context, consumer string) error {
	return queue.Resume(ctx, q.a.db, q.a.broker, consumer)
}

// Status implements web.Queues.
func (q queues) Status(ctx context.Context) (any, error) {
	depth, err := q.a.db.OutboxDepth(ctx)
	if err != nil {
		return nil, err
	}
	age, err := q.a.db.OutboxAge(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := q.a.db.BacklogCounts(ctx)
	if err != nil {
		return nil, err
	}
	paused, err := q.a.db.Paused(ctx)
	if err != nil {
		return nil, err
	}
	channels, err := q.a.notify.Health(ctx)
	if err != nil {
		return nil, err
	}
	return struct {
		Version      string            `json:"version"`
		Roles        []string          `json:"roles"`
		OutboxDepth  int64             `json:"outboxDepth"`
		OutboxAgeMs  int64             `json:"outboxAgeMs"`
		Broker       queue.Status      `json:"broker"`
		Backlog      []db.BacklogCount `json:"backlog"`
		Paused       []db.Pause        `json:"paused"`
		LiveStreams  int               `json:"liveStreams"`
		PaymentState any               `json:"payment"`
		Channels     []notify.Health   `json:"channels"`
	}{version(), q.a.roles, depth, age.Milliseconds(), q.a.broker.Status(), counts, paused, q.a.web.Streams(), q.payment(ctx), channels}, nil
}

func (q queues) payment(ctx context.Context) any {
	if q.a.payment == nil {
		return nil
	}
	h, err := q.a.payment.Health(ctx)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return h
}
