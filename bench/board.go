package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// boardOptions are the settings of the command board.
type boardOptions struct {
	options
	last    time.Duration
	sizes   string
	longest time.Duration
}

func runBoard(ctx context.Context, args []string, out io.Writer) error {
	var o boardOptions
	fs := flags("board", &o.options, out)
	fs.DurationVar(&o.last, "d", time.Second, "how long each page is asked for, one request after the other")
	fs.StringVar(&o.sizes, "seed", "1000,100000", "orders in the database: one number, or several")
	fs.DurationVar(&o.longest, "most", 15*time.Millisecond, "how long half of the answers of a page may take")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	var sizes []int
	for _, s := range strings.Split(o.sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("-seed: %w", err)
		}
		if err := checkSeed(n); err != nil {
			return err
		}
		sizes = append(sizes, n)
	}
	if o.last <= 0 || o.longest <= 0 {
		return errors.New("want -d and -most above 0")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	var late error
	for _, n := range sizes {
		late = errors.Join(late, w.board(ctx, o, n, out))
	}
	return errors.Join(late, ctx.Err())
}

// board asks for the pages of the order board as staff see them, each alone, so that
// what is measured is what one page costs.
func (w *workshop) board(ctx context.Context, o boardOptions, orders int, out io.Writer) (err error) {
	r, err := w.rig(ctx, needs{people: 2, sessions: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.seeded(ctx, orders, out); err != nil {
		return err
	}
	pages, err := r.boardPages(ctx)
	if err != nil {
		return err
	}
	var late error
	fmt.Fprintf(out, "%-44s %9s %10s %10s %8s\n", "page of the board", "orders", "p50", "p99", "bytes")
	for _, path := range pages {
		req := request(nil, "GET", "/staff/orders"+path, "Cookie: "+r.shop.admin.cookie+"\r\n", nil)
		h := hammer(ctx, r.addr, [][]byte{req}, 1, o.last)
		if h.failed > 0 {
			return fmt.Errorf("%s: %d failed, such as %s", path, h.failed, h.example)
		}
		half := h.latency.at(.5)
		fmt.Fprintf(out, "%-44.44s %9d %10s %10s %8d\n", path, orders, short(half), short(h.latency.at(.99)), h.bytes)
		if half > o.longest {
			late = errors.Join(late, fmt.Errorf("%s takes %s with %d orders", path, short(half), orders))
		}
	}
	return late
}

// boardPages are the first and the next page of tabs, and what the board can be narrowed
// by: things that most orders have, things that few have, and things that none has.
func (r *rig) boardPages(ctx context.Context) ([]string, error) {
	pages := []string{""}
	for _, tab := range []string{"", "tab=pack&", "tab=delivered&", "tab=cancelled&"} {
		var p struct{ Next string }
		if err := r.shop.call(ctx, "GET", "/staff/orders?"+tab+"limit=50", r.shop.admin.token, nil, &p); err != nil {
			return nil, err
		}
		if tab != "" {
			pages = append(pages, "?"+strings.TrimSuffix(tab, "&"))
		}
		if p.Next != "" {
			pages = append(pages, "?"+tab+"cursor="+p.Next)
		}
	}
	day := time.Now().Format("20060102")
	for _, narrow := range []string{
		"tab=problems", "q=" + day + "-0001", "q=" + day, "tab=cancelled&q=" + day[:4], "q=" + url.QueryEscape("nobody has this name"),
		"q=bench", "tab=pack&q=bench", "q=01012", "payment=APPROVED", "payment=REFUNDED", "payment=DECLINED", "tab=delivered&payment=DECLINED",
		"age=72h", "tab=pack&age=2h", "from=" + time.Now().Format(time.DateOnly), "to=" + time.Now().Format(time.DateOnly) + "&payment=APPROVED",
	} {
		pages = append(pages, "?"+narrow)
	}
	return pages, nil
}
