package desk

import (
	"context"
	"errors"

	"daybreak/domain"
	"daybreak/domain/db"
)

const viewColumns = `v.id, v.owner, v.name, v.query, coalesce(d.view_id = v.id, false)`

func scanView(r db.Row) (v View, err error) {
	err = r.Scan(&v.ID, &v.Owner, &v.Name, &v.Query, &v.Default)
	return v, err
}

func viewsOf(ctx context.Context, q db.Querier, account string) ([]View, error) {
	return db.All(ctx, q, scanView, `/* desk.views */ select `+viewColumns+` from desk_views v
		left join desk_defaults d on d.account = $1 where v.owner in ($2, '') order by v.owner desc, v.name`, account, account)
}

// loadView returns a view that an account may see.
func loadView(ctx context.Context, q db.Querier, id, account string) (View, error) {
	v, err := db.One(ctx, q, scanView, `/* desk.view */ select `+viewColumns+` from desk_views v
		left join desk_defaults d on d.account = $1 where v.id = $2 and v.owner in ($3, '')`, account, id, account)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("saved_view")
	}
	return v, err
}

func countViews(ctx context.Context, q db.Querier, owner string) (int64, error) {
	return db.One(ctx, q, db.Int64, `/* desk.view_count */ select count(*) from desk_views where owner = $1`, owner)
}

func insertView(ctx context.Context, tx *db.Tx, v View) error {
	n, err := tx.Exec(ctx, `/* desk.add_view */ insert into desk_views (id, owner, name, query, at) values ($1, $2, $3, $4, $5)
		on conflict (owner, name) do nothing`, v.ID, v.Owner, v.Name, v.Query, db.Micros(tx.Now))
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}

// errTaken tells that an owner has a view of the name.
var errTaken = errors.New("desk: the name is taken")

func setQuery(ctx context.Context, tx *db.Tx, v View) error {
	_, err := tx.Exec(ctx, `/* desk.set_query */ update desk_views set query = $1, at = $2 where id = $3`, v.Query, db.Micros(tx.Now), v.ID)
	return err
}

func deleteView(ctx context.Context, tx *db.Tx, id string) error {
	if _, err := tx.Exec(ctx, `/* desk.delete_defaults */ delete from desk_defaults where view_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `/* desk.delete_view */ delete from desk_views where id = $1`, id)
	return err
}

func setDefault(ctx context.Context, tx *db.Tx, account, view string) error {
	if view == "" {
		_, err := tx.Exec(ctx, `/* desk.no_default */ delete from desk_defaults where account = $1`, account)
		return err
	}
	_, err := tx.Exec(ctx, `/* desk.set_default */ insert into desk_defaults (account, view_id) values ($1, $2)
		on conflict (account) do update set view_id = excluded.view_id`, account, view)
	return err
}

func insertBulk(ctx context.Context, tx *db.Tx, b Bulk) error {
	_, err := tx.Exec(ctx, `/* desk.add_bulk */ insert into desk_bulks (id, by_id, by_name, act, reason, asked, outcomes, at, ended_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, 0)`, b.ID, b.ByID, b.ByName, string(b.Act), b.Reason, int64(b.Asked), db.JSON(b.Outcomes), db.Micros(b.At))
	return err
}

// finishBulk stores the results, unless they are there.
func finishBulk(ctx context.Context, tx *db.Tx, b Bulk) (bool, error) {
	n, err := tx.Exec(ctx, `/* desk.finish_bulk */ update desk_bulks set outcomes = $1, ended_at = $2 where id = $3 and ended_at = 0`,
		db.JSON(b.Outcomes), db.Micros(b.EndedAt), b.ID)
	return n == 1, err
}

func loadBulk(ctx context.Context, q db.Querier, id string) (Bulk, error) {
	b, err := db.One(ctx, q, func(r db.Row) (b Bulk, err error) {
		var outcomes string
		var at, ended, asked int64
		if err = r.Scan(&b.ID, &b.ByID, &b.ByName, &b.Act, &b.Reason, &asked, &outcomes, &at, &ended); err != nil {
			return b, err
		}
		b.Asked, b.At, b.EndedAt = int(asked), db.Time(at), db.Time(ended)
		return b, db.FromJSON(outcomes, &b.Outcomes)
	}, `/* desk.bulk */ select id, by_id, by_name, act, reason, asked, outcomes, at, ended_at from desk_bulks where id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		err = domain.Missing("bulk")
	}
	return b, err
}

// prune forgets old results. Ids sort by age.
func prune(ctx context.Context, tx *db.Tx, before string) error {
	_, err := tx.Exec(ctx, `/* desk.prune */ delete from desk_bulks where id < $1`, before)
	return err
}
