package lists

import (
	"context"
	"slices"
	"strings"

	"daybreak/domain/db"
	"daybreak/domain/event"
)

// Name is the name of the consumer.
const Name = "lists"

// sources are the contexts whose events make the lists.
var sources = []string{"orders.", "payment.", "packing.", "delivery.", "stock.", "catalog.", "rooms."}

// Consumer hears everything the lists show.
func (s *Service) Consumer() db.Consumer {
	names := slices.DeleteFunc(event.Names(), func(n string) bool {
		return !slices.ContainsFunc(sources, func(p string) bool { return strings.HasPrefix(n, p) })
	})
	return db.Consumer{Name: Name, Names: names, Batch: s.Batch}
}

// Batch applies evs to the lists. It fails as a whole if one of them cannot be
// applied; what it has applied it skips the next time.
func (s *Service) Batch(ctx context.Context, tx *db.Tx, evs []event.Envelope) error {
	if err := lock(ctx, tx); err != nil {
		return err
	}
	f := newFold(tx)
	if err := f.load(ctx, evs); err != nil {
		return err
	}
	for _, env := range evs {
		if err := f.take(ctx, env); err != nil {
			return err
		}
	}
	if err := f.finish(ctx); err != nil {
		return err
	}
	if err := f.save(ctx, tx, false); err != nil {
		return err
	}
	s.tell(tx, f)
	return nil
}

// tell hands on what is different now, once it is.
func (s *Service) tell(tx *db.Tx, f *fold) {
	if changes := f.changes(); s.Changed != nil && len(changes) > 0 {
		tx.AfterCommit(func() { s.Changed(changes) })
	}
}
