package notify

import (
	"context"
	"slices"
	"strings"

	"daybreak/domain"
	"daybreak/domain/db"
)

// MarkRead notes that the actor has read a notification; once it is read it stays so.
// NotFound if it is not theirs.
func (s *Service) MarkRead(ctx context.Context, a domain.Actor, id string) (Notification, error) {
	if !domain.IsID(id) {
		return Notification{}, domain.Missing("notification")
	}
	var out Notification
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := s.read(ctx, tx, `id = $2 and user_id = $3`, id, a.ID); err != nil {
			return err
		}
		own, err := db.All(ctx, tx, scan, `/* notify.own */ select `+columns+` from notify_notifications n
			where n.id = $1 and n.user_id = $2 and n.shown`, id, a.ID)
		if err != nil {
			return err
		}
		if len(own) == 0 {
			return domain.Missing("notification")
		}
		out = own[0]
		return nil
	})
	return out, err
}

// MarkThreadRead notes that the actor has seen all there is of a subject.
func (s *Service) MarkThreadRead(ctx context.Context, a domain.Actor, subjectID string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.read(ctx, tx, `subject_id = $2 and user_id = $3`, subjectID, a.ID)
	})
}

// MarkAllRead notes that the actor has read everything there is.
func (s *Service) MarkAllRead(ctx context.Context, a domain.Actor) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return s.read(ctx, tx, `user_id = $2`, a.ID)
	})
}

// maxHints bounds what an open page is told at once: it shows no more rows.
const maxHints = 100

// read marks what where says of what is not read yet.
func (s *Service) read(ctx context.Context, tx *db.Tx, where string, args ...any) error {
	hints, err := db.All(ctx, tx, scanHint, `/* notify.read */ update notify_notifications set read_at = $1
		where shown and read_at = 0 and `+where+` returning id, user_id`, append([]any{db.Micros(tx.Now)}, args...)...)
	if err != nil {
		return err
	}
	slices.SortFunc(hints, func(a, b Hint) int { return strings.Compare(b.ID, a.ID) })
	s.tell(tx, hints[:min(len(hints), maxHints)])
	return nil
}
