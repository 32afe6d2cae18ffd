package db

import (
	"context"
	"time"
)

// keepAnswers is how long the answer to an idempotency key is kept: longer than
// anybody repeats a request.
const keepAnswers = 7 * 24 * time.Hour

// Cleanup forgets the answers nobody will ask for again, a bounded batch at a time.
func (d *DB) Cleanup(ctx context.Context) error {
	for ctx.Err() == nil {
		var n int64
		err := d.Write(ctx, func(ctx context.Context, tx *Tx) (err error) {
			n, err = tx.Exec(ctx, `/* db.forget_answers */ delete from idempotency where (actor, key) in
				(select actor, key from idempotency where at < $1 limit 1000)`, Micros(tx.Now.Add(-keepAnswers)))
			return err
		})
		if err != nil || n < 1000 {
			return err
		}
	}
	return ctx.Err()
}
