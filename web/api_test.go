package web

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// An order goes through every hand, and each sees what the contract promises.
func TestAPIOrderFromTheShelfToTheDoor(t *testing.T) {
	s := newSite(t)
	admin, packer, customer := s.apiClient(domain.Admin), s.apiClient(domain.Packer), s.apiClient(domain.Customer)

	var p apiProduct
	admin.post("/products", `{"name":"소금빵","nameEn":"Salt bread","price":3500,"sku":"BR-1","bin":"A-1"}`).want(201).into(&p)
	var list apiPage[apiProduct]
	s.apiClient(domain.Visitor).get("/products?q=소금빵").want(200).into(&list)
	if len(list.Items) != 1 || list.Items[0].ID != p.ID || list.Items[0].Available != 0 || list.Items[0].SKU != "" || list.Next != nil {
		t.Fatalf("a new product is listed as %+v", list)
	}
	var level apiStock
	packer.post("/stock/"+p.ID+"/receive", `{"qty":10}`).want(200).into(&level)
	packer.post("/stock/"+p.ID+"/adjust", `{"qty":-1,"reason":"떨어뜨림"}`).want(200).into(&level)
	if level.OnHand != 9 || level.Available != 9 {
		t.Fatalf("stock %+v", level)
	}

	o := customer.post("/orders", orderOf(p.ID, 2)).want(201).order()
	if o.Status != "PLACED" || o.StatusLabel != "Placed" || o.Amount != 7000 || o.PaymentStatus != "APPROVED" || !o.CanCancel || o.CanReturn ||
		o.Lines[0].UnitPrice != 3500 || o.Lines[0].Name != "소금빵" || len(o.Timeline) != 2 || o.Address == "" || o.PlacedAt.IsZero() {
		t.Fatalf("order %+v", o)
	}
	var mine apiPage[apiOrder]
	customer.get("/orders").want(200).into(&mine) // at once: one's own order is there
	if len(mine.Items) != 1 || mine.Items[0].ID != o.ID || mine.Items[0].Timeline != nil {
		t.Fatalf("own orders %+v", mine)
	}

	s.eventually("the packing task", func() bool { return packer.get("/staff/orders/"+o.ID).want(200).order().TaskID != "" })
	staff := packer.get("/staff/orders/" + o.ID).want(200).order()
	task := "/staff/packing/" + staff.TaskID
	packer.post(task+"/complete", `{}`).want(409)
	var work apiTask
	packer.post(task+"/start", ``).want(200).into(&work)
	if work.Status != "IN_PROGRESS" || work.Packer == "" || work.Lines[0].Code != "BR-1" || work.StartedAt == nil {
		t.Fatalf("task %+v", work)
	}
	packer.post(task+"/release", `{}`).want(200)
	packer.post(task+"/start", `{}`).want(200)
	packer.post(task+"/complete", `{}`).want(200)
	var tasks apiPage[apiTask]
	packer.get("/staff/packing?status=PACKED").want(200).into(&tasks)
	if len(tasks.Items) != 1 || tasks.Items[0].ID != staff.TaskID {
		t.Fatalf("tasks %+v", tasks)
	}

	s.eventually("the delivery", func() bool { return packer.get("/staff/orders/"+o.ID).order().DeliveryID != "" })
	parcel := "/staff/deliveries/" + packer.get("/staff/orders/"+o.ID).order().DeliveryID
	packer.post(parcel+"/complete", `{}`).want(409) // before it left
	packer.post(parcel+"/start", `{}`).want(200)
	r := customer.post("/orders/"+o.ID+"/cancel", `{}`).want(409)
	if p := r.problem(); p.Current != "SHIPPED" || !strings.Contains(p.Detail, "shipped") {
		t.Errorf("too late a cancel: %s", r.body)
	}
	var d apiDelivery
	packer.post(parcel+"/complete", `{}`).want(200).into(&d)
	if d.Status != "COMPLETED" || d.CompletedAt == nil || d.Address == "" {
		t.Fatalf("delivery %+v", d)
	}
	s.eventually("the customer to be told", func() bool {
		got := customer.get("/orders/" + o.ID).want(200).order()
		return got.Status == "DELIVERED" && got.DeliveryStatus == "COMPLETED" && got.PackingStatus == "PACKED" && len(got.Timeline) == 8
	})
	s.eventually("the stock to leave the books", func() bool {
		packer.get("/stock/" + p.ID).want(200).into(&level)
		return level.OnHand == 7 && level.Reserved == 0 && len(level.Ledger) == 4
	})
	var board staffOrderPage
	packer.get("/staff/orders?tab=delivered&q=" + o.No).want(200).into(&board)
	if len(board.Items) != 1 || board.Counts["delivered"] != 1 || len(board.Counts) != 9 {
		t.Fatalf("board %+v", board)
	}
	var log apiPage[apiEvent]
	admin.get("/staff/events?correlation=" + o.ID + "&limit=3").want(200).into(&log)
	if len(log.Items) != 3 || log.Next == nil || log.Items[0].Data == nil {
		t.Fatalf("log %+v", log)
	}
}

