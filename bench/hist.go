package main

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"
)

// histogram counts durations, each exact to 1/128 of itself. Counting costs a few
// nanoseconds, which the product would otherwise miss.
type histogram struct {
	counts [128 * 50]uint32
	n      uint64
	max    time.Duration
}

func bucketOf(d time.Duration) int {
	v := uint64(max(d, 0))
	if v < 128 {
		return int(v)
	}
	e := bits.Len64(v) - 8
	return min(128*e+int(v>>e), len(histogram{}.counts)-1)
}

// middle is the duration a bucket stands for.
func middle(bucket int) time.Duration {
	if bucket < 256 {
		return time.Duration(bucket)
	}
	e := bucket/128 - 1
	return time.Duration((uint64(bucket-128*e) << e) + (uint64(1)<<e)/2)
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(d)]++
	h.n++
	h.max = max(h.max, d)
}

func (h *histogram) merge(o *histogram) {
	for i, c := range o.counts {
		h.counts[i] += c
	}
	h.n += o.n
	h.max = max(h.max, o.max)
}

// at returns the duration that the share q of all did not exceed.
func (h *histogram) at(q float64) time.Duration {
	rank, seen := uint64(math.Ceil(q*float64(h.n))), uint64(0)
	for i, c := range h.counts {
		if seen += uint64(c); c > 0 && seen >= rank {
			return min(middle(i), h.max)
		}
	}
	return h.max
}

func (h *histogram) String() string {
	if h.n == 0 {
		return "nothing measured"
	}
	return fmt.Sprintf("p50 %s  p95 %s  p99 %s  max %s", short(h.at(.5)), short(h.at(.95)), short(h.at(.99)), short(h.max))
}

// short writes a duration with three digits.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g ms", math.Round(float64(d)/1e3)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.3g s", float64(d)/1e9)
}

// median returns the middle value, of two the larger.
func median[T int | int64 | float64 | time.Duration](of []T) T {
	if len(of) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(of))
	return s[len(s)/2]
}
