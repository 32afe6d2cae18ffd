package notify

import (
	"context"
	"flag"
	"slices"
	"strings"
	"sync"
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

func TestMain(m *testing.M) {
	flag.Parse()
	goleak.VerifyTestMain(m)
}

var (
	// noon is when the tests take place: a Monday, 12:00 in Seoul.
	noon = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

	ana = Person{ID: domain.NewID(), Email: "ana@example.com", Name: "Ana", Lang: "en", Role: domain.Customer, Active: true}
	ben = Person{ID: domain.NewID(), Email: "ben@example.com", Name: "Ben", Role: domain.Customer, Active: true}
	pak = Person{ID: domain.NewID(), Email: "pak@example.com", Name: "Pak", Role: domain.Packer, Active: true}
	poe = Person{ID: domain.NewID(), Email: "poe@example.com", Name: "Poe", Role: domain.Packer, Active: true}
	cho = Person{ID: domain.NewID(), Email: "cho@example.com", Name: "Cho", Role: domain.RoomAdmin, Active: true}
	eve = Person{ID: domain.NewID(), Email: "eve@example.com", Name: "Eve", Role: domain.Admin, Active: true}
)

func actor(p Person) domain.Actor { return domain.Actor{ID: p.ID, Name: p.Name, Role: p.Role} }

// book is a Directory made of what a test says.
type book struct {
	mu     sync.Mutex
	people []Person
}

func (b *book) set(p Person) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.people = append(slices.DeleteFunc(b.people, func(is Person) bool { return is.ID == p.ID }), p)
}

func (b *book) find(ok func(Person) bool) (out []Person) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.people {
		if ok(p) {
			out = append(out, p)
		}
	}
	return out
}

func (b *book) People(_ context.Context, _ db.Querier, ids []string) ([]Person, error) {
	return b.find(func(p Person) bool { return slices.Contains(ids, p.ID) }), nil
}

func (b *book) Staff(_ context.Context, _ db.Querier, roles []domain.Role) ([]Person, error) {
	return b.find(func(p Person) bool { return p.Active && slices.Contains(roles, p.Role) }), nil
}

func (b *book) SetLanguage(_ context.Context, _ *db.Tx, id, lang string) error {
	for _, p := range b.find(func(p Person) bool { return p.ID == id }) {
		p.Lang = lang
		b.set(p)
	}
	return nil
}

// words draws what the catalogue says, and nothing else.
type words struct{}

func (words) Draw(d Draft) Drawn {
	var text []string
	for _, n := range d.Items {
		s := messages.Text(messages.Lang(d.To.Lang), n.Key+".body", n.Args...)
		if n.Reason != nil {
			s += "\n" + messages.Text(messages.Lang(d.To.Lang), "ntf.reason", "reason", n.Reason)
		}
		text = append(text, s)
	}
	first := d.Items[0]
	out := Drawn{Lang: d.To.Lang, Subject: messages.Text(messages.Lang(d.To.Lang), first.Key, first.Args...), Text: strings.Join(text, "\n")}
	if len(d.Items) > 1 {
		out.Subject = messages.Text(messages.Lang(d.To.Lang), "ntf."+string(first.Kind)+".many", "n", len(d.Items)+d.More)
	}
	if d.Token != "" {
		out.Unsubscribe = "https://shop.example/unsubscribe?token=" + d.Token
	}
	return out
}

// post is a channel that remembers what it was handed. answer, if set, decides.
type post struct {
	mu     sync.Mutex
	got    []Message
	answer func(ctx context.Context, m Message) error
	sent   chan struct{}
}

func newPost() *post { return &post{sent: make(chan struct{}, 1024)} }

// Send implements Sender.
func (p *post) Send(ctx context.Context, m Message) error {
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, m); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, m)
	p.sent <- struct{}{}
	return nil
}

func (p *post) answers(fn func(ctx context.Context, m Message) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = fn
}

func (p *post) all() []Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *post) subjects() (out []string) {
	for _, m := range p.all() {
		out = append(out, m.To+": "+m.Subject)
	}
	return out
}

// rig is the service on a real database with a clock that only the test moves.
type rig struct {
	*Service
	t          testing.TB
	now        atomic.Int64
	book       *book
	mail, chat *post
	hints      []Hint
	versions   map[event.Aggregate]int64
	log        []event.Envelope // all that was told so far
}

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
	r := &rig{t: t, book: &book{people: []Person{ana, ben, pak, poe, cho, eve}}, mail: newPost(), chat: newPost(),
		versions: map[event.Aggregate]int64{}}
	r.now.Store(noon.UnixMicro())
	clock := func() time.Time { return time.UnixMicro(r.now.Load()).UTC() }
	r.Service = r.service(dbtest.OpenWith(t, dsn, db.Options{Clock: clock}, Schema))
	return r
}

