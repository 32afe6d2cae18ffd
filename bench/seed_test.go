package main

import (
	"io"
	"testing"
)

const seedTest = 200

// TestSeeded proves that seeded orders are what the product would have made of
// them: its log makes the same rows, and all its rules hold, also after more orders.
func TestSeeded(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	if err := r.seeded(t.Context(), seedTest, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, view := range []string{"orders", "packing", "deliveries", "products"} {
		var got struct{ Rows, Differences, Behind int64 }
		if err := r.shop.call(t.Context(), "POST", "/staff/views/"+view+"/rebuild", r.shop.admin.token, nil, &got); err != nil {
			t.Fatal(err)
		}
		if got.Differences != 0 || got.Behind != 0 || view != "products" && got.Rows < seedTest {
			t.Errorf("%s: the log makes other rows than were seeded: %+v", view, got)
		}
	}
	if err := ordered(t, r, 20).verify(t.Context()); err != nil {
		t.Error(err)
	}
}
