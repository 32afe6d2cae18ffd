package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/catalog"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/delivery"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
	"daybreak/domain/stock"
)

// benchSite is a site without its workers, so that only the request is measured.
func benchSite(b *testing.B) (s *site, h http.Handler, token, product string) {
	d := dbtest.Open(b, dbtest.SQLite(b), accounts.Schema, catalog.Schema, delivery.Schema, lists.Schema, orders.Schema,
		packing.Schema, payment.Schema, stock.Schema)
	s = &site{db: d, gateway: &fakeGateway{charges: map[string]payment.ChargeResult{}}}
	s.wire()
	h = s.Routes()
	b.Cleanup(s.live.close)
	ctx := domain.WithTrace(b.Context(), &domain.Trace{Actor: domain.Worker})
	a, err := s.Accounts.Ensure(ctx, "a@example.com", "a", domain.Customer, demoPassword)
	if err != nil {
		b.Fatal(err)
	}
	if token, _, err = s.Accounts.IssueToken(ctx, a.ID); err != nil {
		b.Fatal(err)
	}
	for i := range 50 {
		name, price := fmt.Sprint("product ", i), domain.Money(1000)
		p, err := s.Catalog.Create(ctx, catalog.Patch{Name: &name, Price: &price})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := s.Stock.Receive(ctx, domain.Actor{ID: "x", Role: domain.Admin}, p.ID, 1_000_000_000); err != nil {
			b.Fatal(err)
		}
		product = p.ID
	}
	return s, h, token, product
}

func ask(b *testing.B, h http.Handler, token, method, path, body string, code int) {
	r := httptest.NewRequestWithContext(b.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != code {
		b.Fatal(w.Code, w.Body)
	}
}

// What the layer around a call costs: everything but the call.
func BenchmarkAPILayer(b *testing.B) {
	s, _, _, product := benchSite(b)
	r := chi.NewRouter()
	a := &api{s: s.Server, r: r, docs: newAPIDocs("")}
	order := apiOrder{ID: product, Lines: make([]apiLine, 3)}
	add(a, operation{method: "POST", path: "/orders", tag: "x", who: anyone, status: 201},
		func(context.Context, caller, *struct{ Body newOrder }) (apiOrder, error) { return order, nil })
	body := orderOf(product, 1)
	b.ReportAllocs()
	for b.Loop() {
		ask(b, s.requestID(r), "", "POST", "/orders", body, 201)
	}
}

func BenchmarkAPIPlaceOrder(b *testing.B) {
	_, h, token, product := benchSite(b)
	body := orderOf(product, 1)
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			ask(b, h, token, "POST", "/api/v1/orders", body, 201)
		}
	})
}

// The same without HTTP, to compare.
func BenchmarkPlaceOrderItself(b *testing.B) {
	s, _, _, product := benchSite(b)
	who := domain.Actor{ID: domain.NewID(), Name: "a", Role: domain.Customer}
	b.ReportAllocs()
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := newOrder{Lines: []newLine{{product, 1}}, Address: "서울"}.request()
			if _, err := s.Orders.Place(domain.WithTrace(b.Context(), &domain.Trace{Actor: who}), who, r); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAPIProducts(b *testing.B) {
	_, h, token, _ := benchSite(b)
	b.ReportAllocs()
	for b.Loop() {
		ask(b, h, token, "GET", "/api/v1/products", "", 200)
	}
}

func BenchmarkAPIMe(b *testing.B) {
	_, h, token, _ := benchSite(b)
	b.ReportAllocs()
	for b.Loop() {
		ask(b, h, token, "GET", "/api/v1/me", "", 200)
	}
}