// service is one more process on the rig's database.
func (r *rig) service(d *db.DB) *Service {
	s := New(d, Settings{Directory: r.book, Renderer: words{}, Retry: time.Minute,
		Senders: map[Channel]Sender{Email: r.mail, Chat: r.chat}})
	s.Changed = func(hs []Hint) { r.hints = append(r.hints, hs...) }
	return s
}

func (r *rig) pass(d time.Duration) { r.now.Add(d.Microseconds()) }

func (r *rig) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// say stores what happened to an order or a booking, as its context would, and has it
// told.
func (r *rig) say(correlation string, evs ...event.Event) {
	r.t.Helper()
	r.hear(r.happen(correlation, evs...)...)
}

// happen stores what happened, and returns it as the queue would bring it.
func (r *rig) happen(correlation string, evs ...event.Event) (out []event.Envelope) {
	r.t.Helper()
	var last int64
	if n := len(r.log); n > 0 {
		last = r.log[n-1].Seq
	}
	r.must(r.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		next := map[event.Aggregate]int64{}
		for _, ev := range evs {
			kind, _, _ := strings.Cut(ev.Name(), ".")
			agg := event.Aggregate{Type: kind, ID: correlation}
			if kind == "orders" {
				agg.Type = event.Order
			}
			next[agg]++
			agg2 := agg
			agg2.Version = r.versions[agg] + next[agg]
			tx.Append(ctx, agg2, correlation, ev)
		}
		tx.AfterCommit(func() {
			for a, n := range next {
				r.versions[a] += n
			}
		})
		return nil
	}))
	evs2, err := r.DB.Unpublished(context.Background(), last, 1000)
	r.must(err)
	for _, e := range evs2 {
		if e.Seq > last {
			out = append(out, e)
		}
	}
	r.log = append(r.log, out...)
	return out
}

// hear hands events to the consumer, as the queue does: what it has had it does not get
// again.
func (r *rig) hear(evs ...event.Envelope) {
	r.t.Helper()
	r.must(r.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		fresh, err := tx.Fresh(ctx, "notify", heardOf(evs))
		if err != nil || len(fresh) == 0 {
			return err
		}
		return r.batch(db.Caused(ctx, fresh[len(fresh)-1]), tx, fresh)
	}))
}

func heardOf(evs []event.Envelope) []event.Envelope {
	names := (&Service{}).Consumer().Events()
	return slices.DeleteFunc(slices.Clone(evs), func(e event.Envelope) bool { return !slices.Contains(names, e.Name) })
}

// again hands events to the consumer past the record of what it has had.
func (r *rig) again(evs ...event.Envelope) {
	r.t.Helper()
	r.must(r.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return r.batch(ctx, tx, heardOf(evs))
	}))
}

// work sends what is due now, through both channels.
func (r *rig) work() { r.t.Helper(); r.workAs(r.Service) }

func (r *rig) workAs(s *Service) {
	r.t.Helper()
	for _, c := range []Channel{Chat, Email} {
		for more := true; more; {
			js, again, err := s.next(context.Background(), c, 100)
			r.must(err)
			for _, j := range js {
				s.work(context.Background(), newFlow(parallel), j)
			}
			more = again || len(js) > 0
		}
	}
}

// inbox are the titles of what somebody was told in the page, the oldest first.
func (r *rig) inbox(p Person) (out []string) {
	r.t.Helper()
	page, err := r.Notifications(context.Background(), actor(p), Filter{Limit: 200})
	r.must(err)
	for _, n := range page.Items {
		out = append(out, string(n.Kind)+"."+n.State)
	}
	slices.Reverse(out)
	return out
}

// states are the messages on record, the oldest first: to whom, what, and what became of it.
func (r *rig) states() (out []string) {
	r.t.Helper()
	for _, e := range r.ledger() {
		n := e.Notification
		out = append(out, e.Address+" "+string(e.Channel)+" "+string(n.Kind)+"."+n.State+" "+string(e.State))
	}
	return out
}

func (r *rig) ledger() []Entry {
	r.t.Helper()
	l, err := r.Ledger(context.Background(), actor(eve), LedgerFilter{Limit: 200})
	r.must(err)
	slices.Reverse(l.Items)
	return l.Items
}

// sound checks what must always hold.
func (r *rig) sound(t testing.TB) {
	t.Helper()
	twice, lost, err := r.Checks(context.Background())
	r.must(err)
	if twice+lost != 0 {
		t.Errorf("%d told twice of one event, %d messages that nobody sends", twice, lost)
	}
	gaps, err := db.One(context.Background(), r.DB, db.Int64,
		`select count(*) from (select agg_id from events where agg_type = 'message' group by agg_id having max(agg_version) <> count(*)) g`)
	r.must(err)
	if gaps != 0 {
		t.Errorf("%d messages with gaps in what is told of them", gaps)
	}
}

func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n%q\nwant\n%q", what, got, want)
	}
}
