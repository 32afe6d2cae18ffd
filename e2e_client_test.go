package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"daybreak/domain"
)

// The objects of the API as another program would declare them: from its
// documentation, not from our types.
type (
	anOrder struct {
		ID, No, Status, StatusLabel, StatusReason, CustomerID string
		PaymentStatus, PackingStatus, DeliveryStatus          string
		TaskID, DeliveryID                                    string
		Amount, Version                                       int64
		CanCancel                                             bool
		Lines                                                 []aLine
		Timeline                                              []struct{ Event, Actor, Text string }
	}
	aLine struct {
		ProductID string `json:"productId"`
		Qty       int    `json:"qty"`
	}
	aTask struct {
		ID, OrderID, OrderNo, Status, Packer string
		Lines                                []aLine
	}
	aDelivery struct{ ID, OrderID, OrderNo, Status string }
	aProduct  struct {
		ID, Name  string
		Available int64
	}
	aStock struct {
		ProductID                   string
		OnHand, Reserved, Available int64
		Ledger                      []struct {
			Kind, OrderID string
			Qty           int64
		}
	}
	aProblem struct {
		Status          int
		Detail, Current string
		Errors          []struct{ Location, Message string }
	}
	aPage[T any] struct {
		Items []T
		Next  *string
	}
)

// caller is a program that calls the API in somebody's name.
type caller struct {
	s                *site
	id, email, token string
	lang             string
}

// answer is what came back.
type answer struct {
	*http.Response
	body []byte
	what string
}

// client has no limit of its own: every request has the test's context.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}

// ask sends a request and returns the answer, or why there is none.
func (c *caller) ask(method, path, key string, body any) (answer, error) {
	var in io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return answer{}, err
		}
		in = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(c.s.t.Context(), method, c.s.base+path, in)
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	req.Header.Set("Accept-Language", c.lang)
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res, b, method + " " + path}, err
}

// do is ask for tests that need an answer, under /api/v1.
func (c *caller) do(t testing.TB, method, path string, body any) answer {
	t.Helper()
	a, err := c.ask(method, "/api/v1"+path, "", body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// want fails unless the answer has the status.
func (a answer) want(t testing.TB, status int) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s: status %d, want %d: %s", a.what, a.StatusCode, status, a.body)
	}
	return a
}

// read decodes the body of an answer.
func read[T any](t testing.TB, a answer) T {
	t.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%s: %v in %s", a.what, err, a.body)
	}
	return v
}

// get reads an object that must be there.
func get[T any](t testing.TB, c *caller, path string) T {
	t.Helper()
	return read[T](t, c.do(t, "GET", path, nil).want(t, http.StatusOK))
}

// all reads every page of a list.
func all[T any](t testing.TB, c *caller, path string) []T {
	t.Helper()
	var out []T
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	for cursor := ""; ; {
		page := get[aPage[T]](t, c, path+sep+"limit=200&cursor="+url.QueryEscape(cursor))
		out = append(out, page.Items...)
		if page.Next == nil || *page.Next == "" {
			return out
		}
		cursor = *page.Next
	}
}

// post does what must succeed.
func post[T any](t testing.TB, c *caller, path string, body any) T {
	t.Helper()
	if body == nil {
		body = struct{}{}
	}
	a := c.do(t, "POST", path, body)
	if a.StatusCode != http.StatusOK && a.StatusCode != http.StatusCreated {
		t.Fatalf("%s: status %d: %s", a.what, a.StatusCode, a.body)
	}
	return read[T](t, a)
}

// refused does what must be refused with the status.
func (c *caller) refused(t testing.TB, status int, method, path string, body any) aProblem {
	t.Helper()
	if body == nil && method != "GET" {
		body = struct{}{}
	}
	a := c.do(t, method, path, body).want(t, status)
	if ct := a.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") {
		t.Errorf("%s: refused as %q", a.what, ct)
	}
	p := read[aProblem](t, a)
	if p.Detail == "" || p.Status != status {
		t.Errorf("%s: a refusal that says nothing: %s", a.what, a.body)
	}
	return p
}

