package db

import (
	"context"
	"errors"
	"fmt"

	"daybreak/domain"
)

// Once is Write for a command that a person may send twice (a double click, the
// back button, a retry after a lost answer). With an idempotency key in ctx the
// answer is stored with the effect: the same key and input is answered the same
// again, the same key with other input is refused as Invalid, and an attempt that
// was refused leaves the key free.
func Once[T any](ctx context.Context, d *DB, fn func(ctx context.Context, tx *Tx) (T, error)) (T, error) {
	k := domain.KeyOf(ctx)
	var out T
	err := d.Write(ctx, func(ctx context.Context, tx *Tx) (err error) {
		var zero T
		out = zero
		if k == nil {
			out, err = fn(ctx, tx)
			return err
		}
		k.Replayed = false
		// Inserting first makes a second request on PostgreSQL wait here for the first.
		n, err := tx.Exec(ctx, `/* once.claim */ insert into idempotency (actor, key, hash, result, at)
			values ($1, $2, $3, '', $4) on conflict do nothing`, k.Actor, k.Key, k.Hash, Micros(tx.Now))
		if err != nil {
			return err
		}
		if n == 0 {
			k.Replayed = true
			return replay(ctx, tx, k, &out)
		}
		if out, err = fn(ctx, tx); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `/* once.answer */ update idempotency set result = $1 where actor = $2 and key = $3`,
			JSON(out), k.Actor, k.Key)
		return err
	})
	return out, err
}

// Claim stores answer, known beforehand, under the idempotency key in ctx, for a
// command that writes it in the same transaction. If the key has been used it
// returns the answer stored then, and the command has nothing to do. Without a key
// nothing is stored.
func (tx *Tx) Claim(ctx context.Context, answer string) (earlier string, err error) {
	k := domain.KeyOf(ctx)
	if k == nil {
		return "", nil
	}
	k.Replayed = false
	n, err := tx.Exec(ctx, `/* once.claim_with */ insert into idempotency (actor, key, hash, result, at)
		values ($1, $2, $3, $4, $5) on conflict do nothing`, k.Actor, k.Key, k.Hash, answer, Micros(tx.Now))
	if err != nil || n == 1 {
		return "", err
	}
	k.Replayed = true
	return storedAnswer(ctx, tx, k)
}

// Answered returns what Claim or Once stored for the idempotency key in ctx, "" if
// it was never used.
func (d *DB) Answered(ctx context.Context) (string, error) {
	k := domain.KeyOf(ctx)
	if k == nil {
		return "", nil
	}
	answer, err := storedAnswer(ctx, d, k)
	if errors.Is(err, ErrNone) {
		return "", nil
	}
	k.Replayed = err == nil
	return answer, err
}

func replay[T any](ctx context.Context, q Querier, k *domain.Key, out *T) error {
	answer, err := storedAnswer(ctx, q, k)
	if err != nil {
		return err
	}
	if err := FromJSON(answer, out); err != nil {
		return fmt.Errorf("stored answer: %w", err)
	}
	return nil
}

func storedAnswer(ctx context.Context, q Querier, k *domain.Key) (string, error) {
	type row struct{ hash, result string }
	r, err := One(ctx, q, func(r Row) (v row, err error) { err = r.Scan(&v.hash, &v.result); return },
		`/* once.replay */ select hash, result from idempotency where actor = $1 and key = $2`, k.Actor, k.Key)
	if err == nil && r.hash != k.Hash {
		err = domain.Refuse(domain.Invalid, "err.idempotency.reused")
	}
	return r.result, err
}
