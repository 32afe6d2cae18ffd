package main

import (
	"context"
	"os"
	"sync"
	"testing"
	"time"
)

// TestMain lets the test binary be the ceiling's server, as the bench itself is.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "hello" {
		if err := runHello(context.Background(), nil, os.Stdout); err != nil {
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if built.dir != "" {
		os.RemoveAll(built.dir) //nolint:errcheck // a temporary directory
	}
	os.Exit(code)
}

var built struct {
	sync.Once
	dir, bin string
	err      error
}

// binary is the product, built once as the bench itself builds it.
func binary(t *testing.T) string {
	t.Helper()
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "daybreak-bench-test-"); built.err == nil {
			built.bin, built.err = build(context.Background(), built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.bin
}

// newRig starts the product with a small shop for the time of the test.
func newRig(t *testing.T, people int) *rig {
	t.Helper()
	w := &workshop{options: options{bin: binary(t), dir: t.TempDir(), conns: people, products: 8, seed: 1}}
	r, err := w.rig(t.Context(), needs{people: people})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// ordered has each of the people order so often, until all is processed.
func ordered(t *testing.T, r *rig, each int) *evidence {
	t.Helper()
	tr := trial{traffic: traffic{shop: r.shop, last: time.Minute, limit: each, seed: 1}, conns: len(r.shop.people)}
	f, err := r.measure(t.Context(), tr)
	if err != nil {
		t.Fatal(err)
	}
	e := f.evidence(r)
	if n := each * len(r.shop.people); len(f.result.acks) != n || f.result.availability() != 100 {
		t.Fatalf("%d of %d orders acknowledged: %s", len(f.result.acks), n, f.result.example)
	}
	return e
}
