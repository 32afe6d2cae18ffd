package main

import (
	"net/http"
	"path/filepath"
	"testing"
)

// In the demo the payment provider can be made to fail. What it never answers it tells
// by a callback; what it refuses is paid once it is well again; and its books, the
// demo's own orders included, agree with ours.
func TestDemoPaymentTrouble(t *testing.T) {
	t.Parallel()
	p := launch(t, []string{"demo"}, map[string]string{
		"ADDR": "127.0.0.1:0", "DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "demo.db"), "LOG_LEVEL": "error"})
	signIn := func(email string) *caller {
		c := &caller{s: &site{t: t, base: p.base}, email: email}
		in := map[string]any{"email": email, "password": demoPassword}
		c.token = read[struct{ Token string }](t, c.do(t, "POST", "/tokens", in).want(t, http.StatusCreated)).Token
		return c
	}
	admin, customer := signIn("admin@demo.local"), signIn(seoyeon)
	faults := func(f map[string]any) {
		t.Helper()
		admin.do(t, "PUT", "/staff/sandbox", f).want(t, http.StatusOK)
	}
	if f := get[map[string]float64](t, admin, "/staff/sandbox"); len(f) != 10 || f["callbackRate"] != 1 {
		t.Errorf("faults in force: %v", f)
	}
	customer.refused(t, http.StatusForbidden, "GET", "/staff/sandbox", nil)
	var product string
	for _, x := range all[aProduct](t, customer, "/products") {
		if x.Available > 10 {
			product = x.ID
		}
	}
	faults(map[string]any{"hangRate": 1, "earlyRate": 1, "duplicateRate": 1})
	if o := customer.order(t, product, 1); o.Status != "PLACED" {
		t.Errorf("told early, the order is %s", o.Status)
	}
	faults(map[string]any{"failRate": 1})
	o := customer.order(t, product, 1)
	if o.Status != "PENDING_PAYMENT" {
		t.Errorf("while payments fail the order is %s", o.Status)
	}
	faults(map[string]any{})
	eventually(t, "the order is paid", func() bool { return customer.orderOf(t, o.ID).Status == "PLACED" })
	customer.do(t, "POST", "/orders/"+o.ID+"/cancel", nil).want(t, http.StatusOK)
	type books struct {
		Payments, Captured, Refunded, Open int
		Differences                        []any
	}
	eventually(t, "the money is back and both books agree", func() bool {
		b := get[books](t, admin, "/staff/reconciliation")
		return b.Payments > 20 && b.Captured > b.Refunded && b.Refunded > 0 && b.Open == 0 && b.Differences != nil && len(b.Differences) == 0
	})
	admin.s.admin = admin
	admin.s.sound(t)
	p.end(t)
}
