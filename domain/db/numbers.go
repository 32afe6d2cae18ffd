package db

import (
	"context"
	"sync"
	"time"
)

// numbers hands out the human numbers of series such as "orders 20261121". They
// are taken in blocks, so that under load they cost nothing; a block is one
// number while it is quiet, so that there are no gaps then.
type numbers struct {
	mu     sync.Mutex
	series map[string]*block
}

type block struct {
	next, end int64
	size      int64
	taken     time.Time
}

const maxBlock = 256

// Number returns the next number of a series, from 1. A restart may leave a gap;
// a number is never given twice.
func (d *DB) Number(ctx context.Context, series string) (int64, error) {
	d.nums.mu.Lock()
	defer d.nums.mu.Unlock()
	b := d.nums.series[series]
	if b == nil {
		b = &block{}
		d.nums.series[series] = b
	}
	if b.next == b.end {
		if err := d.take(ctx, series, b); err != nil {
			return 0, err
		}
	}
	b.next++
	return b.next, nil
}

// take reserves the next block: twice as large if the last one was used up within
// a second, one number after a quiet time.
func (d *DB) take(ctx context.Context, series string, b *block) error {
	now := time.Now()
	if now.Sub(b.taken) < time.Second {
		b.size = min(b.size*2, maxBlock)
	} else {
		b.size = 1
	}
	var end int64
	err := d.Write(ctx, func(ctx context.Context, tx *Tx) (err error) {
		end, err = One(ctx, tx, Int64, `/* db.numbers */ insert into numbers (series, last) values ($1, $2)
			on conflict (series) do update set last = numbers.last + excluded.last returning last`, series, b.size)
		return err
	})
	if err != nil {
		return err
	}
	b.next, b.end, b.taken = end-b.size, end, now
	return nil
}
