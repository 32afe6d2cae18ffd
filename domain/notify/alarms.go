package notify

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Alarm is something that is wrong at the moment and that admins should know: of one of
// their kinds, about one subject.
type Alarm struct {
	Kind    Kind
	State   string // how it is told
	Subject Subject
	Args    []any
}

func (a Alarm) key() alarmKey { return alarmKey{a.Kind, a.Subject.ID} }

type alarmKey struct {
	kind    Kind
	subject string
}

// standing is what is known of an alarm: since when, and until when if it is over.
type standing struct{ raised, cleared time.Time }

// calm is how long something must have been in order for its trouble to be news again.
const calm = time.Hour

// change says what to do about alarms, by what is wrong now and what was known.
func change(wrong []Alarm, known map[alarmKey]standing, now time.Time) (raise, reopen []Alarm, clear []alarmKey) {
	there := map[alarmKey]bool{}
	for _, a := range wrong {
		k := a.key()
		if there[k] {
			continue
		}
		there[k] = true
		switch s, ok := known[k]; {
		case !ok, !s.cleared.IsZero() && now.Sub(s.cleared) >= calm:
			raise = append(raise, a)
		case !s.cleared.IsZero():
			reopen = append(reopen, a)
		}
	}
	for k, s := range known {
		if !there[k] && s.cleared.IsZero() {
			clear = append(clear, k)
		}
	}
	return raise, reopen, clear
}

// Watch looks what is wrong and tells the admins what is newly so, once: until it has been
// in order for an hour it is not news again. One process does it, every now and then.
func (s *Service) Watch(ctx context.Context) error {
	wrong, failed := s.trouble(ctx)
	if s.set.Alarms != nil {
		more, err := s.set.Alarms(ctx)
		wrong, failed = append(wrong, more...), errors.Join(failed, err)
	}
	if failed != nil {
		return failed // what could not be looked at is neither wrong nor in order
	}
	known, err := loadAlarms(ctx, s.DB)
	if err != nil {
		return err
	}
	if r, o, c := change(wrong, known, s.DB.Now()); len(r)+len(o)+len(c) == 0 {
		return nil
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		known, err := loadAlarms(ctx, tx)
		if err != nil {
			return err
		}
		raise, reopen, clear := change(wrong, known, tx.Now)
		var ns []notice
		for _, a := range raise {
			ns = append(ns, a.notice(tx.Now))
			if err := saveAlarm(ctx, tx, a.key(), standing{raised: tx.Now}); err != nil {
				return err
			}
		}
		for _, a := range reopen {
			if err := saveAlarm(ctx, tx, a.key(), standing{raised: known[a.key()].raised}); err != nil {
				return err
			}
		}
		for _, k := range clear {
			if err := saveAlarm(ctx, tx, k, standing{known[k].raised, tx.Now}); err != nil {
				return err
			}
		}
		hints, err := s.store(ctx, tx, ns)
		s.tell(tx, hints)
		return err
	})
}

// notice tells of an alarm. It has no event: the alarm is its own cause.
func (a Alarm) notice(now time.Time) notice {
	id := domain.NewID()
	return notice{roles: kinds[a.Kind].roles, kind: a.Kind, state: a.State, again: id, subject: a.Subject, args: a.Args,
		cause: Cause{ID: id, Name: "alarm", Correlation: id}, at: now}
}

// A channel is in trouble when so many messages were given up within the hour, or one
// has been tried for so long.
const (
	troubleCount = 3
	troubleFor   = 15 * time.Minute
)

// trouble says which channels do not get messages out.
func (s *Service) trouble(ctx context.Context) ([]Alarm, error) {
	var out []Alarm
	hs, err := s.Health(ctx)
	for _, h := range hs {
		if h.FailedLately >= troubleCount || !h.TryingSince.IsZero() && s.DB.Now().Sub(h.TryingSince) >= troubleFor {
			out = append(out, Alarm{Kind: KindChannel, State: "failing", Subject: Subject{ID: "channel " + string(h.Channel)},
				Args: []any{"channel", domain.Label("ntf.channel." + string(h.Channel)), "n", h.Waiting, "failed", h.FailedLately}})
		}
	}
	return out, err
}

// Health is how a channel does.
type Health struct {
	Channel      Channel   `json:"channel"`
	On           bool      `json:"on"`      // false: what goes through it is kept
	Waiting      int       `json:"waiting"` // messages to be sent, also later
	WaitingSince time.Time `json:"waitingSince,omitzero"`
	TryingSince  time.Time `json:"tryingSince,omitzero"` // of the oldest that failed already
	FailedLately int       `json:"failedLately"`         // given up within the last hour
}

// Health returns how the channels outside the page do.
func (s *Service) Health(ctx context.Context) ([]Health, error) {
	var out []Health
	for _, c := range []Channel{Email, Chat} {
		h, err := db.One(ctx, s.DB, func(r db.Row) (h Health, err error) {
			var since, trying int64
			err = r.Scan(&h.Waiting, &since, &trying, &h.FailedLately)
			h.WaitingSince, h.TryingSince = db.Time(since), db.Time(trying)
			return h, err
		}, `/* notify.health */ select
			(select count(*) from notify_messages where channel = $1 and next_at > 0),
			(select coalesce(min(created_at), 0) from notify_messages where channel = $1 and next_at > 0),
			(select coalesce(min(created_at), 0) from notify_messages where channel = $1 and next_at > 0 and attempts > 0),
			(select count(*) from notify_messages where channel = $1 and state = 'failed' and state in ('failed', 'bounced') and done_at > $2)`,
			string(c), db.Micros(s.DB.Now().Add(-time.Hour)))
		if err != nil {
			return out, err
		}
		h.Channel, h.On = c, s.has(c)
		out = append(out, h)
	}
	return out, nil
}

func loadAlarms(ctx context.Context, q db.Querier) (map[alarmKey]standing, error) {
	out := map[alarmKey]standing{}
	_, err := db.All(ctx, q, func(r db.Row) (struct{}, error) {
		var k alarmKey
		var raised, cleared int64
		err := r.Scan(&k.kind, &k.subject, &raised, &cleared)
		out[k] = standing{db.Time(raised), db.Time(cleared)}
		return struct{}{}, err
	}, `/* notify.alarms */ select kind, subject, raised_at, cleared_at from notify_alarms`)
	return out, err
}

func saveAlarm(ctx context.Context, tx *db.Tx, k alarmKey, s standing) error {
	_, err := tx.Exec(ctx, `/* notify.alarm */ insert into notify_alarms (kind, subject, raised_at, cleared_at) values ($1, $2, $3, $4)
		on conflict (kind, subject) do update set raised_at = excluded.raised_at, cleared_at = excluded.cleared_at`,
		string(k.kind), k.subject, db.Micros(s.raised), db.Micros(s.cleared))
	return err
}
