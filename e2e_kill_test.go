package main

import (
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
)

// promises is what twenty customers know of their orders.
type promises struct {
	sync.Mutex
	acked map[string]string // order by key: it was promised
	open  map[string]bool   // keys sent that were not answered
}

// TestKilled kills the program again and again at a moment nobody chose, while
// customers order. Whatever was promised is there afterwards, and what was not can
// be asked for again under its key.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds := 5
	if n, err := strconv.Atoi(os.Getenv("TEST_KILLS")); err == nil {
		rounds = n
	}
	s := bareSite(t, onSQLite)
	known := &promises{acked: map[string]string{}, open: map[string]bool{}}
	const stock = 1_000_000
	var bread string
	for round := range rounds {
		p := launch(t, []string{"serve"}, s.env)
		s.base = p.base
		if round == 0 {
			bread = s.product(t, stock)
		}
		s.again(t, known, bread)
		s.orderUntilKilled(t, p, known, bread)
	}

	p := launch(t, []string{"serve"}, s.env)
	s.base = p.base
	s.again(t, known, bread)
	var ids []string
	for _, id := range known.acked {
		ids = append(ids, id)
	}
	t.Logf("%d orders over %d kills", len(ids), rounds)
	s.exactlyOnce(t, ids)
	listed := map[string]string{}
	eventually(t, "all orders are placed", func() bool {
		clear(listed)
		placed := 0
		for _, o := range all[anOrder](t, s.admin, "/staff/orders") {
			listed[o.ID] = o.Status
			if o.Status == "PLACED" {
				placed++
			}
		}
		return placed >= len(ids)
	})
	if len(listed) != len(ids) {
		t.Errorf("%d orders on the board, %d were promised", len(listed), len(ids))
	}
	for key, id := range known.acked {
		if listed[id] != "PLACED" {
			t.Errorf("order %s, promised under %s, is %q", id, key, listed[id])
		}
	}
	if x := s.stockOf(t, bread); x.OnHand != stock || x.Reserved != int64(len(ids)) {
		t.Errorf("%d orders, and the stock is on hand %d, reserved %d", len(ids), x.OnHand, x.Reserved)
	}
	s.sound(t)
	p.end(t)
}

// orderUntilKilled has twenty customers order until the process is killed.
func (s *site) orderUntilKilled(t *testing.T, p *process, known *promises, product string) {
	t.Helper()
	base := *s.customer
	killed := time.AfterFunc(time.Duration(rand.Int64N(int64(700*time.Millisecond))), func() { p.cmd.Process.Kill() }) //nolint:errcheck // as above
	defer killed.Stop()
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for {
				key := domain.NewID()
				known.Lock()
				known.open[key] = true
				known.Unlock()
				a, err := base.ask("POST", "/api/v1/orders", key, orderOf(product, 1))
				if err != nil {
					return // killed
				}
				if a.StatusCode != http.StatusCreated {
					t.Errorf("under load: %s %s", a.Status, a.body)
					return
				}
				known.promise(t, key, read[anOrder](t, a).ID)
			}
		})
	}
	wg.Wait()
	p.ends()
}

func (k *promises) promise(t *testing.T, key, id string) {
	k.Lock()
	defer k.Unlock()
	if old := k.acked[key]; old != "" && old != id {
		t.Errorf("one key, two orders: %s and %s", old, id)
	}
	k.acked[key] = id
	delete(k.open, key)
}

// again sends what was not answered once more, and some of what was.
func (s *site) again(t *testing.T, known *promises, product string) {
	t.Helper()
	var keys []string
	for key := range known.open {
		keys = append(keys, key)
	}
	for key := range known.acked {
		if len(keys) < len(known.open)+20 {
			keys = append(keys, key)
		}
	}
	for _, key := range slices.Compact(keys) {
		a, err := s.customer.ask("POST", "/api/v1/orders", key, orderOf(product, 1))
		if err != nil {
			t.Fatal(err)
		}
		known.promise(t, key, read[anOrder](t, a.want(t, http.StatusCreated)).ID)
	}
}
