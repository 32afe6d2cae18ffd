package catalog

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestBinsAreSortedAsAPersonCounts(t *testing.T) {
	want := []string{"1", "2", "02-A", "A", "A-1", "a-1", "A-2", "A-02-1", "A-10", "B-1", "가-2", "가-10"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, CompareBins)
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestCompareBinsIsAnOrder(t *testing.T) {
	name := rapid.StringMatching(`[aAbB0-3가-]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := name.Draw(t, "a"), name.Draw(t, "b"), name.Draw(t, "c")
		if (CompareBins(a, b) < 0) != (CompareBins(b, a) > 0) || (CompareBins(a, b) == 0) != (a == b) {
			t.Fatalf("%q and %q", a, b)
		}
		if CompareBins(a, b) < 0 && CompareBins(b, c) < 0 && CompareBins(a, c) >= 0 {
			t.Fatalf("%q, %q, %q", a, b, c)
		}
	})
}
