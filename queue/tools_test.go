package queue_test

import (
	"context"
	"testing"
)

// contextOf returns a context that ends before the clean-up of the test at the latest.
func contextOf(t testing.TB) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	return ctx, cancel
}
