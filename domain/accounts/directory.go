package accounts

import (
	"context"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
)

// People returns the accounts with the ids, also those switched off, in no order. Unknown
// ids are left out. It asks q, which may be a transaction.
func (s *Service) People(ctx context.Context, q db.Querier, ids []string) ([]Account, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	text, args := db.InAll(ids, 1)
	return db.All(ctx, q, scanAccount, `/* accounts.people */ select `+columns+` from accounts a where a.id in `+text, args...)
}

// Staff returns the accounts of the roles, but not customers, that may act now, in the
// order of their ids. It asks q, which may be a transaction.
func (s *Service) Staff(ctx context.Context, q db.Querier, roles []domain.Role) ([]Account, error) {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = string(r)
	}
	text, args := db.InAll(names, 1)
	return db.All(ctx, q, scanAccount, `/* accounts.staff */ select `+columns+` from accounts a
		where a.role <> 'customer' and a.active and a.role in `+text+` order by a.id`, args...)
}

// SetLanguage stores the language somebody wants to be told things in, one of Languages.
// The caller passes the id of whoever is signed in. Invalid names the field.
func (s *Service) SetLanguage(ctx context.Context, id, lang string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.StoreLanguage(ctx, tx, id, lang) })
}

// StoreLanguage is SetLanguage inside a transaction.
func (s *Service) StoreLanguage(ctx context.Context, tx *db.Tx, id, lang string) error {
	var c domain.Checks
	if c.Must(slices.Contains(Languages, lang), "language", "err.choice"); len(c) > 0 {
		return c.Err()
	}
	n, err := tx.Exec(ctx, `/* accounts.language */ update accounts set language = $1 where id = $2`, lang, id)
	if err == nil && n == 0 {
		err = domain.Missing("account")
	}
	return err
}
