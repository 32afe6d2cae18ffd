package web

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// gate is a provider behind a breaker that is open while shut says so.
type gate struct {
	*fakeGateway
	shut   atomic.Bool
	inside atomic.Int64
}

func (g *gate) Admit(ctx context.Context) (context.Context, func(), error) {
	if g.shut.Load() {
		return ctx, func() {}, payment.ErrOpen
	}
	g.inside.Add(1)
	return ctx, func() { g.inside.Add(-1) }, nil
}

func (g *gate) RetryIn() time.Duration { return 4200 * time.Millisecond }

// refusing makes the site turn customers away while the gate is shut.
func (s *site) refusing() *gate {
	g := &gate{fakeGateway: s.gateway}
	s.Orders.Payments = payment.New(s.db, g, payment.Settings{Refuse: true})
	return g
}

// While no payment can be taken nothing is stored, and the customer is told when to
// come back; who ordered before is answered as then.
func TestOverloadRefuses(t *testing.T) {
	s := newSite(t)
	g := s.refusing()
	bread := s.product("식빵", 5200, 10)
	p := s.apiClient(domain.Customer)
	first := p.post("/orders", orderOf(bread, 1), "Idempotency-Key", "k-1").want(http.StatusCreated)
	g.shut.Store(true)
	r := p.post("/orders", orderOf(bread, 1), "Idempotency-Key", "k-2").want(http.StatusServiceUnavailable)
	if got := r.header.Get("Retry-After"); got != "5" || r.problem().Detail != "Payments cannot be taken right now, so the order was not placed. Please try again in a moment." {
		t.Errorf("Retry-After %q, %s", got, r.body)
	}
	again := p.post("/orders", orderOf(bread, 1), "Idempotency-Key", "k-1").want(http.StatusCreated)
	if again.order().ID != first.order().ID || again.header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("the repeat of an order made before: %s", again.body)
	}
	if n := s.count(`select count(*) from orders`) + s.count(`select count(*) from payment_payments`) + s.count(`select reserved from stock_items`); n != 3 {
		t.Errorf("%d orders, payments and pieces held; want one each", n)
	}

	c := s.client(domain.Customer)
	c.get("/").submit("#add-" + bread)
	page := c.checkout("note", "놓치지 마세요").want(http.StatusServiceUnavailable).says("잠시 후 다시 시도해 주세요", "놓치지 마세요")
	g.shut.Store(false)
	page.submit(checkoutForm).want(http.StatusSeeOther).follow().says("주문성공", "놓치지 마세요")
	if n := g.inside.Load(); n != 0 {
		t.Errorf("%d places are still kept", n)
	}
}

// An order that cannot be made gives its place back.
func TestOverloadPlaceIsGivenBack(t *testing.T) {
	s := newSite(t)
	g := s.refusing()
	bread := s.product("식빵", 5200, 1)
	p := s.apiClient(domain.Customer)
	p.post("/orders", orderOf(bread, 2)).want(http.StatusConflict)
	p.post("/orders", orderOf(bread, 0)).want(http.StatusUnprocessableEntity)
	if n := g.inside.Load(); n != 0 {
		t.Errorf("%d places are still kept", n)
	}
}
