package notify

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

const (
	// kept is how long notifications and what became of them are on record.
	kept = 180 * 24 * time.Hour
	// cleanBatch bounds how long one step keeps the writer.
	cleanBatch = 1000
)

// Cleanup forgets notifications and messages of half a year ago, and alarms that have
// long been over, a bounded batch at a time.
func (s *Service) Cleanup(ctx context.Context) error {
	old := s.DB.Now().Add(-kept)
	for _, t := range []struct {
		text string
		arg  any
	}{
		{`/* notify.forget_messages */ delete from notify_messages where id in
			(select id from notify_messages where id < $1 order by id limit $2)`, domain.IDFloor(old)},
		{`/* notify.forget */ delete from notify_notifications where id in
			(select id from notify_notifications where id < $1 order by id limit $2)`, domain.IDFloor(old)},
		{`/* notify.forget_alarms */ delete from notify_alarms where (kind, subject) in
			(select kind, subject from notify_alarms where cleared_at > 0 and cleared_at < $1 limit $2)`, db.Micros(s.DB.Now().Add(-calm))},
	} {
		for n := int64(cleanBatch); n == cleanBatch; {
			err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = tx.Exec(ctx, t.text, t.arg, int64(cleanBatch))
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// lookBack is how far back the checks look.
const lookBack = 24 * time.Hour

// Checks returns how often rules are broken that must always hold: each event tells each
// reader one thing, and each notification has one message a channel that nobody asked for
// beside it.
func (s *Service) Checks(ctx context.Context) (twice, lost int64, err error) {
	from := domain.IDFloor(s.DB.Now().Add(-lookBack))
	twice, err = db.One(ctx, s.DB, db.Int64, `/* notify.twice */ select count(*) from (select 1 as one from notify_notifications
		where id > $1 group by user_id, cause_id having count(*) > 1) t`, from)
	if err != nil {
		return twice, 0, err
	}
	lost, err = db.One(ctx, s.DB, db.Int64, `/* notify.lost */ select count(*) from notify_messages
		where state in ('queued', 'sending') and next_at = 0 and id > $1`, from)
	return twice, lost, err
}
