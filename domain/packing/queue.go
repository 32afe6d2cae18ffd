package packing

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// nextTries is how often another task is looked for when somebody else was quicker.
const nextTries = 5

// Barred says why a cannot count anything now, "" if a can.
func (t Task) Barred(a domain.Actor, now time.Time) Result { return t.barred(a, now) }

// Mine reports whether a may go on with the task: who has it, or an admin.
func (t Task) Mine(a domain.Actor) bool { return t.inHandsOf(a) == nil }

// Queue returns what is to be packed or is being packed, what has waited longest first.
func (s *Service) Queue(ctx context.Context, limit int) ([]Task, error) {
	return db.All(ctx, s.DB, scanTask, `/* packing.queue */ select `+taskColumns+` from packing_tasks
		where status in ('REQUESTED', 'IN_PROGRESS') order by id limit $1`, int64(limit))
}

// ByNo returns the task of the order with a number, "" if there is none.
func (s *Service) ByNo(ctx context.Context, no string) (taskID string, err error) {
	return byNo(ctx, s.DB, no)
}

// Next gives the packer the task that comes after another: the next of its pick list, else
// the one that has waited longest and is on no list. Errors: Forbidden, and Conflict if
// none waits.
func (s *Service) Next(ctx context.Context, actor domain.Actor, after string) (Task, error) {
	t, err := s.Get(ctx, after)
	if err == nil && t.BatchID != "" {
		if t, err = s.NextOf(ctx, actor, t.BatchID); err == nil {
			return s.Start(ctx, actor, t.ID)
		}
	}
	if err != nil && domain.CodeOf(err) != domain.Conflict && domain.CodeOf(err) != domain.NotFound {
		return Task{}, err
	}
	for range nextTries {
		id, err := db.One(ctx, s.DB, db.String, `/* packing.next */ select id from packing_tasks
			where status = 'REQUESTED' and batch_id = '' order by id limit 1`)
		if errors.Is(err, db.ErrNone) {
			break
		}
		if err != nil {
			return Task{}, err
		}
		t, err := s.Start(ctx, actor, id)
		if domain.CodeOf(err) != domain.Conflict { // else somebody has just taken it
			return t, err
		}
	}
	return Task{}, domain.Refuse(domain.Conflict, "err.packing.none_waits").InState(event.TaskRequested)
}
