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
// events that come twice. What happens follows from the seed, but for when exactly a
// worker of which some calls fail takes a rest.
type story struct {
	*rig
	rnd    *rand.Rand
	liar   *liar
	seed   uint64
	orders []*told
	nth    map[string]int // of the orders, by their payments
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
	s.nth[o.payment] = len(s.orders)
	s.orders = append(s.orders, o)
	if s.rnd.IntN(4) == 0 {
		return // the process ends before it asks
	}
	out := s.Service.Charge(s.t.Context(), o.payment, o.id, o.amount)
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
	case n < 83: // a worker takes on work and dies
		if _, err := s.Claim(s.t.Context(), 3); err != nil {
			s.t.Fatal(err)
		}
	case n < 87: // … or it dies between its calls and the recording of what came of them
		s.liar.deaf = true
		s.rounds()
		s.liar.deaf = false
		s.restart()
	case n < 90:
		s.restart()
	default:
		s.pass(time.Duration(s.rnd.IntN(400)) * time.Second)
	}
}

func (s *story) callback() bool {
	s.t.Helper()
	c, ok := s.liar.deliver(s.rnd)
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
	var kept, keeps domain.Money // by the provider, and of what the customers keep
	for _, o := range s.orders {
		b := s.liar.charges[o.payment]
		taken := b != nil && !b.declined
		keeps += s.checkOrder(o, b, taken)
		if taken {
			kept += b.Amount - b.back
		}
	}
	if r.Captured-r.Refunded != kept || kept != keeps {
		s.t.Errorf("the provider keeps %d, the customers %d, and we say %+v", kept, keeps, r)
	}
	s.parked()
	s.sound()
}

// checkOrder compares a payment with the provider's entry, and returns what is paid of it.
func (s *story) checkOrder(o *told, b *booked, taken bool) (keeps domain.Money) {
	s.t.Helper()
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
	switch {
	case p.Waiting():
		s.t.Errorf("%s: nobody knows whether it is paid: %+v", o.id, p)
	case taken && p.Status == event.PaymentStateExpired, !taken && p.Captured != 0, taken && p.Captured != o.amount:
		s.t.Errorf("%s: the provider has %+v, we have %+v", o.id, b, p)
	case taken && lateOnly(p) && p.Refunded == o.amount:
		s.liar.did["late money went back"]++
		back = o.amount
	case taken && p.Refunded != back:
		s.t.Errorf("%s: %d went back, want %d: %+v", o.id, p.Refunded, back, p)
	}
	s.liar.did["ended as "+p.Status]++
	told := " " + s.history(o.id) + " "
	if n := strings.Count(told, " approved "); n > 1 {
		s.t.Errorf("%s was approved %d times: %s", o.id, n, told)
	}
	if !taken {
		return 0
	}
	return o.amount - back
}

// parked checks that every callback that lied about its amount waits for a person, once,
// and no other.
func (s *story) parked() {
	s.t.Helper()
	ms, err := s.Mismatches(s.t.Context(), 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, m := range ms {
		if !s.liar.wrong[m.Told] {
			s.t.Errorf("parked: %+v", m)
		}
		delete(s.liar.wrong, m.Told)
		s.liar.did["parked"]++
	}
	for c := range s.liar.wrong {
		s.t.Errorf("not parked: %+v", c)
	}
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

// lies are all that has to have happened in some story.
var lies = []string{"acted, and did not say", "did not act", "told before it answered", "the worker died during a charge",
	"the worker died during a refund", "late money went back", "parked", "ended as " + event.PaymentStateApproved,
	"ended as " + event.PaymentStateDeclined, "ended as " + event.PaymentStateExpired, "ended as " + event.PaymentVoid, "ended as " + event.PaymentRefunded}

// Whatever the provider answers, whenever we crash and however often we are told: what
// was taken is what we say was taken, and what is owed goes back, each once.
func TestLies(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		stories := uint64(30)
		if strings.Contains(t.Name(), "postgres") {
			stories = 6
		}
		did, all := map[string]int{}, 0
		for seed := range stories {
			t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
				r.t = t
				for _, table := range []string{"payment_payments", "payment_refunds", "payment_mismatches"} {
					r.exec("delete from " + table) // each story has books of its own
				}
				s := &story{rig: r, rnd: rand.New(rand.NewPCG(seed, 11)), seed: seed, liar: newLiar(seed), nth: map[string]int{}}
				s.tell()
				for what, n := range s.liar.did {
					did[what] += n
				}
				all++
			})
		}
		r.t = t
		for _, what := range lies {
			if did[what] == 0 && all == 30 { // and not one alone, or a few
				t.Errorf("in no story: %s", what)
			}
		}
		t.Log(did)
	})
}

func (s *story) tell() {
	s.t.Helper()
	s.liar.number = func(key string) int { return s.nth[key] }
	s.liar.early = func(c payment.Callback) {
		if _, err := s.hears(c); err != nil {
			s.t.Errorf("%+v: %v", c, err)
		}
	}
	s.liar.asked = func(key string) {
		if p, err := s.Find(s.t.Context(), key); err != nil || !p.Waiting() {
			s.t.Errorf("a charge is asked for that nobody wants any more: %+v %v", p, err)
		}
	}
	s.restart()
	for range 80 {
		s.step()
	}
	s.end()
	s.check()
}
