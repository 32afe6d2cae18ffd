package packing

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"daybreak/domain"
	"daybreak/domain/event"
)

func TestPrint(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx := t.Context()
		a, b, gone := task(t, s), task(t, s), task(t, s)
		must(t, s.hear(ctx, cancelled(event.StatusPlaced)(event.OrderFacts{OrderID: gone.OrderID})))
		unknown := domain.NewID()
		order := PrintOrder{Kind: PrintSlip, Size: PrintA6, OrderIDs: []string{b.OrderID, gone.OrderID, a.OrderID, unknown, b.OrderID}}
		job, err := s.Print(ctx, kim, order)
		must(t, err)
		if !slices.Equal(job.OrderIDs, []string{b.OrderID, a.OrderID}) || job.By != "Kim" {
			t.Errorf("%+v", job)
		}
		if want := []Refusal{{gone.OrderID, gone.OrderNo, event.TaskCancelled, "err.print.cancelled"}, {OrderID: unknown, Key: "err.print.not_placed"}}; !slices.Equal(job.Refused, want) {
			t.Errorf("refused %+v", job.Refused)
		}
		stored, tasks, err := s.Job(ctx, job.ID)
		must(t, err)
		if diff := cmp.Diff(job, stored); diff != "" || len(tasks) != 2 || tasks[0].ID != b.ID || tasks[1].ID != a.ID {
			t.Errorf("stored %s, %+v", diff, tasks)
		}
		order.Kind = PrintLabel
		again, err := s.Print(ctx, lee, order)
		must(t, err)
		for id, want := range map[string]string{a.OrderID: "requested printed printed", gone.OrderID: "requested cancelled"} {
			if got := chain(t, s, id); got != want {
				t.Errorf("events %q, want %q", got, want)
			}
		}
		if now, err := s.Get(ctx, a.ID); err != nil || now.Version != 3 {
			t.Errorf("%+v, %v", now, err)
		}
		jobs, err := s.Printed(ctx, a.OrderID)
		if err != nil || len(jobs) != 2 || jobs[0].ID != again.ID || jobs[0].By != "Lee" || jobs[0].Kind != PrintLabel || jobs[1].ID != job.ID || jobs[1].At.IsZero() {
			t.Errorf("%+v, %v", jobs, err)
		}
		if jobs, err := s.Printed(ctx, gone.OrderID); err != nil || len(jobs) != 0 {
			t.Errorf("of what was not printed: %+v, %v", jobs, err)
		}
	})
}

func TestWhatCannotBePrinted(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		ctx := t.Context()
		a, gone := task(t, s), task(t, s)
		must(t, s.hear(ctx, cancelled(event.StatusPlaced)(event.OrderFacts{OrderID: gone.OrderID})))
		many := make([]string, MaxPrint+1)
		for i := range many {
			many[i] = domain.NewID()
		}
		for name, c := range map[string]struct {
			who        domain.Actor
			kind, size string
			orders     []string
			want       string
		}{
			"a customer":  {domain.Actor{ID: "C", Role: domain.Customer}, PrintSlip, PrintA4, []string{a.OrderID}, "err.packing.forbidden"},
			"no kind":     {kim, "letter", PrintA4, []string{a.OrderID}, "kind err.print.kind"},
			"no size":     {kim, PrintSlip, "", []string{a.OrderID}, "size err.print.size"},
			"no order":    {kim, PrintSlip, PrintA4, nil, "orderIds err.print.orders"},
			"too many":    {kim, PrintSlip, PrintA4, many, "orderIds err.print.orders"},
			"no id":       {kim, PrintSlip, PrintA4, []string{a.OrderID, "1 OR 1=1"}, "orderIds err.print.order"},
			"all unknown": {kim, PrintSlip, PrintA4, many[:2], "err.print.none"},
			"unknown":     {kim, PrintSlip, PrintA4, many[:1], "err.missing.task"},
			"cancelled":   {kim, PrintSlip, PrintA4, []string{gone.OrderID}, "err.print.cancelled"},
		} {
			job, err := s.Print(ctx, c.who, PrintOrder{c.kind, c.size, c.orders})
			if got := said(err); got != c.want || job.ID != "" {
				t.Errorf("%s: %s, %+v", name, got, job)
			}
		}
		if got := chain(t, s, a.OrderID); got != "requested" {
			t.Error(got)
		}
		for _, id := range []string{domain.NewID(), "", "x"} {
			if _, _, err := s.Job(ctx, id); key(err) != "err.missing.print" {
				t.Errorf("job %q: %v", id, err)
			}
		}
	})
}

// said is the key of a refusal, or of its first field with the field's name.
func said(err error) string {
	e, ok := err.(*domain.Error)
	switch {
	case !ok:
		return fmt.Sprint(err)
	case len(e.Fields) > 0:
		return e.Fields[0].Name + " " + e.Fields[0].Key
	}
	return e.Key
}

// Those who print the same orders in another order do not stand in each other's way, and
// a second click is the same job.
func TestPrintingAtOnce(t *testing.T) {
	run(t, func(t *testing.T, s *Service, _ *orders) {
		var ids []string
		for range 12 {
			ids = append(ids, task(t, s).OrderID)
		}
		back := slices.Clone(ids)
		slices.Reverse(back)
		var wg sync.WaitGroup
		jobs := make([]PrintJob, 8)
		for i := range jobs {
			wg.Go(func() {
				ctx := domain.WithKey(t.Context(), &domain.Key{Actor: kim.ID, Key: fmt.Sprint(i / 2), Hash: "h"})
				p := PrintOrder{PrintSlip, PrintA4, ids}
				if i/2%2 == 1 {
					p.OrderIDs = back
				}
				var err error
				if jobs[i], err = s.Print(ctx, kim, p); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := 0; i < len(jobs); i += 2 {
			if diff := cmp.Diff(jobs[i], jobs[i+1]); diff != "" {
				t.Error(diff)
			}
		}
		if got := chain(t, s, ids[0]); got != "requested printed printed printed printed" {
			t.Error(got)
		}
	})
}
