package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// scanOptions are the settings of the command scans.
type scanOptions struct {
	options
	n       int
	last    time.Duration
	browser string
}

// What the order of the scans is made of, and how fast a scanner types.
const (
	scanLines = 20
	keyEvery  = 5 * time.Millisecond
)

func runScans(ctx context.Context, args []string, out io.Writer) error {
	var o scanOptions
	fs := flags("scans", &o.options, out)
	fs.IntVar(&o.n, "n", 200, "how many units are scanned")
	fs.DurationVar(&o.last, "d", 20*time.Second, "how long it lasts")
	fs.StringVar(&o.browser, "chromium", "/usr/bin/chromium", "the browser")
	if err := parse(fs, args, &o.options); err != nil {
		return err
	}
	if o.n < scanLines || o.n > 1000 || o.n%scanLines != 0 || o.last < time.Duration(o.n)*20*time.Millisecond || o.last > 10*time.Minute || o.products < scanLines {
		return errors.New("want -n from 20 to 1000, a multiple of 20, at most 50 of them a second, and 20 -products")
	}
	w, err := newWorkshop(ctx, o.options)
	if err != nil {
		return err
	}
	defer w.close()
	r, err := w.rig(ctx, needs{people: 1})
	if err != nil {
		return err
	}
	return errors.Join(r.scans(ctx, o, out), r.close())
}

// scanTask is a packing task as far as the scans look at it.
type scanTask struct {
	ID, Status string
	Lines      []struct {
		Code         string
		Qty, Scanned int
	}
}

// scans opens a bench in a browser, scans an order there and prints how long each scan took
// from its last key to its count on the page.
func (r *rig) scans(ctx context.Context, o scanOptions, out io.Writer) error {
	task, err := r.toPack(ctx, o.n)
	if err != nil {
		return err
	}
	alloc, end := chromedp.NewExecAllocator(ctx, append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(o.browser), chromedp.NoSandbox, chromedp.DisableGPU)...)
	defer end()
	tab, stop := chromedp.NewContext(alloc)
	defer stop()
	if err := openBench(tab, r.url(), r.shop.admin.cookie, task.ID); err != nil {
		return err
	}
	var codes []string
	for i := range o.n / scanLines {
		for _, l := range task.Lines {
			if i < l.Qty {
				codes = append(codes, l.Code)
			}
		}
	}
	tick := time.NewTicker(o.last / time.Duration(o.n))
	defer tick.Stop()
	start := time.Now()
	for _, code := range codes {
		if err := typeCode(tab, code); err != nil {
			return err
		}
		<-tick.C
	}
	took := time.Since(start)
	type seen struct{ Typed, Told, Asked []float64 }
	var s seen
	for range 100 {
		if s, err = chromedp.Run(tab, chromedp.Evaluate[seen](readScans)); err != nil || len(s.Told) >= o.n {
			break
		}
		sleep(ctx, 50*time.Millisecond)
	}
	if err != nil {
		return err
	}
	if len(s.Typed) != o.n || len(s.Told) != o.n {
		return fmt.Errorf("%d scans were typed, %d reached the page, %d were answered", o.n, len(s.Typed), len(s.Told))
	}
	h, asked := new(histogram), new(histogram)
	for i := range s.Typed {
		h.add(time.Duration((s.Told[i] - s.Typed[i]) * float64(time.Millisecond)))
	}
	for _, ms := range s.Asked {
		asked.add(time.Duration(ms * float64(time.Millisecond)))
	}
	fmt.Fprintf(out, "%d scans in %s from one bench, a key every %s\n  last key to counted  %s\n  of it the request    %s\n", o.n, short(took), short(keyEvery), h, asked)
	return r.countedOnce(ctx, task.ID, o.n, out)
}

