package accounts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"daybreak/domain"
	"daybreak/domain/db"
)

// wrong is the one answer to an unknown address, a wrong password and an account
// that is switched off.
func wrong() error { return domain.Refuse(domain.Unauthenticated, "err.accounts.wrong") }

// Authenticate returns the account whose address and password these are. After ten
// wrong passwords for one address, whether anybody has it or not, none is looked
// at until nothing was tried for 15 minutes; a right one before that clears the count.
func (s *Service) Authenticate(ctx context.Context, email, password string) (Account, error) {
	var c checks
	c.Must(email != "", "email", "err.required", "field", domain.Label("err.accounts.field.email"))
	c.Must(password != "", "password", "err.required", "field", domain.Label("err.accounts.field.password"))
	c.Must(len(password) <= MaxPassword, "password", "err.accounts.password_long", "n", MaxPassword)
	if err := c.Err(); err != nil {
		return Account{}, err
	}
	email, err := Address(email)
	if err != nil {
		return Account{}, wrong()
	}
	// A locked address takes no slot: guessing at one keeps nobody else out.
	if err := isLocked(ctx, s.DB, failureKey(email), s.DB.Now()); err != nil {
		return Account{}, err
	}
	if err := s.hasher.enter(ctx); err != nil {
		return Account{}, err
	}
	defer s.hasher.leave()
	return s.verify(ctx, email, password)
}

// verify checks a password. The caller has a slot. The attempt is counted before
// the hash is made, so that no number of parallel guesses gets more than ten tries.
func (s *Service) verify(ctx context.Context, email, password string) (Account, error) {
	key := failureKey(email)
	err := s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return countFailure(ctx, tx, key) })
	if err != nil {
		return Account{}, err
	}
	r, err := byEmail(ctx, s.DB, email, "")
	if err != nil && err != db.ErrNone {
		return Account{}, err
	}
	ok, stale, err := s.hasher.matches(password, r.hash)
	if err != nil {
		return Account{}, err
	}
	if !ok || !r.Active {
		return Account{}, wrong()
	}
	rehashed := ""
	if stale {
		if rehashed, err = s.hasher.make(password); err != nil {
			return Account{}, err
		}
	}
	return s.welcome(ctx, r, key, rehashed)
}

// welcome clears the count and returns the account as it is now: hashing takes
// long enough for the password to be changed or the account to be switched off.
func (s *Service) welcome(ctx context.Context, checked record, key, rehashed string) (a Account, err error) {
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		now, err := byID(ctx, tx, checked.ID, tx.ForUpdate())
		if err != nil {
			return err
		}
		if now.hash != checked.hash || !now.Active {
			return wrong()
		}
		a = now.Account
		if rehashed != "" {
			if err := savePassword(ctx, tx, a.ID, rehashed); err != nil {
				return err
			}
		}
		return clearFailures(ctx, tx, key)
	})
	return a, err
}

// failureKey names an address in the count of failures: people type passwords into
// the wrong field, so what was typed is not kept.
func failureKey(email string) string { return digest("login " + email) }

// digest is how secrets are stored that are too long to be guessed.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