// Who may do what: one row a call, the status for each role.
func TestAPIRoles(t *testing.T) {
	s := newSite(t)
	product := s.product("크루아상", 4500, 50)
	o := s.apiClient(domain.Customer).post("/orders", orderOf(product, 1)).want(201).order()
	s.eventually("the packing task", func() bool { return s.apiClient(domain.Packer).get("/staff/orders/"+o.ID).order().TaskID != "" })
	roles := []domain.Role{domain.Visitor, domain.Customer, domain.Packer, domain.RoomAdmin, domain.Admin}
	clients := make([]*program, len(roles))
	for i, r := range roles {
		clients[i] = s.apiClient(r)
	}
	// visitor, customer, packer, room admin, admin
	everyone, account := [5]int{200, 200, 200, 200, 200}, [5]int{401, 200, 200, 200, 200}
	shop, staff, ops := [5]int{401, 200, 403, 403, 200}, [5]int{401, 403, 200, 403, 200}, [5]int{401, 403, 403, 403, 200}
	none := "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	missing := func(codes [5]int) [5]int {
		for i, c := range codes {
			if c == 200 {
				codes[i] = 404
			}
		}
		return codes
	}
	for _, c := range []struct {
		method, path, body string
		codes              [5]int
	}{
		{"GET", "/products", "", everyone},
		{"GET", "/products/" + product, "", everyone},
		{"GET", "/products/" + none, "", missing(everyone)},
		{"PATCH", "/products/" + product, `{"price":4600}`, ops},
		{"GET", "/me", "", account},
		{"GET", "/orders", "", shop},
		{"GET", "/orders/" + none, "", missing(shop)},
		{"POST", "/orders/" + none + "/cancel", "{}", missing(shop)},
		{"POST", "/orders/" + none + "/pay", "{}", missing(shop)},
		{"GET", "/stock/" + product, "", staff},
		{"POST", "/stock/" + product + "/receive", `{"qty":1}`, staff},
		{"POST", "/stock/" + product + "/adjust", `{"qty":1,"reason":"x"}`, staff},
		{"GET", "/staff/orders", "", staff},
		{"GET", "/staff/orders/" + o.ID, "", staff},
		{"POST", "/staff/orders/" + none + "/cancel", "{}", missing(staff)},
		{"GET", "/staff/packing", "", staff},
		{"GET", "/staff/packing/" + none, "", missing(staff)},
		{"POST", "/staff/packing/" + none + "/start", "{}", missing(staff)},
		{"POST", "/staff/packing/" + none + "/release", "{}", missing(staff)},
		{"POST", "/staff/packing/" + none + "/complete", "{}", missing(staff)},
		{"POST", "/staff/packing/" + none + "/unpacked", "{}", missing(staff)},
		{"POST", "/staff/packing/" + none + "/reopen", "{}", missing(staff)},
		{"POST", "/staff/packing/" + none + "/resume", "{}", missing(staff)},
		{"POST", "/staff/packing/" + none + "/scan", `{"code":"1","gesture":"1"}`, missing(staff)},
		{"POST", "/staff/packing/" + none + "/count", `{"productId":"` + product + `","qty":1,"gesture":"1"}`, missing(staff)},
		{"POST", "/staff/packing/" + none + "/undo", `{"gesture":"1"}`, missing(staff)},
		{"POST", "/staff/packing/" + none + "/shortage", `{"productId":"` + product + `","qty":1,"reason":"x"}`, missing(staff)},
		{"POST", "/staff/packing/" + none + "/box", `{"box":1}`, missing(staff)},
		{"GET", "/staff/deliveries", "", staff},
		{"GET", "/staff/deliveries/" + none, "", missing(staff)},
		{"POST", "/staff/deliveries/" + none + "/start", "{}", missing(staff)},
		{"POST", "/staff/deliveries/" + none + "/complete", "{}", missing(staff)},
		{"POST", "/staff/deliveries/" + none + "/attempted", `{"reason":"x"}`, missing(staff)},
		{"POST", "/staff/deliveries/" + none + "/tracking", `{"carrier":"","tracking":""}`, missing(staff)},
		{"GET", "/staff/events", "", ops},
		{"GET", "/staff/dead-letters", "", ops},
		{"POST", "/staff/dead-letters/lists:" + none + "/retry", "{}", missing(ops)},
		{"POST", "/staff/dead-letters/lists:" + none + "/discard", `{"reason":"x"}`, missing(ops)},
		{"GET", "/staff/status", "", ops},
		{"GET", "/staff/invariants", "", ops},
		{"GET", "/staff/views", "", ops},
		{"POST", "/staff/views/products/rebuild", "", ops},
		{"POST", "/staff/views/hats/rebuild", "", missing(ops)},
		{"POST", "/staff/consumers/hats/pause", "", missing(ops)},
		{"POST", "/staff/consumers/hats/resume", "", missing(ops)},
		{"GET", "/staff/hats", "", [5]int{404, 404, 404, 404, 404}},
		{"PUT", "/products", "{}", [5]int{405, 405, 405, 405, 405}},
	} {
		for i, client := range clients {
			r := client.call(c.method, "/api/v1"+c.path, c.body)
			if r.code != c.codes[i] {
				t.Errorf("%s %s as %s: want %d, got %d %s", c.method, c.path, roles[i], c.codes[i], r.code, r.body)
			}
			if r.code == 401 && r.header.Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s: 401 does not say how", c.method, c.path)
			}
			if r.code >= 400 && (r.problem().Detail == "" || strings.HasPrefix(r.problem().Detail, "err.")) {
				t.Errorf("%s %s: no sentence: %s", c.method, c.path, r.body)
			}
		}
	}
}

