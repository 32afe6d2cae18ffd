package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
	"daybreak/domain/stock"
)

// One of them again: go test . -run TestAnyLifeOfOrders -life 17 -lives 1
var (
	lives     = flag.Int("lives", enoughLives, "how many lives TestAnyLifeOfOrders goes through")
	firstLife = flag.Uint64("life", 0, "the seed of the first of them")
)

// enoughLives is so many that everything happens in one of them.
const enoughLives = 40

// Whatever customers, staff and the provider do, and in whatever order and how often
// the contexts hear of it: nothing is oversold, every context agrees with the orders in
// the end, and no money is kept or given back that should not be.
func TestAnyLifeOfOrders(t *testing.T) {
	t.Parallel()
	empty := emptyShop(t)
	var mu sync.Mutex
	told := map[string]int{}
	t.Run("lives", func(t *testing.T) {
		for i := range *lives {
			seed := *firstLife + uint64(i)
			t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
				t.Parallel()
				l := newLife(t, empty(t), seed)
				l.live()
				mu.Lock()
				defer mu.Unlock()
				for _, e := range l.log(0) {
					told[e.Name]++
				}
				told["lives"]++
			})
		}
	})
	if told["lives"] < enoughLives {
		return // only some were asked for, or ended well
	}
	for _, name := range event.Names() {
		if told[name] == 0 && slices.ContainsFunc([]string{"orders.", "stock.", "packing.", "delivery.", "payment."},
			func(prefix string) bool { return strings.HasPrefix(name, prefix) }) && !slices.Contains(elsewhere, name) {
			t.Errorf("in %d lives there was no %s", told["lives"], name)
		}
	}
	t.Log(told)
}

// elsewhere is what has tests of its own: what only people with a count of the shelf, or
// the worker of payment, cause, and the papers.
var elsewhere = []string{event.StockAdjusted{}.Name(), event.PaymentExpired{}.Name(), event.PackingPrinted{}.Name(),
	event.PackingBatched{}.Name(), event.PackingUnbatched{}.Name()}

// live goes through a life, and looks at it when everything has been heard. In half of
// them everybody then does his work.
func (l *life) live() {
	l.Helper()
	for _, p := range l.products {
		if l.rnd.IntN(3) > 0 {
			l.send(l.receive(p))
		}
	}
	for range []int{15, 40, 80}[l.rnd.IntN(3)] {
		if l.step(); l.rnd.IntN(20) == 0 {
			l.sound()
		}
	}
	l.settle()
	l.sound()
	l.agree()
	if l.rnd.IntN(2) == 0 {
		return
	}
	for _, p := range l.products {
		l.send(l.receive(p))
	}
	for range 8 {
		for _, id := range l.taken {
			l.send(l.onward(id))
		}
		l.settle()
	}
	l.sound()
	l.agree()
}

// emptyShop returns what copies a database that has all the tables.
func emptyShop(t *testing.T) func(t *testing.T) (dsn string) {
	t.Helper()
	dsn := dbtest.SQLite(t)
	d, err := db.Open(t.Context(), dsn, db.Options{})
	if err == nil {
		err = d.Migrate(t.Context(), delivery.Schema, lists.Schema, orders.Schema, packing.Schema, payment.Schema, stock.Schema)
	}
	if err == nil {
		err = d.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	image, err := os.ReadFile(strings.TrimPrefix(dsn, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), "life.db")
		if err := os.WriteFile(path, image, 0o600); err != nil {
			t.Fatal(err)
		}
		return "sqlite:" + path
	}
}
