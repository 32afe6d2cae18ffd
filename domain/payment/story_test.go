package payment_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/payment"
)

// story is a shop with a provider that lies, crashes between every two steps, and
// events that come twice. What happens follows from the seed, but for the order in which
// the calls of a worker come.
type story struct {
	*rig
	rnd    *rand.Rand
	liar   *liar
	seed   uint64
	orders []*told
}

// told is what an order has asked of its payment.
type told struct {
	id, payment string
	amount      domain.Money
	parts       []domain.Money
	ended       bool
}

func (s *story) restart() {
	s.Service = payment.New(s.db, s.liar, payment.Settings{Secret: secret})
}

func (s *story) order() {
	o := &told{id: fmt.Sprintf("S%d-%d", s.seed, len(s.orders)), amount: domain.Money(1 + s.rnd.IntN(5000))}
	o.payment = s.request(o.id, o.amount)
	s.orders = append(s.orders, o)
	if s.rnd.IntN(4) == 0 {
		return // the process ends before it asks
	}
	out := s.Charge(s.t.Context(), o.payment, o.amount)
	if s.rnd.IntN(4) == 0 {
		return // … or before it records the answer
	}
	s.settle(o.payment, out)
}

// any returns an order at random.
func (s *story) any() *told { return s.orders[s.rnd.IntN(len(s.orders))] }

func (s *story) step() {
	s.t.Helper()
	switch n := s.rnd.IntN(100); {
	case n < 20 || len(s.orders) == 0:
		s.order()
	case n < 35:
		o := s.any()
		if o.ended {
			return
		}
		o.parts = append(o.parts, domain.Money(1+s.rnd.IntN(int(o.amount))))
		s.part(fmt.Sprint(o.id, "-part", len(o.parts)), o.id, o.parts[len(o.parts)-1])
	case n < 40: // told again
		if o := s.any(); len(o.parts) > 0 {
			s.part(fmt.Sprint(o.id, "-part1"), o.id, o.parts[0])
		}
	case n < 50:
		o := s.any()
		o.ended = true
		s.ended(o.id)
	case n < 65:
		s.callback()
	case n < 80:
		s.rounds()
	case n < 85: // a worker takes on work and dies
		if _, err := s.Claim(s.t.Context(), 3); err != nil {
			s.t.Fatal(err)
		}
	case n < 90:
		s.restart()
	default:
		s.pass(time.Duration(s.rnd.IntN(400)) * time.Second)
	}
}

func (s *story) callback() bool {
	s.t.Helper()
	c, ok := s.liar.deliver()
	if ok {
		if _, err := s.hears(c); err != nil {
			s.t.Errorf("%+v: %v", c, err)
		}
	}
	return ok
}

// end lets the provider be honest, and time pass until nobody has anything to do.
func (s *story) end() {
	s.t.Helper()
	s.liar.honest = true
	for range 40 {
		s.pass(6 * time.Minute)
		s.rounds()
	}
	for s.callback() {
	}
	for range 3 {
		s.pass(6 * time.Minute)
		s.rounds()
	}
}

// check compares what the provider has with what the orders asked for.
func (s *story) check() {
	s.t.Helper()
	r := s.reconciled()
	if r.Found+r.Open != 0 {
		s.t.Errorf("books: %+v", r)
	}
	h, err := s.Health(s.t.Context())
	if err != nil || h.Waiting+h.RefundsDue != 0 {
		s.t.Errorf("something still waits: %+v %v", h, err)
	}
	for _, o := range s.orders {
		p, err := s.Find(s.t.Context(), o.payment)
		if err != nil {
			s.t.Fatal(err)
		}
		back := domain.Money(0)
		for _, part := range o.parts {
			back = min(o.amount, back+part)
		}
		if o.ended {
			back = o.amount
		}
		b := s.liar.charges[o.payment]
		taken := b != nil && !b.declined
		switch {
		case taken && p.Status == event.PaymentStateExpired, !taken && p.Captured != 0, taken && p.Captured != o.amount:
			s.t.Errorf("%s: the provider has %+v, we have %+v", o.id, b, p)
		case taken && p.Refunded != back && !(p.Refunded == o.amount && lateOnly(p)):
			s.t.Errorf("%s: %d went back, want %d: %+v", o.id, p.Refunded, back, p)
		}
		told := " " + s.history(o.id) + " "
		if n := strings.Count(told, " approved "); n > 1 {
			s.t.Errorf("%s was approved %d times: %s", o.id, n, told)
		}
	}
	s.sound()
}

// lateOnly reports whether the money came when the payment had been given up, so that
// all of it went back.
func lateOnly(p payment.Listed) bool {
	for _, r := range p.Refunds {
		if r.Cause == "late" {
			return true
		}
	}
	return false
}

// Whatever the provider answers, whenever we crash and however often we are told: what
// was taken is what we say was taken, and what is owed goes back, each once.
func TestLies(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		stories := uint64(30)
		if strings.Contains(t.Name(), "postgres") {
			stories = 6
		}
		for seed := range stories {
			rnd := rand.New(rand.NewPCG(seed, 11))
			s := &story{rig: r, rnd: rnd, seed: seed,
				liar: &liar{rnd: rnd, charges: map[string]*booked{}, refunds: map[string]payment.RefundRequest{}}}
			s.liar.early = func(c payment.Callback) {
				if _, err := s.hears(c); err != nil {
					t.Errorf("%+v: %v", c, err)
				}
			}
			s.liar.asked = func(key string) {
				if p, err := s.Find(t.Context(), key); err != nil || !p.Waiting() {
					t.Errorf("a charge is asked for that nobody wants any more: %+v %v", p, err)
				}
			}
			for _, table := range []string{"payment_payments", "payment_refunds", "payment_mismatches"} {
				r.exec("delete from " + table) // each story has books of its own
			}
			s.restart()
			for range 80 {
				s.step()
			}
			s.end()
			s.check()
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
	})
}
