package domain

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Code says what kind of failure an error is. web turns it into a status in one place.
type Code string

// The codes, with the HTTP status each becomes.
const (
	Internal        Code = "internal"        // 500
	Malformed       Code = "malformed"       // 400: could not be read at all
	Unauthenticated Code = "unauthenticated" // 401
	Forbidden       Code = "forbidden"       // 403
	NotFound        Code = "not_found"       // 404: also what is not yours
	Conflict        Code = "conflict"        // 409: the state does not allow it
	Invalid         Code = "invalid"         // 422: a field is wrong
	TooMany         Code = "too_many"        // 429
	Unavailable     Code = "unavailable"     // 503
)

// Error is a failure a person can be told about. Key names the sentence in the
// message catalogue and Args fill its placeholders (name, value, name, value, …),
// so that domain code knows no language.
type Error struct {
	Code    Code
	Key     string
	Args    []any
	Fields  []Field
	Current string        // for Conflict: the state in force
	Retry   time.Duration // for TooMany and Unavailable: when to come back
	Cause   error         // for the log only, never shown
}

// Field is what is wrong with one field of the input. Name is the JSON name,
// "lines[0].qty" for one in a list.
type Field struct {
	Name string
	Key  string
	Args []any
}

// Error implements error, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Code, e.Key)
	if len(e.Args) > 0 {
		fmt.Fprintf(&b, " %v", e.Args)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, "; %s: %s %v", f.Name, f.Key, f.Args)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Refuse returns an Error that says the sentence key, filled with args.
func Refuse(c Code, key string, args ...any) *Error {
	return &Error{Code: c, Key: key, Args: args}
}

// InState returns e with the state in force added, for Conflict.
func (e *Error) InState(state string) *Error { e.Current = state; return e }

// After returns e saying when to come back.
func (e *Error) After(d time.Duration) *Error { e.Retry = d; return e }

// Because returns e with its cause for the log.
func (e *Error) Because(err error) *Error { e.Cause = err; return e }

// Missing is the NotFound for a thing of a kind ("order", "product", …); the
// same whether it does not exist or is somebody else's.
func Missing(kind string) *Error { return Refuse(NotFound, "err.missing."+kind) }

// CodeOf returns the code of err, Internal for an error that has none.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Checks collects what is wrong with an input, so that a person is told all of it at once.
type Checks []Field

// Add notes that the field name is wrong in the way of the sentence key.
func (c *Checks) Add(name, key string, args ...any) {
	*c = append(*c, Field{name, key, args})
}

// Must notes the sentence key for the field name unless ok, and returns ok.
func (c *Checks) Must(ok bool, name, key string, args ...any) bool {
	if !ok {
		c.Add(name, key, args...)
	}
	return ok
}

// Err returns nil if nothing is wrong, else one Invalid error with every field.
func (c Checks) Err() error {
	if len(c) == 0 {
		return nil
	}
	return &Error{Code: Invalid, Key: "err.summary", Args: []any{"n", len(c)}, Fields: c}
}
