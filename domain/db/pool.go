package db

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
)

// pool is where reads outside a transaction go. On SQLite it keeps every query
// text prepared: parsing costs more than most of our reads.
type pool struct {
	db      *sql.DB
	prepare bool
	stmts   sync.Map // text → *sql.Stmt
	n       atomic.Int64
}

// Texts beyond this are not kept; a program has far fewer.
const maxStatements = 600

func (p *pool) query(ctx context.Context, q string, args []any) (*sql.Rows, error) {
	if !p.prepare {
		return p.db.QueryContext(ctx, q, args...)
	}
	if s, ok := p.stmts.Load(q); ok {
		return s.(*sql.Stmt).QueryContext(ctx, args...)
	}
	if p.n.Load() >= maxStatements {
		return p.db.QueryContext(ctx, q, args...)
	}
	s, err := p.db.PrepareContext(context.WithoutCancel(ctx), ordinal(q))
	if err != nil {
		return nil, err
	}
	if old, loaded := p.stmts.LoadOrStore(q, s); loaded {
		s.Close()
		s = old.(*sql.Stmt)
	} else {
		p.n.Add(1)
	}
	return s.QueryContext(ctx, args...)
}

func (p *pool) close() {
	p.stmts.Range(func(_, s any) bool { s.(*sql.Stmt).Close(); return true })
	p.db.Close()
}
