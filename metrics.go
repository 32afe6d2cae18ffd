package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// startMetrics serves figures and profiles on a listener of their own.
func (a *app) startMetrics() error {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() float64) {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "daybreak", Name: name, Help: help}, value))
	}
	gauge("outbox_depth", "Events not handed to the broker yet.", func() float64 {
		n, err := a.db.OutboxDepth(a.work)
		if err != nil {
			return -1
		}
		return float64(n)
	})
	gauge("outbox_age_seconds", "Age of the oldest event not handed to the broker yet.", func() float64 {
		d, err := a.db.OutboxAge(a.work)
		if err != nil {
			return -1
		}
		return d.Seconds()
	})
	gauge("live_streams", "Open live streams of this process.", func() float64 { return float64(a.web.Streams()) })
	gauge("broker_connected", "1 if the broker can be reached.", func() float64 {
		if a.broker.Status().Connected {
			return 1
		}
		return 0
	})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	l, err := net.Listen("tcp", a.metricsAddr)
	if err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	a.start("metrics", func(ctx context.Context) error {
		context.AfterFunc(ctx, func() { srv.Close() })
		if err := srv.Serve(l); err != http.ErrServerClosed {
			return err
		}
		return nil
	})
	return nil
}