// Somebody else's order does not exist.
func TestAPIStrangersSeeNothing(t *testing.T) {
	s := newSite(t)
	product := s.product("머핀", 3000, 50)
	mine, other := s.apiClient(domain.Customer), s.apiClient(domain.Customer, "stranger")
	o := mine.post("/orders", orderOf(product, 1)).want(201).order()
	for _, id := range []string{o.ID, "1%20OR%201=1", "..%2f..%2fetc%2fpasswd", strings.ToLower(o.ID), strings.Repeat("A", 2000), "%00", "x"} {
		a := other.get("/orders/" + id).want(404)
		b := other.post("/orders/"+id+"/cancel", `{}`).want(404)
		other.post("/orders/"+id+"/pay", `{}`).want(404)
		if a.problem().Detail != "Order not found." || b.problem().Detail != "Order not found." {
			t.Errorf("%s: %s", id, a.body)
		}
	}
	if got := mine.get("/orders/" + o.ID).want(200).order(); got.Status != "PLACED" {
		t.Errorf("a stranger changed the order: %+v", got)
	}
	var list apiPage[apiOrder]
	if other.get("/orders").want(200).into(&list); len(list.Items) != 0 {
		t.Errorf("a stranger sees %+v", list)
	}
}

// Too little stock names the product and what is left, and stores nothing.
func TestAPIOversell(t *testing.T) {
	s := newSite(t)
	scarce, plenty := s.product("한정 케이크", 30000, 3), s.product("우유", 2000, 100)
	body := fmt.Sprintf(`{"lines":[{"productId":%q,"qty":1},{"productId":%q,"qty":4}],"address":"서울"}`, plenty, scarce)
	r := s.apiClient(domain.Customer).post("/orders", body).want(409).at("body.lines[1].qty")
	if !strings.Contains(r.body, "한정 케이크") || !strings.Contains(r.body, "Only 3") {
		t.Errorf("says %s", r.body)
	}
	if n := s.count(`select count(*) from orders`); n != 0 {
		t.Errorf("%d orders stored", n)
	}
	if n := s.count(`select sum(reserved) from stock_items`); n != 0 {
		t.Errorf("%d reserved", n)
	}
}