// toPack makes an order of n units and waits for its packing task.
func (r *rig) toPack(ctx context.Context, n int) (scanTask, error) {
	items := make([]string, scanLines)
	for i := range items {
		items[i] = fmt.Sprintf(`{"productId":%q,"qty":%d}`, r.shop.products[i].id, n/scanLines)
	}
	var order struct{ ID string }
	body := json.RawMessage(`{"lines":[` + strings.Join(items, ",") + `],` + toJSON)
	if err := r.shop.call(ctx, "POST", "/orders", r.shop.people[0].token, body, &order); err != nil {
		return scanTask{}, err
	}
	for range 200 {
		var got struct{ TaskID string }
		if err := r.shop.call(ctx, "GET", "/staff/orders/"+order.ID, r.shop.admin.token, nil, &got); err != nil {
			return scanTask{}, err
		}
		if got.TaskID != "" {
			return r.task(ctx, got.TaskID)
		}
		sleep(ctx, 25*time.Millisecond)
	}
	return scanTask{}, errors.New("the order never came to be packed")
}

func (r *rig) task(ctx context.Context, id string) (t scanTask, err error) {
	err = r.shop.call(ctx, "GET", "/staff/packing/"+id, r.shop.admin.token, nil, &t)
	return t, err
}

// watchScans notes when each scan's last key came to the page, and when the page told what
// another scan came to.
const watchScans = `window.seen = {typed: [], told: []};
	performance.setResourceTimingBufferSize(5000);
	addEventListener("keydown", e => { if (e.key === "Enter") seen.typed.push(performance.now()); }, true);
	addEventListener("DOMContentLoaded", () => {
		let last = document.querySelector("#verdict")?.dataset.gesture;
		new MutationObserver(() => {
			const now = document.querySelector("#verdict")?.dataset.gesture;
			if (now && now !== last) { last = now; seen.told.push(performance.now()); }
		}).observe(document.body, {subtree: true, childList: true, attributes: true});
	});`

const readScans = `({...window.seen, asked: performance.getEntriesByType("resource").filter(e => e.name.endsWith("/scan")).map(e => e.responseEnd - e.startTime)})`

func openBench(tab context.Context, base, cookie, task string) error {
	name, value, _ := strings.Cut(cookie, "=")
	return chromedp.Do(tab,
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: base})
			if err == nil {
				_, err = chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watchScans})
			}
			return err
		}),
		chromedp.EmulateViewport(1280, 800),
		chromedp.Navigate(base+"/staff/packing/"+task),
		chromedp.WaitVisible(chromedp.CSS("#bench")))
}

// typeCode presses the keys of a code, and Enter, wherever the focus is. Each key says when
// it was due, as that of a scanner does, however late this program is with it.
func typeCode(tab context.Context, code string) error {
	return chromedp.Do(tab, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		begin := time.Now()
		for i, key := range code + "\r" {
			due := begin.Add(time.Duration(i) * keyEvery)
			sleep(ctx, time.Until(due))
			events := kb.Encode(key)
			for _, e := range []*input.DispatchKeyEventParams{events[0], events[len(events)-1]} {
				e.Timestamp = input.TimeSinceEpoch(float64(due.UnixMicro()) / 1e6)
				if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, *e); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// countedOnce checks that every scan is in the box and in the log, and nothing else.
func (r *rig) countedOnce(ctx context.Context, taskID string, n int, out io.Writer) error {
	t, err := r.task(ctx, taskID)
	if err != nil {
		return err
	}
	d, err := r.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	var logged int
	if err := d.QueryRowContext(ctx, `select count(*) from packing_scans where task_id = '`+taskID+`' and result in ('counted', 'done') and qty = 1`).Scan(&logged); err != nil {
		return err
	}
	scanned := 0
	for _, l := range t.Lines {
		scanned += l.Scanned
	}
	if scanned != n || logged != n || t.Status != "PACKED" {
		return fmt.Errorf("%d scans: %d units in the box, %d in the log, the task is %s", n, scanned, logged, t.Status)
	}
	fmt.Fprintln(out, "checked: every scan is in the box and in the log once, and the box is closed")
	return nil
}
