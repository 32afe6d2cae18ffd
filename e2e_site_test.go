package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

// TestMain is also the program itself: a test that needs a process which can be
// killed starts this binary again with asProgram set.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	code := m.Run()
	closeBrowser()
	sessions := goleak.IgnoreTopFunction("github.com/alexedwards/scs/v2/memstore.(*MemStore).startCleanup") // one a process
	if err := goleak.Find(sessions); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

const asProgram = "DAYBREAK_TEST_AS_PROGRAM"

// patience is how long a test waits for what must happen. It is for slow machines:
// nothing here takes long.
const patience = 60 * time.Second

// kind is what a site runs on.
type kind struct{ postgres, rabbit bool }

func (k kind) String() string {
	name := "sqlite"
	if k.postgres {
		name = "postgres"
	}
	if k.rabbit {
		return name + "+rabbitmq"
	}
	return name + "+built-in"
}

var (
	onSQLite = kind{}
	onRabbit = kind{postgres: true, rabbit: true}
)

// everywhere tells a story on both databases with both brokers.
func everywhere(t *testing.T, story func(t *testing.T, s *site)) {
	onEveryKind(t, func(t *testing.T, k kind) { story(t, newSite(t, k)) })
}

func onEveryKind(t *testing.T, story func(t *testing.T, k kind)) {
	for _, k := range []kind{{}, {postgres: true}, {rabbit: true}, {postgres: true, rabbit: true}} {
		t.Run(k.String(), func(t *testing.T) {
			t.Parallel()
			story(t, k)
		})
	}
}

// allInOne are the roles of the only process; split those of several.
var (
	allInOne = []string{"all"}
	split    = []string{"web,relay,jobs", "orders,payment,stock", "packing", "delivery", "rooms", "lists", "notify"}
)

// site is the product on a database of its own: its processes, and the people.
type site struct {
	t     *testing.T
	kind  kind
	env   map[string]string
	nodes map[string]func() // stops the process with these roles
	base  string            // of the process with the site

	db                                       *db.DB // past the program
	admin, packer, customer, other, roomsman *caller
}

const password = "a-cold-morning-in-march"

// newSite starts the product, in several processes if it has RabbitMQ.
func newSite(t *testing.T, k kind) *site {
	t.Helper()
	s := bareSite(t, k)
	for _, roles := range s.roles() {
		s.up(roles)
	}
	return s
}

// bareSite is a site of which nothing runs yet.
func bareSite(t *testing.T, k kind) *site {
	t.Helper()
	s := &site{t: t, kind: k, nodes: map[string]func(){}, env: map[string]string{"ADDR": "127.0.0.1:0", "LOG_LEVEL": logLevel()}}
	s.env["DATABASE_URL"] = dbtest.SQLite(t)
	if k.postgres {
		s.env["DATABASE_URL"] = dbtest.Postgres(t)
	}
	s.db = dbtest.Open(t, s.env["DATABASE_URL"], schemas...)
	s.people()
	if k.rabbit {
		s.env["AMQP_URL"], s.env["AMQP_PREFIX"] = rabbitURL(), rabbitPrefix(t)
	}
	if k.rabbit || k.postgres { // or every process would keep books of its own
		s.gateway()
	}
	t.Cleanup(func() {
		for _, roles := range slices.Sorted(maps.Keys(s.nodes)) {
			s.down(roles)
		}
	})
	return s
}

// logLevel is quiet: the program complains a lot when things are broken on purpose.
func logLevel() string {
	if l := os.Getenv("TEST_LOG"); l != "" {
		return l
	}
	return "error+8"
}

// roles are the roles of each process of the site.
func (s *site) roles() []string {
	if s.kind.rabbit {
		return split
	}
	return allInOne
}

func (s *site) people() {
	s.t.Helper()
	svc := accounts.New(s.db)
	make := func(name string, role domain.Role) *caller { return s.person(svc, name, role) }
	s.admin, s.packer, s.roomsman = make("Ada", domain.Admin), make("Pia", domain.Packer), make("Rob", domain.RoomAdmin)
	s.customer, s.other = make("Cleo", domain.Customer), make("Otto", domain.Customer)
}

