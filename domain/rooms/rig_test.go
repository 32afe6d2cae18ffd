package rooms

import (
	"context"
	"errors"
	"flag"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
	"daybreak/views/messages"
)

// A history writes a hundred times to a disk, so there are fewer of them than usual.
func TestMain(m *testing.M) {
	flag.Parse()
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		flag.Set("rapid.checks", "20") //nolint:errcheck // rapid defines it
	}
	goleak.VerifyTestMain(m)
}

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

var (
	seoul = zone("Asia/Seoul")
	// monday is when the tests take place: a Monday, 08:00 in Seoul.
	monday = time.Date(2026, 11, 23, 8, 0, 0, 0, seoul).UTC()

	ana    = domain.Actor{ID: domain.NewID(), Name: "Ana", Role: domain.Customer}
	ben    = domain.Actor{ID: domain.NewID(), Name: "Ben", Role: domain.Customer}
	cho    = domain.Actor{ID: domain.NewID(), Name: "Cho", Role: domain.RoomAdmin}
	dan    = domain.Actor{ID: domain.NewID(), Name: "Dan", Role: domain.RoomAdmin}
	eve    = domain.Actor{ID: domain.NewID(), Name: "Eve", Role: domain.Admin}
	packer = domain.Actor{ID: domain.NewID(), Name: "Pak", Role: domain.Packer}
)

// rig is the service on a real database with a clock that only the test moves.
type rig struct {
	*Service
	now atomic.Int64
}

func (r *rig) at(hhmm string) { r.now.Store(hour(hhmm).UnixMicro()) }

// hour is a time of day on monday in Seoul, "15:04", or "2 15:04" two days later.
func hour(s string) time.Time {
	days := 0
	if d, rest, ok := strings.Cut(s, " "); ok {
		days, s = int(d[0]-'0'), rest
	}
	t, err := time.Parse("15:04", s)
	if err != nil {
		panic(err)
	}
	return time.Date(2026, 11, 23+days, t.Hour(), t.Minute(), 0, 0, seoul).UTC()
}

func text(s string) string { return hour(s).In(seoul).Format("2006-01-02T15:04") }

// onBoth runs fn on SQLite and on PostgreSQL, and looks afterwards whether all that must
// hold does.
func onBoth(t *testing.T, fn func(t *testing.T, r *rig)) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, dsn(t))
			fn(t, r)
			r.sound(t)
		})
	}
}

func newRig(t testing.TB, dsn string) *rig {
	r := &rig{}
	r.now.Store(monday.UnixMicro())
	clock := func() time.Time { return time.UnixMicro(r.now.Load()).UTC() }
	r.Service = New(dbtest.OpenWith(t, dsn, db.Options{Clock: clock}, Schema), seoul, Settings{})
	return r
}

// sound checks that nothing overlaps and that no aggregate has a gap in its versions.
func (r *rig) sound(t testing.TB) {
	t.Helper()
	n, err := r.Overlaps(context.Background())
	must(t, err)
	gaps, err := db.One(context.Background(), r.DB, db.Int64,
		`select count(*) from (select agg_id from events group by agg_type, agg_id having max(agg_version) <> count(*)) g`)
	must(t, err)
	if n != 0 || gaps != 0 {
		t.Errorf("%d overlaps, %d aggregates with gaps", n, gaps)
	}
}

type failer interface {
	Helper()
	Fatal(args ...any)
}

func must(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func ptr[T any](v T) *T { return &v }

// room makes a room that is open from 08:00 to 20:00 and confirms at once.
func (r *rig) room(t failer, name string, edit ...func(*Patch)) Room {
	t.Helper()
	p := Patch{Name: &name, Building: ptr("Main"), Floor: ptr("3"), Capacity: ptr(8), Approval: ptr(Automatic)}
	for _, e := range edit {
		e(&p)
	}
	room, err := r.Create(context.Background(), cho, p)
	must(t, err)
	return room
}

func approval(p *Patch) { p.Approval = ptr(Required) }

func draft(room Room, from, to string) Draft {
	return Draft{RoomID: room.ID, StartAt: text(from), EndAt: text(to), Title: "Plan"}
}

// book books for a and must succeed.
func (r *rig) book(t failer, a domain.Actor, room Room, from, to string) Booking {
	t.Helper()
	b, err := r.Book(context.Background(), a, draft(room, from, to))
	must(t, err)
	return b.Booking
}

// events returns the names of what happened to an aggregate.
func (r *rig) events(t testing.TB, id string) []string {
	t.Helper()
	evs, err := r.DB.Chain(context.Background(), id)
	must(t, err)
	var out []string
	for _, e := range evs {
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(e.Name, "rooms."), ".v1"))
	}
	return out
}

func (r *rig) wantEvents(t testing.TB, id string, want ...string) {
	t.Helper()
	if got := r.events(t, id); !slices.Equal(got, want) {
		t.Errorf("events %v, want %v", got, want)
	}
}

// last returns the newest event of an aggregate.
func last[E event.Event](t testing.TB, r *rig, id string) E {
	t.Helper()
	evs, err := r.DB.Chain(context.Background(), id)
	must(t, err)
	ev, err := evs[len(evs)-1].Decode()
	must(t, err)
	e, ok := ev.(E)
	if !ok {
		t.Fatalf("the last event is %T", ev)
	}
	return e
}

// refusal returns the code and the key of err, with the fields' keys if there are any,
// once a person could be told it in both languages.
func refusal(t testing.TB, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		t.Fatalf("not a refusal: %v", err)
	}
	tell := func(key string, args []any) {
		for _, lang := range []messages.Lang{messages.Ko, messages.En} {
			if s := messages.Text(lang, key, args...); !messages.Has(key) || strings.ContainsAny(s, "{}") {
				t.Errorf("%s says %q", key, s)
			}
		}
	}
	out := []string{string(e.Code)}
	for _, f := range e.Fields {
		tell(f.Key, f.Args)
		out = append(out, f.Name+"="+strings.TrimPrefix(f.Key, "err.rooms."))
	}
	if len(e.Fields) == 0 {
		tell(e.Key, e.Args)
		out = append(out, strings.TrimPrefix(e.Key, "err.rooms."))
	}
	return strings.Join(out, " ")
}

func wantRefusal(t testing.TB, what string, err error, want string) {
	t.Helper()
	if got := refusal(t, err); got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// argOf returns an argument of a refusal.
func argOf(err error, name string) any {
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		return nil
	}
	for i := 0; i+1 < len(e.Args); i += 2 {
		if e.Args[i] == name {
			return e.Args[i+1]
		}
	}
	return nil
}

func argTime(err error, name string) time.Time {
	l, _ := argOf(err, name).(domain.Local)
	return l.Time.UTC()
}

func (r *rig) count(t testing.TB, table string) int64 {
	t.Helper()
	n, err := db.One(context.Background(), r.DB, db.Int64, "select count(*) from "+table)
	must(t, err)
	return n
}
