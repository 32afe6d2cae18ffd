package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// paySite is a site with settings of its own, whose payment provider can be made to fail.
func paySite(t *testing.T, k kind, settings ...string) *site {
	t.Helper()
	s := bareSite(t, k)
	if s.env["GATEWAY_URL"] == "" {
		s.gateway()
	}
	for i := 0; i+1 < len(settings); i += 2 {
		s.env[settings[i]] = settings[i+1]
	}
	for _, roles := range s.roles() {
		s.up(roles)
	}
	return s
}

// moneyEverywhere tells a story about money on both databases with both brokers.
func moneyEverywhere(t *testing.T, story func(t *testing.T, s *site), settings ...string) {
	onEveryKind(t, func(t *testing.T, k kind) { story(t, paySite(t, k, settings...)) })
}

// provider sets how the payment provider fails; nothing makes it well.
func (s *site) provider(t testing.TB, faults map[string]any) {
	t.Helper()
	b, err := json.Marshal(faults)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), "PUT", s.env["GATEWAY_URL"]+"/faults", bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("faults: %s", res.Status)
	}
}

// taken is what the provider has in its own books of one order.
type taken struct{ charges, captured, refunded int64 }

// providersBooks are what the provider took and gave back, by order.
func (s *site) providersBooks(t testing.TB) map[string]taken {
	t.Helper()
	out := map[string]taken{}
	for after := ""; ; {
		req, err := http.NewRequestWithContext(t.Context(), "GET", s.env["GATEWAY_URL"]+"/ledger?after="+after, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Items []struct {
				Key, OrderID       string
				Captured, Refunded int64
			}
		}
		err = json.NewDecoder(res.Body).Decode(&page)
		res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 0 {
			return out
		}
		for _, x := range page.Items {
			b := out[x.OrderID]
			if x.Captured > 0 {
				b.charges++
			}
			b.captured += x.Captured
			b.refunded += x.Refunded
			out[x.OrderID], after = b, x.Key
		}
	}
}

// becomes waits until an order of the customer's has the status.
func (s *site) becomes(t testing.TB, order, status string) anOrder {
	t.Helper()
	var o anOrder
	eventually(t, "order "+order+" is "+status, func() bool {
		o = get[anOrder](t, s.admin, "/staff/orders/"+order)
		return o.Status == status
	})
	return o
}

// agreed waits until both books say the same of everything.
func (s *site) agreed(t testing.TB) {
	t.Helper()
	eventually(t, "both books agree", func() bool {
		b := get[struct {
			Open        int
			Differences []any
		}](t, s.admin, "/staff/reconciliation")
		return b.Open == 0 && b.Differences != nil && len(b.Differences) == 0
	})
	s.sound(t)
}

// What is not there is sold all the same; when it comes in, who ordered first gets it
// first, and pays only then.
func TestBackorderServesTheOldestFirst(t *testing.T) {
	t.Parallel()
	moneyEverywhere(t, func(t *testing.T, s *site) {
		chair := post[aProduct](t, s.admin, "/products", map[string]any{"name": "Chair", "price": 5200, "outOfStock": "backorder"}).ID
		mine := s.customer.live(t, "lists=my-orders")
		first, second, third := s.customer.order(t, chair, 2), s.other.order(t, chair, 1), s.customer.order(t, chair, 1)
		for _, o := range []anOrder{first, second, third} {
			if o.Status != "BACKORDERED" || o.PaymentStatus != "" {
				t.Errorf("ordered: %+v", o)
			}
		}
		mine.awaitOrder("my-orders", first.ID, "BACKORDERED")
		if x := s.stockOf(t, chair); x.OnHand != 0 || x.Reserved != 0 {
			t.Errorf("the stock is %+v", x)
		}
		receive := func(n int) { post[aStock](t, s.packer, "/stock/"+chair+"/receive", map[string]any{"qty": n}) }
		receive(1) // not enough for the first, and the second is not served before it
		receive(1)
		mine.awaitOrder("my-orders", first.ID, "PLACED")
		for id, want := range map[string]string{second.ID: "BACKORDERED", third.ID: "BACKORDERED"} {
			s.becomes(t, id, want)
		}
		s.other.do(t, "POST", "/orders/"+second.ID+"/cancel", map[string]any{}).want(t, http.StatusOK)
		receive(1)
		mine.awaitOrder("my-orders", third.ID, "PLACED")
		s.becomes(t, second.ID, "CANCELLED")
		if books := s.providersBooks(t); books[first.ID].captured != 10400 || books[third.ID].captured != 5200 || books[second.ID].charges != 0 {
			t.Errorf("taken: %+v", books)
		}
		s.agreed(t)
	})
}

