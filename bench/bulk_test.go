package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// A small shop's orders go in one move, and its board is read.
func TestBulkAndBoard(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := newRig(t, 1).bulk(t.Context(), bulkOptions{orders: 12, longest: time.Minute}, &out); err != nil || !strings.Contains(out.String(), "12 deliveries started") {
		t.Errorf("%v\n%s", err, &out)
	}
	w := &workshop{options: options{bin: binary(t), dir: t.TempDir(), conns: 1, products: 8, seed: 1}}
	out.Reset()
	if err := w.board(t.Context(), boardOptions{last: time.Millisecond, longest: time.Minute}, 1000, &out); err != nil || !strings.Contains(out.String(), "tab=cancelled&q=") {
		t.Errorf("%v\n%s", err, &out)
	}
	if err := w.board(t.Context(), boardOptions{last: time.Millisecond, longest: time.Nanosecond}, 1000, &out); err == nil || !strings.Contains(err.Error(), "takes") {
		t.Errorf("a page that takes too long passes: %v", err)
	}
}
