// Package accounts knows who people are: customers and staff, their passwords and
// roles, the tokens of programs and the sessions of browsers.
package accounts

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"daybreak/domain"
)

// Account is somebody who can sign in. It never carries a password.
type Account struct {
	ID       string
	Email    string // as Address returns it
	Name     string
	Phone    string // digits only
	Postcode string
	Line1    string
	Line2    string
	Role     domain.Role
	Active   bool
	Language string // in which they are told things: one of Languages, or "" if they never chose
	Version  int64  // counts the events of the account
}

// Actor returns the account as the one who acts.
func (a Account) Actor() domain.Actor { return domain.Actor{ID: a.ID, Name: a.Name, Role: a.Role} }

// Registration is what somebody types to get an account.
type Registration struct{ Email, Password, Name string }

// Profile is what people may change about themselves.
type Profile struct{ Name, Phone, Postcode, Line1, Line2 string }

// Roles are the roles an account can have, in the order they are offered.
var Roles = []domain.Role{domain.Customer, domain.Packer, domain.RoomAdmin, domain.Admin}

// Languages are those in which people can be told things.
var Languages = []string{"ko", "en"}

// The limits of what people type, in characters; a password's is in bytes.
const (
	MaxEmail    = 254 // what SMTP can deliver to
	MaxName     = 80
	MinPassword = 8
	MaxPassword = 1024 // more is refused before it is hashed
	maxAddress  = 100
)

// The throttle of guessing: so many wrong passwords for one address, then none is
// looked at until nothing was tried for as long as the window.
const (
	maxFailures   = 10
	failureWindow = 15 * time.Minute
)

const (
	tokenLife = 30 * 24 * time.Hour
	setupLife = 24 * time.Hour
	// idleLife ends a session nobody used; a page left open keeps it for openLife.
	// Staff sign in anew after openLife whatever they do.
	idleLife = 30 * time.Minute
	openLife = 12 * time.Hour
	// seenEvery is how often it is noted that a session is in use: a write for
	// every click would cost more than the click.
	seenEvery = time.Minute
	// endedLife is how long an ended session is remembered as such: longer than
	// any request lives.
	endedLife = time.Hour
)

// checks are the checks of this context's fields.
type checks struct{ domain.Checks }

// check returns what is to be stored of a registration, and all that is wrong with it.
func (r Registration) check() (Registration, error) {
	var c checks
	r.Email = c.address(r.Email)
	r.Name = c.person(r.Name)
	c.password("password", r.Password, r.Email)
	return r, c.Err()
}

// check returns what is to be stored of a profile, and all that is wrong with it.
func (p Profile) check() (Profile, error) {
	var c checks
	p.Name = c.person(p.Name)
	p.Line1 = c.Line("address", "err.accounts.field.address", normal(p.Line1), false, maxAddress)
	p.Line2 = c.Line("addressDetail", "err.accounts.field.address", normal(p.Line2), false, maxAddress)
	p.Phone = phoneMarks.Replace(p.Phone)
	c.Must(p.Phone == "" || len(p.Phone) >= 9 && len(p.Phone) <= 15 && allDigits(p.Phone), "phone", "err.phone")
	p.Postcode = strings.TrimSpace(p.Postcode)
	c.Must(p.Postcode == "" || len(p.Postcode) == 5 && allDigits(p.Postcode), "postcode", "err.postcode")
	return p, c.Err()
}

// phoneMarks takes out what people put between the digits.
var phoneMarks = strings.NewReplacer(" ", "", "-", "", ".", "", "(", "", ")", "")

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

func (c *checks) person(name string) string {
	return c.Line("name", "err.accounts.field.name", normal(name), true, MaxName)
}

func (c *checks) address(email string) string {
	a, err := Address(email)
	switch {
	case err == errNoAddress:
		c.Add("email", "err.required", "field", domain.Label("err.accounts.field.email"))
	case err == errLongAddress:
		c.Add("email", "err.accounts.email_long", "n", MaxEmail)
	case err != nil:
		c.Add("email", "err.accounts.email")
	}
	return a
}

func (c *checks) password(field, password, email string) {
	switch {
	case password == "":
		c.Add(field, "err.required", "field", domain.Label("err.accounts.field.password"))
	case len(password) > MaxPassword:
		c.Add(field, "err.accounts.password_long", "n", MaxPassword)
	case utf8.RuneCountInString(password) < MinPassword:
		c.Add(field, "err.accounts.password_short", "n", MinPassword)
	case common(password, email):
		c.Add(field, "err.accounts.password_common")
	}
}

// mayBecome decides whether an account may get the role and be active or not.
// otherAdmins is how many other active admins there are: somebody must be left to
// undo it.
func (a Account) mayBecome(role domain.Role, active bool, otherAdmins int) error {
	if !slices.Contains(Roles, role) {
		var c domain.Checks
		c.Add("role", "err.accounts.role")
		return c.Err()
	}
	stays := role == domain.Admin && active
	if a.Role == domain.Admin && a.Active && !stays && otherAdmins == 0 {
		return domain.Refuse(domain.Conflict, "err.accounts.last_admin").InState(string(a.Role))
	}
	return nil
}

// rights is the role an account in force acts with: one that is switched off has
// those of a visitor.
func (a Account) rights() domain.Role {
	if !a.Active {
		return domain.Visitor
	}
	return a.Role
}

// locked returns the refusal if so many wrong passwords, the newest at last, lock
// the address at now; nil otherwise.
func locked(n int64, last, now time.Time) error {
	left := last.Add(failureWindow).Sub(now)
	if n < maxFailures || left <= 0 {
		return nil
	}
	minutes := int((left + time.Minute - 1) / time.Minute)
	return domain.Refuse(domain.TooMany, "err.accounts.locked", "n", minutes).After(left)
}

// alive decides whether a session is still good at now, by when it was last used
// (seen) and when a page of it last had its stream open (streamed).
func alive(seen, streamed, now time.Time) bool {
	return now.Sub(seen) < idleLife || now.Sub(streamed) < idleLife && now.Sub(seen) < openLife
}
