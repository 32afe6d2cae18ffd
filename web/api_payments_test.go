package web

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"

	"daybreak/domain"
	"daybreak/domain/payment"
)

// Booked implements payment.Books.
func (g *fakeGateway) Booked(_ context.Context, after string) (out []payment.Booked, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, key := range slices.Sorted(maps.Keys(g.charges)) {
		if c := g.charges[key]; key > after && c.Approved {
			out = append(out, payment.Booked{Key: key, Captured: c.Amount, Refunded: g.back[key]})
		}
	}
	return out, err
}

func TestPaymentsOfTheStaff(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5000, 10)
	customer, admin := s.apiClient(domain.Customer), s.apiClient(domain.Admin)
	paid := customer.post("/orders", orderOf(bread, 1)).want(http.StatusCreated).order()
	gone := customer.post("/orders", orderOf(bread, 2)).want(http.StatusCreated).order()
	customer.post("/orders/"+gone.ID+"/cancel", "").want(http.StatusOK)
	s.eventually("the money to be back", func() bool { return s.gateway.refunded.Load() == 10000 })
	s.eventually("that to be recorded", func() bool { return s.count(`select count(*) from payment_payments where status = 'REFUNDED'`) == 1 })
	s.gateway.down.Store(true)
	customer.post("/orders", orderOf(bread, 3)).want(http.StatusCreated)

	list := func(query string) apiPage[apiPayment] {
		t.Helper()
		var p apiPage[apiPayment]
		admin.get("/staff/payments" + query).want(http.StatusOK).into(&p)
		return p
	}
	if all := list("").Items; len(all) != 3 || all[2].OrderID != paid.ID || all[1].Refunded != 10000 || all[1].Refunds[0].State != "DONE" || all[0].LastError == "" {
		t.Errorf("%+v", all)
	}
	waiting := list("?status=DEFERRED").Items
	if len(waiting) != 1 || waiting[0].StatusLabel != "Pending" || waiting[0].NextRetryAt == nil {
		t.Fatalf("%+v", waiting)
	}
	first := list("?limit=2")
	if len(first.Items) != 2 || first.Next == nil {
		t.Fatalf("%+v", first)
	}
	if rest := list("?limit=2&cursor=" + *first.Next); len(rest.Items) != 1 || rest.Next != nil {
		t.Errorf("%+v", rest)
	}
	admin.get("/staff/payments?status=PAID").want(http.StatusUnprocessableEntity).at("query.status")

	s.gateway.down.Store(false)
	admin.post("/staff/payments/"+waiting[0].ID+"/retry", "").want(http.StatusOK)
	s.eventually("the payment to be approved", func() bool { return len(list("?status=APPROVED").Items) == 2 })
	if p := admin.post("/staff/payments/"+waiting[0].ID+"/retry", "").want(http.StatusConflict).problem(); p.Current != "APPROVED" {
		t.Errorf("%+v", p)
	}
	admin.post("/staff/payments/01JUNKNOWN0000000000000000/retry", "").want(http.StatusNotFound)

	var r apiReconciliation
	admin.get("/staff/reconciliation").want(http.StatusOK).into(&r)
	if r.Payments != 3 || r.Captured != 30000 || r.Refunded != 10000 || r.Differences == nil || len(r.Differences) != 0 {
		t.Errorf("%+v", r)
	}
	s.gateway.mu.Lock()
	s.gateway.charges["00FOREIGN"] = payment.ChargeResult{Approved: true, TxID: "x", Amount: 9}
	s.gateway.mu.Unlock()
	admin.get("/staff/reconciliation").want(http.StatusOK).into(&r)
	if len(r.Differences) != 1 || r.Differences[0].Ours != 0 || r.Differences[0].Gateway != 9 {
		t.Errorf("%+v", r)
	}
	for _, role := range []domain.Role{domain.Customer, domain.Packer} {
		other := s.apiClient(role)
		for _, path := range []string{"/staff/payments", "/staff/reconciliation", "/staff/mismatches"} {
			other.get(path).want(http.StatusForbidden)
		}
		other.post("/staff/payments/"+waiting[0].ID+"/retry", "").want(http.StatusForbidden)
	}
}

func TestMismatchesOfTheStaff(t *testing.T) {
	s := newSite(t)
	admin := s.apiClient(domain.Admin)
	admin.callback(callbackOf("01JUNKNOWN0000000000000000", "tx", 5200), 0).want(http.StatusAccepted)
	var all apiPage[apiMismatch]
	admin.get("/staff/mismatches").want(http.StatusOK).into(&all)
	if len(all.Items) != 1 || all.Items[0].Kind != "unknown" || all.Items[0].Told.Amount != 5200 || all.Items[0].ReviewedAt != nil {
		t.Fatalf("%+v", all)
	}
	admin.post("/staff/mismatches/"+all.Items[0].ID+"/review", "").want(http.StatusOK)
	admin.get("/staff/mismatches").into(&all)
	if m := all.Items[0]; m.ReviewedAt == nil || m.ReviewedBy == "" {
		t.Errorf("%+v", m)
	}
	admin.post("/staff/mismatches/none/review", "").want(http.StatusNotFound)
}