// person makes an account with a token.
func (s *site) person(svc *accounts.Service, name string, role domain.Role) *caller {
	s.t.Helper()
	email := strings.ToLower(name) + "@example.org"
	a, err := svc.Ensure(s.t.Context(), email, name, role, password)
	if err != nil {
		s.t.Fatal(err)
	}
	token, _, err := svc.IssueToken(s.t.Context(), a.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return &caller{s: s, id: a.ID, email: email, token: token}
}

// up starts a process with roles and waits until it answers.
func (s *site) up(roles string) {
	s.t.Helper()
	if s.nodes[roles] != nil {
		s.t.Fatalf("%s runs already", roles)
	}
	env := maps.Clone(s.env)
	env["ROLES"] = roles
	addr, stop := start(s.t, []string{"serve"}, env)
	s.nodes[roles] = stop
	if addr != "" {
		s.base = "http://" + addr
	}
}

// down ends the process with roles as a supervisor would, and waits for its end.
func (s *site) down(roles string) {
	s.nodes[roles]()
	delete(s.nodes, roles)
}

// gateway starts a payment provider for all processes.
func (s *site) gateway() {
	s.t.Helper()
	ledger := "sqlite:" + filepath.Join(s.t.TempDir(), "provider")
	addr, stop := start(s.t, []string{"sandbox-gateway"}, map[string]string{"ADDR": "127.0.0.1:0", "DATABASE_URL": ledger, "LOG_LEVEL": logLevel()})
	s.t.Cleanup(stop)
	s.env["GATEWAY_URL"] = "http://" + addr
}

// start runs the program in this process until stop is called.
func start(t *testing.T, args []string, env map[string]string) (addr string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan string, 1), make(chan error, 1)
	go func() {
		done <- run(ctx, args, func(k string) string { return env[k] }, io.Discard, func(addr string) { ready <- addr })
	}()
	select {
	case addr = <-ready:
	case err := <-done:
		cancel()
		t.Fatalf("%v %s ended: %v", args, env["ROLES"], err)
	case <-time.After(patience):
		cancel()
		t.Fatalf("%v %s does not get ready", args, env["ROLES"])
	}
	return addr, func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("%v %s: %v", args, env["ROLES"], err)
			}
		case <-time.After(patience):
			t.Errorf("%v %s does not end", args, env["ROLES"])
		}
	}
}

func rabbitURL() string {
	if u := os.Getenv("TEST_AMQP"); u != "" {
		return u
	}
	return "amqp://guest:guest@127.0.0.1:5672/"
}

// rabbitPrefix returns names of the test's own, deleted from the broker after it.
func rabbitPrefix(t *testing.T) string {
	t.Helper()
	prefix := "e2e-" + strings.ToLower(domain.NewID())
	t.Cleanup(func() {
		c, err := amqp.Dial(rabbitURL())
		if err != nil {
			t.Errorf("RabbitMQ is needed (make test provides it; TEST_AMQP says where it is): %v", err)
			return
		}
		defer c.Close()
		for _, q := range append(slices.Clone(roleNames), "dead") {
			remove(t, c, func(ch *amqp.Channel) error { _, err := ch.QueueDelete(prefix+"."+q, false, false, false); return err })
		}
		for _, x := range []string{"events", "live", "dead"} {
			remove(t, c, func(ch *amqp.Channel) error { return ch.ExchangeDelete(prefix+"."+x, false, false) })
		}
	})
	return prefix
}

// remove tries a few times: a busy broker refuses to delete now and then.
func remove(t *testing.T, c *amqp.Connection, do func(ch *amqp.Channel) error) {
	var err error
	for range 5 {
		var ch *amqp.Channel
		if ch, err = c.Channel(); err != nil {
			break
		}
		err = do(ch)
		ch.Close()
		if err == nil {
			return
		}
	}
	t.Errorf("left behind on the broker: %v", err)
}

// eventually asks until the answer is yes.
func eventually(t testing.TB, what string, yes func() bool) {
	t.Helper()
	late := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not in time: %s", what)
		}
	}
}
