// Package views draws every page and every part of a page. A component gets what it
// shows as arguments, and who it is drawn for from the Env in the context; it asks
// nobody and decides nothing.
package views

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/views/messages"
)

// Env is what every page is drawn with: who reads it, how, and where they are.
type Env struct {
	Lang      messages.Lang
	Theme     string // "light", "dark" or "" for the device's
	Fonts     bool   // our own face is in the browser's cache
	Actor     domain.Actor
	Path      string
	Query     string // without "?"
	RequestID string
	Flash     *Flash
	CartCount int
	Unread    int      // notifications
	Since     string   // position of the live stream the page is drawn at; "" = not live
	Lists     []string // narrows the stream to what the page shows
	Stream    string   // a stream that only this page has, of which it lives without a login
	Scripts   []string // that only this page has; in its body, they would break a region fetched anew
	Now       time.Time
	Demo      bool
	Counts    map[string]int // counters of the staff rail: "orders", "packing", "deliveries"
}

// Flash is the result of the request before, told once on the next page. Family is
// g (done), r (refused), w (mind this) or i (for your information). Args fill the
// sentence Key as name, value, ….
type Flash struct {
	Family string
	Key    string
	Args   []string
}

// Here is the address of the page being drawn, path and query.
func (e *Env) Here() string {
	if e.Query == "" {
		return e.Path
	}
	return e.Path + "?" + e.Query
}

// streamURL is where the page's stream comes from.
func streamURL(e *Env) string {
	if e.Stream != "" {
		return query(e.Stream, "since", e.Since, "lang", string(e.Lang))
	}
	return LiveURL(e.Since, e.Lists)
}

// leaveURL is where one goes who may not have the stream any more: to sign in again, or
// to be told here what has become of the page.
func leaveURL(e *Env) string {
	if e.Stream != "" {
		return e.Here()
	}
	return LoginURL(e.Here())
}

// SignedIn reports whether the reader has an account.
func (e *Env) SignedIn() bool { return e.Actor.ID != "" && e.Actor.Role != domain.Visitor }

type envKey struct{}

// With returns ctx carrying e for everything drawn with it.
func With(ctx context.Context, e *Env) context.Context { return context.WithValue(ctx, envKey{}, e) }

// From returns the Env of ctx. Without one it is a Korean-reading visitor's, so that a
// component never fails for the lack of it.
func From(ctx context.Context) *Env {
	if e, ok := ctx.Value(envKey{}).(*Env); ok {
		return e
	}
	return &Env{Lang: messages.Ko, Path: "/", Now: domain.Now()}
}

// T returns the sentence key for the reader; args are name, value, ….
func T(ctx context.Context, key string, args ...any) string {
	return messages.Text(From(ctx).Lang, key, args...)
}

// Money prints an amount for the reader.
func Money(ctx context.Context, m domain.Money) string { return messages.Money(From(ctx).Lang, m) }

// Num prints a whole number.
func Num(n int) string { return messages.Number(int64(n)) }

// Date prints the day of t for the reader.
func Date(ctx context.Context, t time.Time) string {
	e := From(ctx)
	return messages.Date(e.Lang, t, e.now())
}

// DateTime prints day and time of t for the reader.
func DateTime(ctx context.Context, t time.Time) string {
	e := From(ctx)
	return messages.DateTime(e.Lang, t, e.now())
}

// Pick returns the text in the reader's language where a thing has a name in both;
// the Korean one if there is no English one.
func Pick(ctx context.Context, ko, en string) string {
	return Named(From(ctx).Lang, ko, en)
}

func (e *Env) now() time.Time {
	if e.Now.IsZero() {
		return domain.Now()
	}
	return e.Now
}

// relative is the text of When.
func relative(ctx context.Context, t time.Time) string {
	e := From(ctx)
	return messages.Relative(e.Lang, t, e.now())
}

// flashText fills the sentence of a flash.
func flashText(ctx context.Context, f *Flash) string {
	args := make([]any, len(f.Args))
	for i, a := range f.Args {
		args[i] = a
	}
	return T(ctx, f.Key, args...)
}