// The same key is one order and one answer, however often and at once it is sent.
func TestAPIIdempotency(t *testing.T) {
	s := newSite(t)
	product := s.product("식빵", 5000, 100)
	c := s.apiClient(domain.Customer)
	replies := make([]reply, 20)
	var all sync.WaitGroup
	for i := range replies {
		all.Go(func() { replies[i] = c.post("/orders", orderOf(product, 1), "Idempotency-Key", "one") })
	}
	all.Wait()
	fresh := 0
	for _, r := range replies {
		if r.want(201).body != replies[0].body {
			t.Errorf("two answers:\n%s%s", replies[0].body, r.body)
		}
		if r.header.Get("Idempotency-Replayed") == "" {
			fresh++
		}
	}
	if n := s.count(`select count(*) from orders`); n != 1 || fresh != 1 {
		t.Errorf("%d orders, %d answers are the first", n, fresh)
	}
	o := replies[0].order()
	c.post("/orders", orderOf(product, 2), "Idempotency-Key", "one").want(422)
	c.post("/orders", orderOf(product, 1), "Idempotency-Key", "").want(400)
	c.post("/orders", orderOf(product, 1), "Idempotency-Key", strings.Repeat("k", 201)).want(400)
	other := s.apiClient(domain.Customer, "other")
	if other.post("/orders", orderOf(product, 1), "Idempotency-Key", "one").want(201).order().ID == o.ID {
		t.Error("another account got the answer of a key")
	}
	// A cancel, repeated with its key and without.
	first := c.post("/orders/"+o.ID+"/cancel", `{"reason":"마음이 바뀜"}`, "Idempotency-Key", "two").want(200)
	again := c.post("/orders/"+o.ID+"/cancel", `{"reason":"마음이 바뀜"}`, "Idempotency-Key", "two").want(200)
	if first.body != again.body || again.header.Get("Idempotency-Replayed") != "true" || first.order().StatusReason != "마음이 바뀜" {
		t.Errorf("two answers:\n%s%s", first.body, again.body)
	}
	if got := c.post("/orders/"+o.ID+"/cancel", ``).want(200).order(); got.Status != "CANCELLED" || got.CanCancel {
		t.Errorf("cancelled again: %+v", got)
	}
	s.eventually("the money to go back", func() bool {
		return c.get("/orders/"+o.ID).order().PaymentStatus == event.PaymentRefunded
	})
}

func TestAPIAccounts(t *testing.T) {
	s := newSite(t)
	v := s.apiClient(domain.Visitor)
	var a apiAccount
	v.post("/accounts", `{"email":"New@Example.com","password":"correct horse battery","name":"새 손님"}`).want(201).into(&a)
	if a.Role != "customer" || a.Email != "new@example.com" {
		t.Errorf("account %+v", a)
	}
	// Taken or not, the answer is the same.
	v.post("/accounts", `{"email":"new@example.com","password":"another password!","name":"새 손님"}`).want(201)
	v.post("/accounts", `{"email":"x","password":"short","name":" "}`).want(422).at("body.email").at("body.password").at("body.name")
	v.post("/accounts", `{"email":"a@example.com","password":"correct horse battery","name":"a","role":"admin"}`).want(400).at("body.role")

	wrong := v.post("/tokens", `{"email":"new@example.com","password":"wrong-secret"}`).want(401)
	unknown := v.post("/tokens", `{"email":"nobody@example.com","password":"wrong-secret"}`).want(401)
	if wrong.problem().Detail != unknown.problem().Detail || strings.Contains(wrong.body, "wrong-secret") {
		t.Errorf("%s%s", wrong.body, unknown.body)
	}
	if r := v.post("/tokens", `{"email":"a","password":["wrong-secret"]}`).want(422); strings.Contains(r.body, "wrong-secret") {
		t.Errorf("a password came back: %s", r.body)
	}
	var token apiToken
	v.post("/tokens", `{"email":"new@example.com","password":"correct horse battery"}`).want(201).into(&token)
	if token.Account.ID != a.ID || !token.ExpiresAt.After(time.Now()) {
		t.Errorf("token %+v", token)
	}
	me := &program{site: s, token: token.Token, lang: "ko"}
	me.get("/me").want(200)
	me.call("DELETE", "/api/v1/tokens/current", "").want(204)
	if r := me.get("/me").want(401); r.header.Get("Content-Language") != "ko" || !strings.Contains(r.body, "토큰") {
		t.Errorf("after sign-out: %s", r.body)
	}
	for range 10 {
		v.post("/tokens", `{"email":"new@example.com","password":"wrong"}`)
	}
	if r := v.post("/tokens", `{"email":"new@example.com","password":"wrong"}`).want(429); r.header.Get("Retry-After") == "" {
		t.Error("429 does not say when to come back")
	}
}

// A browser's session is as good as a token, but not from another site.
func TestAPIWithASession(t *testing.T) {
	s := newSite(t)
	product := s.product("쿠키", 1000, 10)
	c := s.client(domain.Customer)
	send := func(site string) int {
		r, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/api/v1/orders", strings.NewReader(orderOf(product, 1)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Sec-Fetch-Site", site)
		return c.do(r, "/api/v1/orders").code
	}
	if got := send("same-origin"); got != 201 {
		t.Errorf("with a session: %d", got)
	}
	if got := send("cross-site"); got != 403 {
		t.Errorf("from another site: %d", got)
	}
}
