package accounts

import (
	"context"
	"strings"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Get returns an account, also one that is switched off.
func (s *Service) Get(ctx context.Context, id string) (Account, error) {
	r, err := byID(ctx, s.DB, id, "")
	return r.Account, err
}

// Active returns the account of a session if it may still act. Every page asks
// this: one read by primary key, nothing kept in memory, so that a changed role
// counts from the next request on, in every process.
func (s *Service) Active(ctx context.Context, id string) (Account, error) {
	r, err := byID(ctx, s.DB, id, "")
	if domain.CodeOf(err) == domain.NotFound || err == nil && !r.Active {
		return Account{}, domain.Refuse(domain.Unauthenticated, "auth.expired")
	}
	return r.Account, err
}

// Filter narrows List.
type Filter struct {
	Query  string      // part of a name or address
	Role   domain.Role // "" for all
	Cursor string      // Next of the page before
	Limit  int         // 1–200, 50 if 0
}

// Page is a part of the list of accounts. Next is "" on the last.
type Page struct {
	Items []Account
	Next  string
}

// List returns accounts for staff, the newest first.
func (s *Service) List(ctx context.Context, f Filter) (Page, error) {
	if f.Cursor != "" && !domain.IsID(f.Cursor) {
		var c domain.Checks
		c.Add("cursor", "err.accounts.cursor")
		return Page{}, c.Err()
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, 200)
	f.Query = strings.ToLower(normal(domain.Clean(strings.ToValidUTF8(f.Query, ""))))
	if !domain.Plain(f.Query) || len(f.Query) > MaxEmail {
		return Page{}, nil // nobody is called that
	}
	items, err := list(ctx, s.DB, f)
	if err != nil || len(items) <= f.Limit {
		return Page{Items: items}, err
	}
	items = items[:f.Limit]
	return Page{Items: items, Next: items[f.Limit-1].ID}, nil
}

// Cleanup deletes what has ended: sessions, tokens, failures and links. In small
// transactions, so that orders come in between.
func (s *Service) Cleanup(ctx context.Context) error {
	for t := range sweeps {
		for {
			var n int64
			err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				n, err = sweep(ctx, tx, t)
				return err
			})
			if err != nil {
				return err
			}
			if n < sweepBatch {
				break
			}
		}
	}
	return nil
}