// orderOf is the body of an order.
func orderOf(product string, qty int) map[string]any {
	return map[string]any{
		"lines":   []map[string]any{{"productId": product, "qty": qty}},
		"address": "서울특별시 마포구 월드컵북로 396", "recipient": "Cleo", "phone": "010-2345-6789", "postcode": "03925",
	}
}

// order orders, which must succeed.
func (c *caller) order(t testing.TB, product string, qty int) anOrder {
	t.Helper()
	return read[anOrder](t, c.do(t, "POST", "/orders", orderOf(product, qty)).want(t, http.StatusCreated))
}

func (c *caller) orderOf(t testing.TB, id string) anOrder {
	t.Helper()
	return get[anOrder](t, c, "/orders/"+id)
}

// product puts something on the shelf.
func (s *site) product(t testing.TB, stock int) string {
	t.Helper()
	name := "Bread " + domain.NewID()
	p := post[aProduct](t, s.admin, "/products", map[string]any{"name": name, "price": 5200, "sku": domain.NewID()[16:]})
	if stock > 0 {
		post[aStock](t, s.admin, "/stock/"+p.ID+"/receive", map[string]any{"qty": stock})
	}
	return p.ID
}

func (s *site) stockOf(t testing.TB, product string) aStock {
	t.Helper()
	return get[aStock](t, s.packer, "/stock/"+product)
}

// taskOf waits for the packing task of an order and returns it.
func (s *site) taskOf(t testing.TB, order string) aTask {
	t.Helper()
	return find(t, s, "/staff/packing", "the packing task of "+order, func(x aTask) bool { return x.OrderID == order })
}

// deliveryOf waits for the delivery of an order and returns it.
func (s *site) deliveryOf(t testing.TB, order string) aDelivery {
	t.Helper()
	return find(t, s, "/staff/deliveries", "the delivery of "+order, func(x aDelivery) bool { return x.OrderID == order })
}

// find waits until a list of the staff has what is looked for.
func find[T any](t testing.TB, s *site, path, what string, ok func(T) bool) T {
	t.Helper()
	return findAs(t, s.packer, path, what, ok)
}

// findAs is find in somebody's name.
func findAs[T any](t testing.TB, c *caller, path, what string, ok func(T) bool) (found T) {
	t.Helper()
	eventually(t, what, func() bool {
		for _, x := range all[T](t, c, path) {
			if ok(x) {
				found = x
				return true
			}
		}
		return false
	})
	return found
}

// pack packs an order that has been placed.
func (s *site) pack(t testing.TB, order string) {
	t.Helper()
	task := s.taskOf(t, order)
	post[aTask](t, s.packer, "/staff/packing/"+task.ID+"/start", nil)
	if done := post[aTask](t, s.packer, "/staff/packing/"+task.ID+"/complete", nil); done.Status != "PACKED" {
		t.Fatalf("packed, the task is %s", done.Status)
	}
}

// ship sends an order that is packed on its way.
func (s *site) ship(t testing.TB, order string) aDelivery {
	t.Helper()
	d := s.deliveryOf(t, order)
	return post[aDelivery](t, s.packer, "/staff/deliveries/"+d.ID+"/start", nil)
}

// sound waits until every rule that must always hold does, everywhere.
func (s *site) sound(t testing.TB) {
	t.Helper()
	var broken []string
	late := func() bool {
		broken = nil
		list := get[aPage[struct {
			Name       string
			Violations int64
		}]](t, s.admin, "/staff/invariants").Items
		if len(list) < 5 {
			t.Fatalf("only %d rules are checked", len(list))
		}
		for _, x := range list {
			if x.Violations != 0 {
				broken = append(broken, fmt.Sprintf("%s: %d", x.Name, x.Violations))
			}
		}
		return len(broken) == 0
	}
	defer func() {
		if len(broken) > 0 {
			t.Errorf("broken rules: %q", broken)
		}
	}()
	eventually(t, "all rules hold", late)
}
