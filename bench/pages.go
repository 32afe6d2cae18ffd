package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// pagesOptions are the settings of the command pages.
type pagesOptions struct {
	options
	last    time.Duration
	rounds  int
	seeded  int
	compare string
	gzip    bool
}

func runPages(ctx context.Context, args []string, out io.Writer) error {
	var o pagesOptions
	fs := flags("pages", &o.options, out)
	fs.DurationVar(&o.last, "d", 2*time.Second, "how long each page is asked for, per round")
	fs.IntVar(&o.rounds, "rounds", 3, "rounds, of which the median counts")
	fs.IntVar(&o.seeded, "seed", 1000, "orders in the database")
	fs.StringVar(&o.compare, "compare", "", "two numbers of orders, such as 1000,1000000: both in turns, and the ratio")
	fs.BoolVar(&o.gzip, "gzip", false, "ask for compressed answers, as browsers do")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	sizes := []int{o.seeded}
	if o.compare != "" {
		a, b, _ := strings.Cut(o.compare, ",")
		x, err1 := strconv.Atoi(a)
		y, err2 := strconv.Atoi(b)
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("-compare: %w", err)
		}
		sizes = []int{x, y}
	}
	for _, n := range sizes {
		if err := checkSeed(n); err != nil {
			return err
		}
	}
	if o.rounds < 1 || o.last <= 0 {
		return errors.New("want -rounds from 1 and -d above 0")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	return w.pages(ctx, o, sizes, out)
}

// buyers is how many customers' own lists are read. Each of them has a full page
// of orders, whatever the size of the database.
const (
	buyers    = 10
	ownOrders = 60
)

func (w *workshop) pages(ctx context.Context, o pagesOptions, sizes []int, out io.Writer) (err error) {
	var rigs []*rig
	defer func() {
		for _, r := range rigs {
			err = errors.Join(err, r.close())
		}
	}()
	for _, n := range sizes {
		r, err := w.rig(ctx, needs{people: buyers, sessions: true})
		if err != nil {
			return err
		}
		rigs = append(rigs, r)
		if err := r.seeded(ctx, n, out); err != nil {
			return err
		}
	}
	ceiling, err := w.ceiling(ctx)
	if err != nil {
		return fmt.Errorf("ceiling: %w", err)
	}
	fmt.Fprintf(out, "ceiling: %.0f/s hello behind the same router\n", ceiling)
	var before []usage
	for _, r := range rigs {
		before = append(before, r.usage())
	}
	fmt.Fprintf(out, "%-20s %9s %10s %10s %10s %10s %8s\n", "page", "orders", "per second", "of ceiling", "p50", "p99", "bytes")
	for _, target := range targets {
		all := make([][]*hits, len(rigs))
		for round := range o.rounds {
			for k := range rigs { // in turns, each first once: what disturbs one, disturbs the other
				i := (k + round) % len(rigs)
				h := hammer(ctx, rigs[i].addr, target.requests(rigs[i].shop, o.gzip), o.conns, o.last)
				if h.failed > 0 {
					return fmt.Errorf("%s: %d failed, such as %s", target.name, h.failed, h.example)
				}
				all[i] = append(all[i], h)
			}
		}
		target.print(out, sizes, all, ceiling)
	}
	sum, after := before[0], rigs[0].usage()
	for i := 1; i < len(rigs); i++ { // the second product is none of the others
		sum.product += before[i].product
		after.product += rigs[i].usage().product
	}
	fmt.Fprintln(out, "processor:", sum.until(after))
	return ctx.Err()
}

// target is a page or call that is read again and again.
type target struct {
	name, path    string
	staff, public bool
	api           bool
}

var targets = []target{
	{name: "own orders, page", path: "/orders"},
	{name: "own orders, API", path: "/api/v1/orders?limit=20", api: true},
	{name: "staff board, page", path: "/staff/orders", staff: true},
	{name: "staff board, API", path: "/api/v1/staff/orders?limit=20", staff: true, api: true},
	{name: "storefront", path: "/", public: true},
}

// requests returns the request of each person who reads the page.
func (t target) requests(s *shop, gzip bool) [][]byte {
	people := s.people
	if t.staff {
		people = []person{s.admin}
	}
	var out [][]byte
	for _, p := range people {
		headers := "Cookie: " + p.cookie + "\r\n"
		switch {
		case t.api:
			headers = "Authorization: Bearer " + p.token + "\r\n"
		case t.public:
			headers = ""
		}
		if gzip {
			headers += "Accept-Encoding: gzip\r\n"
		}
		out = append(out, request(nil, "GET", t.path, headers, nil))
	}
	return out
}

// print prints the medians per size, and how the last compares to the first.
func (t target) print(out io.Writer, sizes []int, all [][]*hits, ceiling float64) {
	var perSecond []float64
	var p50 []time.Duration
	for i, rounds := range all {
		var s []float64
		var half, tail []time.Duration
		for _, h := range rounds {
			s, half, tail = append(s, h.perSecond()), append(half, h.latency.at(.5)), append(tail, h.latency.at(.99))
		}
		perSecond, p50 = append(perSecond, median(s)), append(p50, median(half))
		fmt.Fprintf(out, "%-20s %9d %10.0f %10.3f %10s %10s %8d\n", t.name, sizes[i], median(s), median(s)/ceiling,
			short(median(half)), short(median(tail)), rounds[0].bytes)
	}
	if len(all) == 2 {
		fmt.Fprintf(out, "%-20s %9s %10.2f %10s %10.2f\n", "", "ratio", perSecond[1]/perSecond[0], "", float64(p50[1])/float64(p50[0]))
	}
}
