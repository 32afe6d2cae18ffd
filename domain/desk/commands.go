package desk

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"sync"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of this context.
var Schema = db.Schema{Name: "desk", FS: files}

// Service keeps views and runs acts.
type Service struct {
	DB *db.DB
	// Say returns the sentence of a refusal in each language: results are read later.
	Say func(*domain.Error) map[string]string
}

// Command does an act to one order.
type Command func(ctx context.Context, actor domain.Actor, t Target, reason string) error

// Order asks for an act on orders. Targets says which, and is asked once only. Asked is
// how many its caller was told; 0 stands for as many as there are.
type Order struct {
	Act     Act
	Reason  string
	Targets func(context.Context) ([]Target, error)
	Asked   int
}

// together is how many commands run at once, so that they share commits.
const together = 64

// keptFor is how long results can be looked at.
const keptFor = 30 * 24 * time.Hour

// Run does the act to each order by a command of its own: what cannot be done is refused
// with its reason and stops nothing else. The idempotency key of ctx is that of the
// whole: repeated, it answers the same, and an act that broke off is brought to its end.
func (s *Service) Run(ctx context.Context, actor domain.Actor, o Order, do Command) (Bulk, error) {
	if !actor.Warehouse() {
		return Bulk{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	// Who asked may leave; what has begun is brought to its end.
	ctx = context.WithoutCancel(ctx)
	b, err := s.begun(ctx, actor, o)
	if err != nil || !b.EndedAt.IsZero() {
		return b, err
	}
	s.each(ctx, actor, &b, do)
	return s.end(ctx, b)
}

// begun is the act as it is stored, now or by the request that this one repeats.
func (s *Service) begun(ctx context.Context, actor domain.Actor, o Order) (Bulk, error) {
	earlier, err := s.DB.Answered(ctx)
	if err != nil {
		return Bulk{}, err
	}
	if earlier != "" {
		return loadBulk(ctx, s.DB, earlier)
	}
	targets, err := o.Targets(ctx)
	if err != nil {
		return Bulk{}, err
	}
	b := Bulk{ID: domain.NewID(), ByID: actor.ID, ByName: actor.Name, Act: o.Act, Asked: max(o.Asked, len(targets))}
	if b.Reason, err = check(o.Act, o.Reason, len(targets)); err != nil {
		return Bulk{}, err
	}
	for _, t := range targets {
		b.Outcomes = append(b.Outcomes, Outcome{Target: t})
	}
	return s.begin(ctx, b)
}

// begin stores the act before anything is done, unless it is a repeat: then it returns
// what the first one stored.
func (s *Service) begin(ctx context.Context, b Bulk) (Bulk, error) {
	earlier := ""
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if earlier, err = tx.Claim(ctx, b.ID); err != nil || earlier != "" {
			return err
		}
		b.At = tx.Now
		return insertBulk(ctx, tx, b)
	})
	if err != nil || earlier == "" {
		return b, err
	}
	return loadBulk(ctx, s.DB, earlier)
}

// each runs the command for every order, many at once.
func (s *Service) each(ctx context.Context, actor domain.Actor, b *Bulk, do Command) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	trace := domain.TraceOf(ctx)
	next, last := make(chan int), ""
	for range min(together, len(b.Outcomes)) {
		wg.Go(func() {
			for i := range next {
				own := *trace
				b.Outcomes[i] = s.one(domain.WithTrace(ctx, &own), actor, *b, b.Outcomes[i].Target, do)
				mu.Lock()
				last = max(last, own.LastEvent)
				mu.Unlock()
			}
		})
	}
	for i := range b.Outcomes {
		next <- i
	}
	close(next)
	wg.Wait()
	trace.LastEvent = max(trace.LastEvent, last) // ids sort by age
}

// one does the act to one order. Its key comes from the whole, so that a repeat does
// nothing twice.
func (s *Service) one(ctx context.Context, actor domain.Actor, b Bulk, t Target, do Command) Outcome {
	trace := domain.TraceOf(ctx)
	trace.LastEvent = ""
	key := &domain.Key{Actor: b.ByID, Key: "bulk " + b.ID + " " + t.OrderID, Hash: string(b.Act)}
	err := do(domain.WithKey(ctx, key), actor, t, b.Reason)
	refusal, told := errors.AsType[*domain.Error](err)
	if err != nil && !told {
		slog.ErrorContext(ctx, "order of a bulk failed", "bulk", b.ID, "order", t.OrderID, "err", err)
		refusal = domain.Refuse(domain.Internal, "err.500")
	}
	out := judge(b.Act, t, refusal, trace.LastEvent != "" || key.Replayed)
	if refusal != nil && s.Say != nil {
		if len(refusal.Fields) > 0 {
			refusal = domain.Refuse(refusal.Code, refusal.Fields[0].Key, refusal.Fields[0].Args...)
		}
		out.Why = s.Say(refusal)
	}
	return out
}

// end stores the results. If a repeat was faster, its are the results: they are of the
// same commands.
func (s *Service) end(ctx context.Context, b Bulk) (Bulk, error) {
	stored := false
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		b.EndedAt = tx.Now
		if stored, err = finishBulk(ctx, tx, b); err != nil {
			return err
		}
		return prune(ctx, tx, domain.IDFloor(tx.Now.Add(-keptFor)))
	})
	if err != nil || stored {
		return b, err
	}
	return loadBulk(ctx, s.DB, b.ID)
}

// Bulk returns an act and its results, to whoever works the warehouse.
func (s *Service) Bulk(ctx context.Context, actor domain.Actor, id string) (Bulk, error) {
	if !actor.Warehouse() {
		return Bulk{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	if !domain.IsID(id) {
		return Bulk{}, domain.Missing("bulk")
	}
	return loadBulk(ctx, s.DB, id)
}
