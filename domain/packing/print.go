package packing

import (
	"context"
	"errors"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// The kinds of papers, and the sizes they come in.
const (
	PrintSlip  = "slip"
	PrintLabel = "label"

	PrintA4   = "a4"
	PrintA6   = "a6"
	Print80mm = "80mm"
)

// PrintSizes are the sizes papers come in.
var PrintSizes = []string{PrintA4, PrintA6, Print80mm}

// MaxPrint is how many orders can be asked for at once.
const MaxPrint = 1000

// PrintOrder is what is to be printed: a slip or a label for each order, in this order.
type PrintOrder struct {
	Kind     string   `json:"kind"`
	Size     string   `json:"size"`
	OrderIDs []string `json:"orderIds"`
}

// PrintJob is a paper for each of some orders, as it was asked for. Refused are the orders
// asked for that get none.
type PrintJob struct {
	ID       string    `json:"id"`
	Kind     string    `json:"kind"`
	Size     string    `json:"size"`
	OrderIDs []string  `json:"orderIds"`
	Refused  []Refusal `json:"refused,omitempty"`
	ByID     string    `json:"byId"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Refusal says why one of several orders was not taken. Key is a sentence of the message
// catalogue; Status is that of the order's task, "" if it has none.
type Refusal struct {
	OrderID string `json:"orderId"`
	OrderNo string `json:"orderNo,omitempty"`
	Status  string `json:"status,omitempty"`
	Key     string `json:"key"`
}

// check returns the order with each of the orders once, or what is wrong with it.
func (p PrintOrder) check() (PrintOrder, error) {
	var c domain.Checks
	c.Must(p.Kind == PrintSlip || p.Kind == PrintLabel, "kind", "err.print.kind")
	c.Must(slices.Contains(PrintSizes, p.Size), "size", "err.print.size")
	var err error
	if p.OrderIDs, err = someOrders(p.OrderIDs); err != nil {
		e, _ := errors.AsType[*domain.Error](err)
		c = append(c, e.Fields...)
	}
	return p, c.Err()
}

// someOrders are the orders, each once, where it comes first.
func someOrders(ids []string) ([]string, error) {
	seen := make(map[string]bool, len(ids))
	var out []string
	for _, id := range ids {
		if !domain.IsID(id) {
			return nil, invalid("orderIds", "err.print.order")
		}
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	if len(out) == 0 || len(out) > MaxPrint {
		return nil, invalid("orderIds", "err.print.orders", "max", MaxPrint)
	}
	return out, nil
}

// printed notes that a paper of the task's order was printed. One that has ended before
// it left gets none: nobody is to pack it who finds its slip.
func (t Task) printed(j PrintJob) (Task, event.Event, error) {
	if t.Gone() {
		return t, nil, domain.Refuse(domain.Conflict, "err.print.cancelled").InState(t.Status)
	}
	t.Version++
	return t, event.PackingPrinted{Task: t.named(), JobID: j.ID, Kind: j.Kind, Size: j.Size}, nil
}

// sorted lets decide judge the task of each order, and returns those that were taken, with
// their events, and the others with the reason, both in the order of ids.
func sorted(ids []string, tasks map[string]Task, decide func(Task) (Task, event.Event, error)) (taken []Task, evs []event.Event, refused []Refusal) {
	for _, id := range ids {
		t, ok := tasks[id]
		if !ok {
			refused = append(refused, Refusal{OrderID: id, Key: "err.print.not_placed"})
			continue
		}
		t, ev, err := decide(t)
		if e, ok := errors.AsType[*domain.Error](err); ok {
			refused = append(refused, Refusal{OrderID: id, OrderNo: t.OrderNo, Status: t.Status, Key: e.Key})
			continue
		}
		taken, evs = append(taken, t), append(evs, ev)
	}
	return taken, evs, refused
}

// Print stores a print job: a paper of a kind and a size for each of up to MaxPrint
// orders, in the order given, each once. That it was printed, by whom and when, is told
// for every order. Printing again is a job of its own, and told again.
//
// Orders that are not yet to be packed or have been cancelled get no paper: the job's
// Refused says which and why. If that leaves none, it is refused as Conflict, or as
// NotFound if one was asked for that packing does not know; the job that comes with the
// error has nothing but Refused. Errors: Forbidden, Invalid, NotFound, Conflict.
func (s *Service) Print(ctx context.Context, actor domain.Actor, p PrintOrder) (PrintJob, error) {
	if err := mayPack(actor); err != nil {
		return PrintJob{}, err
	}
	p, err := p.check()
	if err != nil {
		return PrintJob{}, err
	}
	var refused []Refusal
	job, err := db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (PrintJob, error) {
		tasks, err := loadMany(ctx, tx, p.OrderIDs, tx.ForUpdate())
		if err != nil {
			return PrintJob{}, err
		}
		job := PrintJob{ID: domain.NewID(), Kind: p.Kind, Size: p.Size, ByID: actor.ID, By: actor.Name, At: tx.Now}
		taken, evs, left := sorted(p.OrderIDs, tasks, func(t Task) (Task, event.Event, error) { return t.printed(job) })
		if refused, job.Refused = left, left; len(taken) == 0 {
			return PrintJob{}, noneOf(refused, "err.print.none")
		}
		for i, t := range taken {
			job.OrderIDs = append(job.OrderIDs, t.OrderID)
			tell(ctx, tx, t, evs[i])
		}
		if err := moved(ctx, tx, taken); err != nil {
			return PrintJob{}, err
		}
		return job, insertJob(ctx, tx, job)
	})
	if err != nil {
		return PrintJob{Refused: refused}, err
	}
	return job, nil
}

// noneOf is the error when all orders are refused: the reason if there is but one.
func noneOf(refused []Refusal, key string) error {
	if len(refused) != 1 {
		return domain.Refuse(domain.Conflict, key)
	}
	if refused[0].Status == "" {
		return domain.Missing("task")
	}
	return domain.Refuse(domain.Conflict, refused[0].Key).InState(refused[0].Status)
}

// Job returns a print job, and the tasks of its orders as they are now, in its order.
func (s *Service) Job(ctx context.Context, id string) (PrintJob, []Task, error) {
	if !domain.IsID(id) {
		return PrintJob{}, nil, domain.Missing("print")
	}
	job, err := loadJob(ctx, s.DB, id)
	if err != nil {
		return job, nil, err
	}
	tasks, err := loadMany(ctx, s.DB, job.OrderIDs, "")
	ts := make([]Task, len(job.OrderIDs))
	for i, id := range job.OrderIDs {
		ts[i] = tasks[id]
	}
	return job, ts, err
}

// Printed returns the last papers of an order, newest first; their OrderIDs and Refused
// are left out.
func (s *Service) Printed(ctx context.Context, orderID string) ([]PrintJob, error) {
	return jobsOf(ctx, s.DB, orderID)
}
