package accounts

import (
	"context"
	"time"

	"daybreak/domain/db"
)

// Tokens.

func insertToken(ctx context.Context, tx *db.Tx, token, account string, expires time.Time) error {
	_, err := tx.Exec(ctx, `/* accounts.token_issue */ insert into accounts_tokens (token, account, expires)
		values ($1, $2, $3)`, token, account, db.Micros(expires))
	return err
}

func byToken(ctx context.Context, q db.Querier, token string, now time.Time) (Account, error) {
	return db.One(ctx, q, scanAccount, `/* accounts.by_token */ select `+columns+`
		from accounts_tokens t join accounts a on a.id = t.account
		where t.token = $1 and t.expires > $2 and a.active`, token, db.Micros(now))
}

func deleteToken(ctx context.Context, tx *db.Tx, token string) error {
	_, err := tx.Exec(ctx, `/* accounts.token_revoke */ delete from accounts_tokens where token = $1`, token)
	return err
}

func deleteTokensOf(ctx context.Context, tx *db.Tx, account string) error {
	_, err := tx.Exec(ctx, `/* accounts.token_revoke_all */ delete from accounts_tokens where account = $1`, account)
	return err
}

// Links for the first admin.

func insertSetup(ctx context.Context, tx *db.Tx, token string, expires time.Time) error {
	_, err := tx.Exec(ctx, `/* accounts.setup */ insert into accounts_setup (token, expires) values ($1, $2)`,
		token, db.Micros(expires))
	return err
}

func openSetups(ctx context.Context, q db.Querier, now time.Time) ([]string, error) {
	return db.All(ctx, q, db.String, `/* accounts.setups */ select token from accounts_setup
		where expires > $1`, db.Micros(now))
}

// takeSetups deletes the open links and returns them.
func takeSetups(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.All(ctx, tx, db.String, `/* accounts.setup_take */ delete from accounts_setup
		where expires > $1 returning token`, db.Micros(tx.Now))
}

// Sessions.

type session struct {
	account        string
	data           string
	seen, streamed time.Time
}

func scanSession(r db.Row) (s session, err error) {
	var seen, streamed int64
	err = r.Scan(&s.account, &s.data, &seen, &streamed)
	s.seen, s.streamed = db.Time(seen), db.Time(streamed)
	return s, err
}

// findSession returns db.ErrNone for one that is unknown, over or ended.
func findSession(ctx context.Context, q db.Querier, token string, now time.Time) (session, error) {
	return db.One(ctx, q, scanSession, `/* accounts.session */ select account, data, seen, streamed
		from accounts_sessions where token = $1 and expires > $2 and not ended`, token, db.Micros(now))
}

// commitSession stores a session. An ended one stays ended. A session of staff,
// whoever owns it now, is over openLife after it was made.
func commitSession(ctx context.Context, tx *db.Tx, token, account, data string, expires time.Time) error {
	now := db.Micros(tx.Now)
	_, err := tx.Exec(ctx, `/* accounts.session_commit */ insert into accounts_sessions
			(token, account, data, made, expires, seen, streamed, ended) values ($1, $2, $3, $4, $5, $4, 0, false)
		on conflict (token) do update set account = excluded.account, data = excluded.data, expires = excluded.expires
			where not accounts_sessions.ended`, token, account, data, now, db.Micros(expires))
	if err != nil || account == "" {
		return err
	}
	_, err = tx.Exec(ctx, `/* accounts.session_staff */ update accounts_sessions set expires = made + $1
		where token = $2 and expires > made + $1
		and exists (select 1 from accounts where id = $3 and role <> 'customer')`, openLife.Microseconds(), token, account)
	return err
}

func touchSession(ctx context.Context, tx *db.Tx, token string, stream bool) error {
	q := `/* accounts.session_seen */ update accounts_sessions set seen = $1 where token = $2 and not ended`
	if stream {
		q = `/* accounts.session_streamed */ update accounts_sessions set streamed = $1 where token = $2 and not ended`
	}
	_, err := tx.Exec(ctx, q, db.Micros(tx.Now), token)
	return err
}

const endSession = `update accounts_sessions set ended = true, data = '', expires = $1 where not ended and `

func endSessionByToken(ctx context.Context, tx *db.Tx, token string) error {
	_, err := tx.Exec(ctx, `/* accounts.session_end */ `+endSession+`token = $2`, db.Micros(tx.Now.Add(endedLife)), token)
	return err
}

func endSessionsOf(ctx context.Context, tx *db.Tx, account string) error {
	_, err := tx.Exec(ctx, `/* accounts.session_end_all */ `+endSession+`account = $2`, db.Micros(tx.Now.Add(endedLife)), account)
	return err
}

// sweeps are the tables Cleanup empties of what ended some time ago.
var sweeps = []struct {
	text string
	ago  time.Duration
}{
	{`/* accounts.sweep_sessions */ delete from accounts_sessions where token in
		(select token from accounts_sessions where expires <= $1 limit $2)`, 0},
	{`/* accounts.sweep_tokens */ delete from accounts_tokens where token in
		(select token from accounts_tokens where expires <= $1 limit $2)`, 0},
	{`/* accounts.sweep_failures */ delete from accounts_failures where key in
		(select key from accounts_failures where last <= $1 limit $2)`, failureWindow},
	{`/* accounts.sweep_setup */ delete from accounts_setup where token in
		(select token from accounts_setup where expires <= $1 limit $2)`, 0},
}

// sweepBatch is how many rows one transaction deletes.
const sweepBatch = 500

func sweep(ctx context.Context, tx *db.Tx, i int) (int64, error) {
	return tx.Exec(ctx, sweeps[i].text, db.Micros(tx.Now.Add(-sweeps[i].ago)), sweepBatch)
}
