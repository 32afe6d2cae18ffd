package main

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
)

// An order sent twenty times at once under one key is one order, and every answer is
// the first one.
func TestSameKeySameOrder(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 100)
		key, replayed := domain.NewID(), 0
		bodies := map[string]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				a, err := s.customer.ask("POST", "/api/v1/orders", key, orderOf(bread, 1))
				if err != nil || a.StatusCode != http.StatusCreated {
					t.Errorf("%v %s", err, a.body)
					return
				}
				mu.Lock()
				defer mu.Unlock()
				bodies[string(a.body)]++
				if a.Header.Get("Idempotency-Replayed") == "true" {
					replayed++
				}
			})
		}
		wg.Wait()
		if len(bodies) != 1 || replayed != 19 {
			t.Errorf("%d different answers, %d marked as repeated: %v", len(bodies), replayed, bodies)
		}
		other, err := s.customer.ask("POST", "/api/v1/orders", key, orderOf(bread, 2))
		if err != nil {
			t.Fatal(err)
		}
		other.want(t, http.StatusUnprocessableEntity)
		// A key is its sender's own.
		foreign, err := s.other.ask("POST", "/api/v1/orders", key, orderOf(bread, 1))
		if err != nil {
			t.Fatal(err)
		}
		o := read[anOrder](t, foreign.want(t, http.StatusCreated))
		s.taskOf(t, o.ID)
		if got := all[anOrder](t, s.admin, "/staff/orders"); len(got) != 2 {
			t.Errorf("%d orders, want 2", len(got))
		}
		if x := s.stockOf(t, bread); x.Reserved != 2 {
			t.Errorf("2 orders hold %d", x.Reserved)
		}
		s.sound(t)
	})
}

// An event that nobody can read is put aside and shown to a person. What came after
// it is not held up, and neither is it by one of a version that nobody knows yet.
func TestPoison(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 10)
		unreadable := s.happened(t, "orders.placed.v1", `{"lines":"from a later day"}`)
		unknown := s.happened(t, "orders.placed.v2", `{"lines":[]}`)

		o := s.customer.order(t, bread, 1)
		s.taskOf(t, o.ID)
		s.deliveryOf(t, o.ID)
		type dead struct {
			ID, Consumer, Error string
			Event               struct{ EventID string }
		}
		var parked []dead
		hearers := []string{"packing", "delivery", "lists", "notify"}
		eventually(t, "all who hear of it have put the event aside", func() bool {
			parked = get[aPage[dead]](t, s.admin, "/staff/dead-letters").Items
			return len(parked) >= len(hearers)
		})
		by := map[string]dead{}
		for _, d := range parked {
			by[d.Consumer] = d
			if d.Event.EventID != unreadable || d.Error == "" {
				t.Errorf("parked: %+v (the other was %s)", d, unknown)
			}
		}
		for _, c := range hearers {
			if by[c].ID == "" {
				t.Errorf("%s has not put the event aside: %+v", c, parked)
			}
		}

		// Trying again does not mend it; a person decides, and says why.
		s.admin.do(t, "POST", "/staff/dead-letters/"+by["packing"].ID+"/retry", struct{}{}).want(t, http.StatusOK)
		eventually(t, "it is put aside again", func() bool {
			return len(get[aPage[dead]](t, s.admin, "/staff/dead-letters").Items) == len(parked)
		})
		s.admin.refused(t, http.StatusUnprocessableEntity, "POST", "/staff/dead-letters/"+by["packing"].ID+"/discard", map[string]any{"reason": ""})
		for _, d := range parked {
			s.admin.do(t, "POST", "/staff/dead-letters/"+d.ID+"/discard", map[string]any{"reason": "a test wrote it"}).want(t, http.StatusOK)
		}
		if left := get[aPage[dead]](t, s.admin, "/staff/dead-letters").Items; len(left) != 0 {
			t.Errorf("discarded, there are %+v", left)
		}
		s.pack(t, o.ID)
		s.sound(t)
	})
}

// happened puts an event into the log that no version of the program wrote.
func (s *site) happened(t *testing.T, name, data string) (id string) {
	t.Helper()
	id = domain.NewID()
	err := s.db.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.Exec(ctx, `/* test.happened */ insert into events
			(id, name, agg_type, agg_id, agg_version, correlation, causation, actor_id, actor_name, actor_role, at, data)
			values ($1, $2, 'order', $3, 1, $3, '', '', '', 'system', $4, $5)`,
			id, name, domain.NewID(), db.Micros(tx.Now), data)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `/* test.outbox */ insert into outbox (seq) select seq from events where id = $1`, id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A wrong body is told field by field, and nothing of it is stored.
func TestRefusedOrders(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 10)
	s.customer.lang = "ko"
	for what, x := range map[string]struct {
		status int
		change func(map[string]any)
	}{
		"no lines":        {422, func(o map[string]any) { o["lines"] = []any{} }},
		"no address":      {422, func(o map[string]any) { o["address"] = "  " }},
		"none of it":      {422, func(o map[string]any) { o["lines"] = []any{map[string]any{"productId": bread, "qty": 0}} }},
		"less than none":  {422, func(o map[string]any) { o["lines"] = []any{map[string]any{"productId": bread, "qty": -3}} }},
		"a thousand":      {422, func(o map[string]any) { o["lines"] = []any{map[string]any{"productId": bread, "qty": 1000}} }},
		"unknown product": {422, func(o map[string]any) { o["lines"] = []any{map[string]any{"productId": domain.NewID(), "qty": 1}} }},
		"more than there": {409, func(o map[string]any) { o["lines"] = []any{map[string]any{"productId": bread, "qty": 11}} }},
		"twice too many": {409, func(o map[string]any) {
			line := map[string]any{"productId": bread, "qty": 6}
			o["lines"] = []any{line, line}
		}},
		"a field of its own": {400, func(o map[string]any) { o["status"] = "DELIVERED" }},
	} {
		t.Run(what, func(t *testing.T) {
			body := orderOf(bread, 1)
			x.change(body)
			p := s.customer.refused(t, x.status, "POST", "/orders", body)
			if !strings.ContainsFunc(p.Detail, func(r rune) bool { return r >= '가' && r <= '힣' }) {
				t.Errorf("not in the caller's language: %q", p.Detail)
			}
		})
	}
	if n := len(all[anOrder](t, s.customer, "/orders")); n != 0 {
		t.Errorf("%d orders although all were refused", n)
	}
	if x := s.stockOf(t, bread); x.Reserved != 0 {
		t.Errorf("refused orders hold %d", x.Reserved)
	}
}
