package notify

import (
	"context"
	"errors"
	"time"

	"daybreak/domain/db"
)

// addWishes reads what the people with the ids want.
func addWishes(ctx context.Context, q db.Querier, people map[string]reader, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	text, args := db.InAll(ids, 1)
	type line struct {
		user string
		kind Kind
		wish
		hook  string
		quiet Quiet
	}
	// One query for both tables: nearly nobody has a row in either.
	rows, err := db.All(ctx, q, func(r db.Row) (l line, err error) {
		err = r.Scan(&l.user, &l.kind, &l.inApp, &l.email, &l.chat, &l.never, &l.hook, &l.quiet.From, &l.quiet.To, &l.quiet.TimeZone)
		return l, err
	}, `/* notify.wishes */ select user_id, kind, in_app, email, chat, never, '' as hook, '' as quiet_from, '' as quiet_to, '' as zone
			from notify_wishes where user_id in `+text+`
		union all select user_id, '', true, true, true, false, hook, quiet_from, quiet_to, zone
			from notify_people where user_id in `+text, args...)
	for _, l := range rows {
		p := people[l.user]
		if l.kind == "" {
			p.hook, p.format, p.quiet = l.hook, FormatOf(l.hook), l.quiet
		} else {
			if p.wishes == nil {
				p.wishes = map[Kind]wish{}
			}
			p.wishes[l.kind] = l.wish
		}
		people[l.user] = p
	}
	return err
}

// paceKey is whom a duty is told to, through which channel.
type paceKey struct {
	user    string
	kind    Kind
	channel Channel
}

// paceOf returns when the last message was sent, and when one that waits is due.
func paceOf(ctx context.Context, q db.Querier, k paceKey) (sent, waiting time.Time, err error) {
	at := func(text string, args ...any) (time.Time, error) {
		us, err := db.One(ctx, q, db.Int64, text, args...)
		if errors.Is(err, db.ErrNone) {
			err = nil
		}
		return db.Time(us), err
	}
	if sent, err = at(`/* notify.paced */ select sent_at from notify_pace where user_id = $1 and kind = $2 and channel = $3`,
		k.user, string(k.kind), string(k.channel)); err != nil {
		return sent, waiting, err
	}
	waiting, err = at(`/* notify.waiting */ select next_at from notify_messages
		where channel = $1 and next_at > 0 and user_id = $2 and kind = $3 and state = 'queued' and attempts = 0
		order by next_at limit 1`, string(k.channel), k.user, string(k.kind))
	return sent, waiting, err
}

func setPace(ctx context.Context, tx *db.Tx, k paceKey) error {
	_, err := tx.Exec(ctx, `/* notify.set_pace */ insert into notify_pace (user_id, kind, channel, sent_at) values ($1, $2, $3, $4)
		on conflict (user_id, kind, channel) do update set sent_at = excluded.sent_at`,
		k.user, string(k.kind), string(k.channel), db.Micros(tx.Now))
	return err
}

const teamColumns = `kind, format, hook, set_by, at`

func scanTeam(r db.Row) (t Team, err error) {
	var at int64
	err = r.Scan(&t.Kind, &t.Format, &t.URL, &t.By, &at)
	t.At = db.Time(at)
	return t, err
}

func teamsOf(ctx context.Context, q db.Querier) ([]Team, error) {
	return db.All(ctx, q, scanTeam, `/* notify.teams */ select `+teamColumns+` from notify_teams order by kind`)
}

// wishesOf returns what somebody wants.
func wishesOf(ctx context.Context, q db.Querier, user string) (reader, error) {
	one := map[string]reader{}
	err := addWishes(ctx, q, one, []string{user})
	return one[user], err
}

func saveWish(ctx context.Context, tx *db.Tx, user string, k Kind, w wish) error {
	_, err := tx.Exec(ctx, `/* notify.wish */ insert into notify_wishes (user_id, kind, in_app, email, chat, never)
		values ($1, $2, $3, $4, $5, $6) on conflict (user_id, kind) do update
		set in_app = excluded.in_app, email = excluded.email, chat = excluded.chat, never = excluded.never`,
		user, string(k), w.inApp, w.email, w.chat, w.never)
	return err
}

func savePerson(ctx context.Context, tx *db.Tx, user string, p Preferences) error {
	_, err := tx.Exec(ctx, `/* notify.person */ insert into notify_people (user_id, hook, quiet_from, quiet_to, zone)
		values ($1, $2, $3, $4, $5) on conflict (user_id) do update
		set hook = excluded.hook, quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, zone = excluded.zone`,
		user, p.ChatURL, p.Quiet.From, p.Quiet.To, p.Quiet.TimeZone)
	return err
}
