package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// durations draws n of all magnitudes a run may see, some of them alike.
func durations(rnd *rand.Rand, n int) []time.Duration {
	out := make([]time.Duration, n)
	for i := range out {
		out[i] = time.Duration(math.Exp(rnd.Float64() * math.Log(float64(time.Hour))))
		if rnd.IntN(4) == 0 {
			out[i] = out[rnd.IntN(i+1)]
		}
	}
	return out
}

// near reports whether got stands for want: the same to 1/128.
func near(got, want time.Duration) bool {
	return math.Abs(float64(got-want)) <= float64(want)/128+1
}

// TestHistogram compares quantiles with those of the sorted values, of one histogram
// and of two merged ones.
func TestHistogram(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		all := durations(rnd, 1+rnd.IntN(3000))
		var one, a, b histogram
		for i, d := range all {
			one.add(d)
			if i%3 == 0 {
				a.add(d)
			} else {
				b.add(d)
			}
		}
		a.merge(&b)
		slices.Sort(all)
		for _, q := range []float64{0, .001, .25, .5, .95, .99, .999, 1} {
			want := all[max(0, int(math.Ceil(q*float64(len(all))))-1)]
			if got := one.at(q); !near(got, want) {
				t.Errorf("seed %d: quantile %g of %d is %s; sorted it is %s", seed, q, len(all), got, want)
			}
			if got, merged := one.at(q), a.at(q); got != merged {
				t.Errorf("seed %d: quantile %g is %s, merged of two parts %s", seed, q, got, merged)
			}
		}
		if one.max != all[len(all)-1] || one.n != uint64(len(all)) {
			t.Errorf("seed %d: max %s and number %d", seed, one.max, one.n)
		}
	}
}

// TestBuckets proves that buckets grow with what is put into them, and that the
// longest durations there are have one.
func TestBuckets(t *testing.T) {
	t.Parallel()
	last := -1
	for d := time.Duration(0); d >= 0 && d < math.MaxInt64/2; d += d/256 + 1 {
		b := bucketOf(d)
		if b < last || b > last+1 {
			t.Fatalf("%d is in bucket %d, the one before in %d", d, b, last)
		}
		last = b
	}
	var h histogram
	h.add(-time.Second) // a clock that was set back
	h.add(math.MaxInt64)
	if got := h.at(0); got != 0 {
		t.Errorf("less than nothing counts as %s", got)
	}
	if new(histogram).at(.5) != 0 || new(histogram).String() != "nothing measured" {
		t.Error("an empty histogram has measured something")
	}
}

func TestMedianAndShort(t *testing.T) {
	t.Parallel()
	if got := median([]int{9, 1, 5}); got != 5 {
		t.Errorf("median of 9, 1, 5: %d", got)
	}
	if got := median([]float64{4, 1, 3, 2}); got != 3 {
		t.Errorf("median of four: %g, want the larger of the middle", got)
	}
	if got := median([]time.Duration(nil)); got != 0 {
		t.Errorf("median of nothing: %s", got)
	}
	for d, want := range map[time.Duration]string{
		0: "0 ms", 1234 * time.Nanosecond: "0.001 ms", 123_456 * time.Nanosecond: "0.123 ms", 12_345 * time.Microsecond: "12.3 ms", 90 * time.Second: "90 s",
	} {
		if got := short(d); got != want {
			t.Errorf("short(%d) = %q, want %q", d, got, want)
		}
	}
}
