package accounts

import (
	"context"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// record is an account with the hash of its password, which stays in this package.
type record struct {
	Account
	hash string
}

const columns = `a.id, a.email, a.name, a.phone, a.postcode, a.line1, a.line2, a.role, a.active, a.language, a.version, a.password`

func scan(r db.Row) (record, error) {
	var a record
	err := r.Scan(&a.ID, &a.Email, &a.Name, &a.Phone, &a.Postcode, &a.Line1, &a.Line2, &a.Role, &a.Active, &a.Language, &a.Version, &a.hash)
	return a, err
}

func scanAccount(r db.Row) (Account, error) {
	a, err := scan(r)
	return a.Account, err
}

// byEmail returns db.ErrNone for an address nobody has.
func byEmail(ctx context.Context, q db.Querier, email, lock string) (record, error) {
	return db.One(ctx, q, scan, `/* accounts.by_email */ select `+columns+` from accounts a where a.email = $1`+lock, email)
}

func byID(ctx context.Context, q db.Querier, id, lock string) (record, error) {
	if !domain.IsID(id) {
		return record{}, domain.Missing("account")
	}
	r, err := db.One(ctx, q, scan, `/* accounts.by_id */ select `+columns+` from accounts a where a.id = $1`+lock, id)
	if err == db.ErrNone {
		err = domain.Missing("account")
	}
	return r, err
}

// load reads an account that is about to change.
func load(ctx context.Context, tx *db.Tx, id string) (record, error) {
	return byID(ctx, tx, id, tx.ForUpdate())
}

// insert stores a unless its address is taken.
func insert(ctx context.Context, tx *db.Tx, a Account, hash string) (bool, error) {
	n, err := tx.Exec(ctx, `/* accounts.insert */ insert into accounts
		(id, email, name, phone, postcode, line1, line2, role, active, language, password, version, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (email) do nothing`,
		a.ID, a.Email, a.Name, a.Phone, a.Postcode, a.Line1, a.Line2, string(a.Role), a.Active, a.Language, hash, a.Version, db.Micros(tx.Now))
	return n == 1, err
}

func saveRights(ctx context.Context, tx *db.Tx, a Account) error {
	_, err := tx.Exec(ctx, `/* accounts.rights */ update accounts set role = $1, active = $2, version = $3 where id = $4`,
		string(a.Role), a.Active, a.Version, a.ID)
	return err
}

func saveProfile(ctx context.Context, tx *db.Tx, a Account) error {
	_, err := tx.Exec(ctx, `/* accounts.profile */ update accounts
		set name = $1, phone = $2, postcode = $3, line1 = $4, line2 = $5 where id = $6`,
		a.Name, a.Phone, a.Postcode, a.Line1, a.Line2, a.ID)
	return err
}

func savePassword(ctx context.Context, tx *db.Tx, id, hash string) error {
	_, err := tx.Exec(ctx, `/* accounts.password */ update accounts set password = $1 where id = $2`, hash, id)
	return err
}

// activeAdmins locks the admins in force and returns their ids.
func activeAdmins(ctx context.Context, tx *db.Tx) ([]string, error) {
	return db.All(ctx, tx, db.String, `/* accounts.admins */ select id from accounts
		where role = 'admin' and active order by id`+tx.ForUpdate())
}

func list(ctx context.Context, q db.Querier, f Filter) ([]Account, error) {
	text := `/* accounts.list */ select ` + columns + ` from accounts a where a.id < $1`
	before := f.Cursor
	if before == "" {
		before = "~" // sorts after every id
	}
	args := []any{before, f.Limit + 1}
	if f.Role != "" {
		text += ` and a.role = $3`
		args = append(args, string(f.Role))
	}
	if f.Query != "" {
		args = append(args, "%"+likeMarks.Replace(f.Query)+"%")
		p := "$3"
		if f.Role != "" {
			p = "$4"
		}
		text += ` and (a.email like ` + p + ` escape '\' or lower(a.name) like ` + p + ` escape '\')`
	}
	return db.All(ctx, q, scanAccount, text+` order by a.id desc limit $2`, args...)
}

// likeMarks makes a text mean itself in a LIKE pattern.
var likeMarks = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

type failures struct {
	n    int64
	last time.Time
}

func scanFailures(r db.Row) (f failures, err error) {
	var last int64
	err = r.Scan(&f.n, &last)
	f.last = db.Time(last)
	return f, err
}

// isLocked returns the refusal if the key has too many failures.
func isLocked(ctx context.Context, q db.Querier, key string, now time.Time) error {
	f, err := db.One(ctx, q, scanFailures, `/* accounts.failures */ select n, last from accounts_failures where key = $1`, key)
	if err != nil && err != db.ErrNone {
		return err
	}
	return locked(f.n, f.last, now)
}

// countFailure counts one more try, from one again after a quiet window, and
// refuses it if there were too many.
func countFailure(ctx context.Context, tx *db.Tx, key string) error {
	n, err := tx.Exec(ctx, `/* accounts.try */ insert into accounts_failures (key, n, last) values ($1, 1, $2)
		on conflict (key) do update set last = excluded.last,
			n = case when accounts_failures.last <= $3 then 1 else accounts_failures.n + 1 end
		where accounts_failures.n < $4 or accounts_failures.last <= $3`,
		key, db.Micros(tx.Now), db.Micros(tx.Now.Add(-failureWindow)), maxFailures)
	if err != nil || n == 1 {
		return err
	}
	return isLocked(ctx, tx, key, tx.Now)
}

func clearFailures(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.Exec(ctx, `/* accounts.welcome */ delete from accounts_failures where key = $1`, key)
	return err
}