// The provider is down: orders are taken, nothing is packed, and when it is back each is
// paid, once, by itself.
func TestPaymentsAway(t *testing.T) {
	t.Parallel()
	moneyEverywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 100)
		s.provider(t, map[string]any{"failRate": 1})
		mine := s.customer.live(t, "lists=my-orders")
		var ids []string
		for range 10 {
			o := s.customer.order(t, bread, 1)
			if o.Status != "PENDING_PAYMENT" || !o.CanCancel {
				t.Fatalf("ordered: %+v", o)
			}
			ids = append(ids, o.ID)
		}
		if x := s.stockOf(t, bread); x.Reserved != 10 {
			t.Errorf("the stock is %+v", x)
		}
		if tasks := all[aTask](t, s.packer, "/staff/packing"); len(tasks) != 0 {
			t.Errorf("%d unpaid orders are to be packed", len(tasks))
		}
		gone := ids[9]
		s.customer.do(t, "POST", "/orders/"+gone+"/cancel", map[string]any{}).want(t, http.StatusOK)
		s.provider(t, map[string]any{})
		for _, id := range ids[:9] {
			mine.awaitOrder("my-orders", id, "PLACED")
		}
		s.exactlyOnce(t, ids[:9])
		books := s.providersBooks(t)
		for _, id := range ids[:9] {
			if b := books[id]; b.charges != 1 || b.captured != 5200 || b.refunded != 0 {
				t.Errorf("of %s the provider took %+v", id, b)
			}
		}
		if b := books[gone]; b.captured != b.refunded {
			t.Errorf("of the cancelled order the provider kept %+v", b)
		}
		s.agreed(t)
	})
}

// Where customers are turned away instead, nothing is stored and nothing is asked for.
func TestPaymentsAwayAndRefused(t *testing.T) {
	t.Parallel()
	moneyEverywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 1000)
		s.provider(t, map[string]any{"failRate": 1})
		var refused answer
		taken := -1
		eventually(t, "the breaker opens", func() bool {
			refused = s.customer.do(t, "POST", "/orders", orderOf(bread, 1))
			taken++
			return refused.StatusCode == http.StatusServiceUnavailable
		})
		if p := read[aProblem](t, refused); p.Detail == "" || refused.Header.Get("Retry-After") == "" {
			t.Errorf("turned away with %s", refused.body)
		}
		var waiting []anOrder
		eventually(t, "the list has what was taken", func() bool {
			waiting = all[anOrder](t, s.customer, "/orders")
			return len(waiting) == taken
		})
		held := s.stockOf(t, bread).Reserved
		for range 5 {
			s.customer.do(t, "POST", "/orders", orderOf(bread, 1)).want(t, http.StatusServiceUnavailable)
		}
		if now := all[anOrder](t, s.customer, "/orders"); len(now) != len(waiting) || s.stockOf(t, bread).Reserved != held {
			t.Errorf("turned away, there are %d orders after %d", len(now), len(waiting))
		}
		s.provider(t, map[string]any{})
		for _, o := range waiting { // what was asked before the breaker opened is still paid
			s.becomes(t, o.ID, "PLACED")
		}
		eventually(t, "orders are taken again", func() bool {
			return s.customer.do(t, "POST", "/orders", orderOf(bread, 1)).StatusCode == http.StatusCreated
		})
		s.agreed(t)
	}, "PAYMENT_OVERLOAD", "refuse")
}

// The provider takes the money and does not say so in time: the order is placed or the
// money given back, never both and never neither.
func TestPaidTooLateToBeTold(t *testing.T) {
	t.Parallel()
	moneyEverywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 100)
		s.provider(t, map[string]any{"hangRate": 1})
		kept, dropped := s.customer.order(t, bread, 1), s.customer.order(t, bread, 2)
		for _, o := range []anOrder{kept, dropped} {
			if o.Status != "PENDING_PAYMENT" {
				t.Fatalf("without an answer: %+v", o)
			}
		}
		s.customer.do(t, "POST", "/orders/"+dropped.ID+"/cancel", map[string]any{}).want(t, http.StatusOK)
		s.provider(t, map[string]any{})
		s.becomes(t, kept.ID, "PLACED")
		eventually(t, "the money of the cancelled order is back", func() bool {
			b := s.providersBooks(t)[dropped.ID]
			return b.charges == 1 && b.captured == 10400 && b.refunded == 10400
		})
		if b := s.providersBooks(t)[kept.ID]; b.charges != 1 || b.captured != 5200 || b.refunded != 0 {
			t.Errorf("of the order that goes on the provider took %+v", b)
		}
		s.becomes(t, dropped.ID, "CANCELLED")
		s.agreed(t)
	})
}
