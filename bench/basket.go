package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
)

// line is one product of an order, by its place in the shop.
type line struct{ product, qty int }

// skew draws what customers order. Products are not equally liked: the one at rank
// r is drawn as often as r to the power of -0.51, which is what a year of a gift
// shop's orders shows. An order has two lines on average.
type skew struct {
	upTo []float64 // sums of the weights
	rnd  *rand.Rand
}

// linesOf are the shares of orders with 1, 2, … lines; qtyOf of lines with 1, 2, … pieces.
var (
	linesOf = []float64{.40, .35, .15, .06, .04}
	qtyOf   = []float64{.80, .15, .05}
)

func newSkew(products int, seed, stream uint64) *skew {
	s := &skew{upTo: make([]float64, products), rnd: rand.New(rand.NewPCG(seed, stream))}
	sum := 0.0
	for i := range s.upTo {
		sum += math.Pow(float64(i+1), -0.51)
		s.upTo[i] = sum
	}
	return s
}

func (s *skew) product() int {
	at, _ := slices.BinarySearch(s.upTo, s.rnd.Float64()*s.upTo[len(s.upTo)-1])
	return min(at, len(s.upTo)-1)
}

// pick returns 1 with the first share, 2 with the second, and so on.
func (s *skew) pick(shares []float64) int {
	x := s.rnd.Float64()
	for i, share := range shares {
		if x -= share; x < 0 {
			return i + 1
		}
	}
	return len(shares)
}

// basket draws an order, each product once.
func (s *skew) basket() []line {
	n := min(s.pick(linesOf), len(s.upTo))
	b := make([]line, 0, n)
	for len(b) < n {
		p := s.product()
		if !slices.ContainsFunc(b, func(l line) bool { return l.product == p }) {
			b = append(b, line{p, s.pick(qtyOf)})
		}
	}
	return b
}

const (
	toJSON = `"recipient":"김서연","phone":"010-2345-6789","postcode":"03925","address":"서울특별시 마포구 월드컵북로 396","addressDetail":"5층"}`
	toForm = `&recipient=%EA%B9%80%EC%84%9C%EC%97%B0&phone=010-2345-6789&postcode=03925&address=%EC%84%9C%EC%9A%B8%ED%8A%B9%EB%B3%84%EC%8B%9C+%EB%A7%88%ED%8F%AC%EA%B5%AC+%EC%9B%94%EB%93%9C%EC%BB%B5%EB%B6%81%EB%A1%9C+396&addressDetail=5%EC%B8%B5&note=`
)

// asJSON writes the body of POST /api/v1/orders.
func (s *shop) asJSON(buf []byte, b []line) []byte {
	buf = append(buf, `{"lines":[`...)
	for i, l := range b {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, `{"productId":"`...)
		buf = append(buf, s.products[l.product].id...)
		buf = append(buf, `","qty":`...)
		buf = strconv.AppendInt(buf, int64(l.qty), 10)
		buf = append(buf, '}')
	}
	buf = append(buf, `],`...)
	return append(buf, toJSON...)
}

// asForm writes the body of POST /checkout.
func (s *shop) asForm(buf []byte, b []line, key string) []byte {
	buf = append(buf, "idempotencyKey="...)
	buf = append(buf, key...)
	buf = append(buf, "&lines="...)
	amount := int64(0)
	for i, l := range b {
		if i > 0 {
			buf = append(buf, "%2C"...)
		}
		buf = append(buf, s.products[l.product].id...)
		buf = append(buf, "%3A"...)
		buf = strconv.AppendInt(buf, int64(l.qty), 10)
		amount += s.products[l.product].price * int64(l.qty)
	}
	buf = append(buf, "&amount="...)
	buf = strconv.AppendInt(buf, amount, 10)
	return append(buf, toForm...)
}
