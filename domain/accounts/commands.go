package accounts

import (
	"context"
	"embed"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of the accounts.
var Schema = db.Schema{Name: "accounts", FS: files}

// Service is what can be done with accounts. Make one with New: the limit on
// hashing is per Service, so a process has one.
type Service struct {
	DB *db.DB
	// SignedOut, if set, is called in this process after an account lost its
	// sessions, to end its streams at once. A hint: other processes find out by
	// asking Alive.
	SignedOut func(accountID string)

	hasher *hasher
}

// New returns the accounts stored in d.
func New(d *db.DB) *Service { return &Service{DB: d, hasher: newHasher()} }

// Register makes a customer's account. An address that has one already is answered
// the same way: in as long a time, with an Account that looks new but is stored
// nowhere, its id belonging to nobody. Otherwise the form would tell anyone who is
// a customer here. The owner of the address signs in as before; nothing of theirs
// is touched. For the same reason the caller must not sign anyone in on the
// strength of the answer, but through Authenticate.
func (s *Service) Register(ctx context.Context, in Registration) (Account, error) {
	in, err := in.check()
	if err != nil {
		return Account{}, err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return Account{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Account, error) {
		a, _, err := register(ctx, tx, newAccount(in, domain.Customer), hash)
		return a, err
	})
}

// newAccount is what a registration becomes.
func newAccount(in Registration, role domain.Role) Account {
	return Account{ID: domain.NewID(), Email: in.Email, Name: in.Name, Role: role, Active: true, Version: 1}
}

// register stores a and tells it, unless its address is taken.
func register(ctx context.Context, tx *db.Tx, a Account, hash string) (_ Account, stored bool, err error) {
	if stored, err = insert(ctx, tx, a, hash); err != nil || !stored {
		return a, false, err
	}
	tx.Append(ctx, aggregate(a), a.ID, event.AccountRegistered{AccountID: a.ID, Person: a.Name, Role: a.Role})
	return a, true, nil
}

func aggregate(a Account) event.Aggregate {
	return event.Aggregate{Type: event.Account, ID: a.ID, Version: a.Version}
}

// Ensure makes an account with a role, for demo data, and leaves one that exists
// as it is. The password is the program's choice and no secret: it may be a common one.
func (s *Service) Ensure(ctx context.Context, email, name string, role domain.Role, password string) (Account, error) {
	var c checks
	email, name = c.address(email), c.person(name)
	if err := c.Err(); err != nil {
		return Account{}, err
	}
	if r, err := byEmail(ctx, s.DB, email, ""); err != db.ErrNone {
		return r.Account, err
	}
	hash, err := s.hasher.shared(ctx, password)
	if err != nil {
		return Account{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Account, error) {
		a, stored, err := register(ctx, tx, newAccount(Registration{Email: email, Name: name}, role), hash)
		if err == nil && !stored { // another process was faster
			r, err := byEmail(ctx, tx, email, "")
			return r.Account, err
		}
		return a, err
	})
}

// SetRole gives an account another role and signs it out everywhere, so that no
// page of the old role stays open. Admins only.
func (s *Service) SetRole(ctx context.Context, id string, role domain.Role) (Account, error) {
	return s.alter(ctx, id, func(a *Account) { a.Role = role })
}

// Deactivate switches an account off and signs it out everywhere. Admins only.
func (s *Service) Deactivate(ctx context.Context, id string) (Account, error) {
	return s.alter(ctx, id, func(a *Account) { a.Active = false })
}

// Reactivate undoes Deactivate. Admins only.
func (s *Service) Reactivate(ctx context.Context, id string) (Account, error) {
	return s.alter(ctx, id, func(a *Account) { a.Active = true })
}

// alter changes what an account may do. An account that is switched off has the
// rights of a visitor in the event. Nothing to change is no error and no event.
func (s *Service) alter(ctx context.Context, id string, change func(*Account)) (Account, error) {
	by := domain.TraceOf(ctx).Actor
	if !by.Is(domain.Admin, domain.System) {
		return Account{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Account, error) {
		// Every change that could leave no admin locks all of them first, in one order.
		admins, err := activeAdmins(ctx, tx)
		if err != nil {
			return Account{}, err
		}
		r, err := load(ctx, tx, id)
		if err != nil {
			return Account{}, err
		}
		a := r.Account
		change(&a)
		if a == r.Account {
			return a, nil
		}
		others := 0
		for _, admin := range admins {
			if admin != id {
				others++
			}
		}
		if err := r.mayBecome(a.Role, a.Active, others); err != nil {
			return Account{}, err
		}
		a.Version++
		if err := saveRights(ctx, tx, a); err != nil {
			return Account{}, err
		}
		tx.Append(ctx, aggregate(a), a.ID, event.AccountRoleChanged{AccountID: a.ID, From: r.rights(), To: a.rights(), By: by.ID})
		return a, s.signOut(ctx, tx, id)
	})
}

// SaveProfile changes what a person says about themselves. The caller passes the
// id of whoever is signed in.
func (s *Service) SaveProfile(ctx context.Context, id string, p Profile) (Account, error) {
	p, err := p.check()
	if err != nil {
		return Account{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Account, error) {
		r, err := load(ctx, tx, id)
		if err != nil {
			return Account{}, err
		}
		a := r.Account
		a.Name, a.Phone, a.Postcode, a.Line1, a.Line2 = p.Name, p.Phone, p.Postcode, p.Line1, p.Line2
		return a, saveProfile(ctx, tx, a)
	})
}

// ChangePassword gives an account another password and signs it out everywhere;
// the caller gives the browser that asked a new session. Wrong old passwords count
// like failed log-ins.
func (s *Service) ChangePassword(ctx context.Context, id, old, password string) error {
	if done, err := s.DB.Answered(ctx); done != "" || err != nil { // sent again, the old password is no longer the old one
		return err
	}
	r, err := byID(ctx, s.DB, id, "")
	if err != nil {
		return err
	}
	var c checks
	c.password("newPassword", password, r.Email)
	if err := c.Err(); err != nil {
		return err
	}
	if err := s.hasher.enter(ctx); err != nil {
		return err
	}
	defer s.hasher.leave()
	if _, err := s.verify(ctx, r.Email, old); err != nil {
		if domain.CodeOf(err) == domain.Unauthenticated {
			c.Add("password", "err.accounts.old_password")
			return c.Err()
		}
		return err
	}
	hash, err := s.hasher.make(password)
	if err != nil {
		return err
	}
	_, err = db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		if err := savePassword(ctx, tx, id, hash); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, s.signOut(ctx, tx, id)
	})
	return err
}

// EndSessions signs an account out everywhere: browsers and programs.
func (s *Service) EndSessions(ctx context.Context, id string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return s.signOut(ctx, tx, id) })
}

func (s *Service) signOut(ctx context.Context, tx *db.Tx, id string) error {
	if err := endSessionsOf(ctx, tx, id); err != nil {
		return err
	}
	if err := deleteTokensOf(ctx, tx, id); err != nil {
		return err
	}
	if s.SignedOut != nil {
		tx.AfterCommit(func() { s.SignedOut(id) })
	}
	return nil
}
