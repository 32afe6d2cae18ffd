package accounts

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// tokenPrefix lets people and secret scanners recognise a token.
const tokenPrefix = "daybreak_"

// IssueToken returns a new token of an API client, shown this once: only its hash
// is stored. For the same reason a repeated request gets another token instead of
// the stored answer.
func (s *Service) IssueToken(ctx context.Context, accountID string) (token string, expires time.Time, err error) {
	token = tokenPrefix + rand.Text() + rand.Text()
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := byID(ctx, tx, accountID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if !r.Active {
			return wrong()
		}
		expires = tx.Now.Add(tokenLife)
		return insertToken(ctx, tx, digest(token), accountID, expires)
	})
	return token, expires, err
}

// ByToken returns the account a token belongs to. It is on the path of every API
// request: one read by primary keys, and nothing kept in memory, so that a token
// revoked anywhere is refused everywhere at once.
func (s *Service) ByToken(ctx context.Context, token string) (Account, error) {
	if !strings.HasPrefix(token, tokenPrefix) || len(token) > 100 {
		return Account{}, noToken()
	}
	a, err := byToken(ctx, s.DB, digest(token), s.DB.Now())
	if err == db.ErrNone {
		return Account{}, noToken()
	}
	return a, err
}

func noToken() error { return domain.Refuse(domain.Unauthenticated, "err.accounts.token") }

// RevokeToken ends a token. One that is unknown or has ended is no error.
func (s *Service) RevokeToken(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return deleteToken(ctx, tx, digest(token)) })
}

// SetupToken returns the secret of a one-time link with which the first admin
// account is made, good for a day; "" if there is an admin already.
func (s *Service) SetupToken(ctx context.Context) (token string, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		token = ""
		if admins, err := activeAdmins(ctx, tx); err != nil || len(admins) > 0 {
			return err
		}
		token = rand.Text()
		return insertSetup(ctx, tx, digest(token), tx.Now.Add(setupLife))
	})
	return token, err
}

// SetupOpen reports whether a link is still good, to draw its page.
func (s *Service) SetupOpen(ctx context.Context, token string) (bool, error) {
	tokens, err := openSetups(ctx, s.DB, s.DB.Now())
	return slices.Contains(tokens, digest(token)), err
}

// ClaimSetup makes the first admin. It works once, whichever of several links is
// used and however often at a time, and not once there is an admin by other means.
func (s *Service) ClaimSetup(ctx context.Context, token string, in Registration) (Account, error) {
	in, err := in.check()
	if err != nil {
		return Account{}, err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return Account{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Account, error) {
		// All open links go at once: whoever comes second waits here and finds none.
		tokens, err := takeSetups(ctx, tx)
		if err != nil {
			return Account{}, err
		}
		admins, err := activeAdmins(ctx, tx)
		if err != nil {
			return Account{}, err
		}
		if len(admins) > 0 || !slices.Contains(tokens, digest(token)) {
			return Account{}, domain.Refuse(domain.NotFound, "err.accounts.setup")
		}
		a, stored, err := register(ctx, tx, newAccount(in, domain.Admin), hash)
		if err != nil {
			return Account{}, err
		}
		if !stored { // whoever holds the link runs the shop: nothing to hide from them
			return Account{}, domain.Refuse(domain.Conflict, "err.accounts.taken")
		}
		return a, nil
	})
}
