package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"daybreak/domain"
)

// What cannot be an order is refused with what is wrong where, and leaves no trace.
func TestAPIBadOrders(t *testing.T) {
	s := newSite(t)
	p := s.product("베이글", 2500, 50)
	c := s.apiClient(domain.Customer)
	line := func(qty string) string { return orderOf(p, qty) }
	good := line("1")
	for name, b := range map[string]struct {
		body string
		code int
		at   string
	}{
		"zero":                {line("0"), 422, "body.lines[0].qty"},
		"minus":               {line("-1"), 422, "body.lines[0].qty"},
		"too many":            {line("1000"), 422, "body.lines[0].qty"},
		"half":                {line("1.5"), 422, "body.lines[0].qty"},
		"exponent":            {line("1e3"), 422, "body.lines[0].qty"},
		"huge":                {line("99999999999999999999"), 422, "body.lines[0].qty"},
		"huger":               {line("1" + strings.Repeat("0", 400)), 422, "body.lines[0].qty"},
		"text":                {line(`"1"`), 422, "body.lines[0].qty"},
		"truth":               {line("true"), 422, "body.lines[0].qty"},
		"nothing":             {line("null"), 422, "body.lines[0].qty"},
		"object":              {line(`{"a":[1,"]}"]}`), 422, "body.lines[0].qty"},
		"list":                {line("[1, 2]"), 422, "body.lines[0].qty"},
		"hex":                 {line("0x10"), 400, ""},
		"not a number":        {line("NaN"), 400, ""},
		"no lines":            {`{"lines":[],"address":"a"}`, 422, "body.lines"},
		"lines missing":       {`{"address":"a"}`, 422, "body.lines"},
		"lines are no list":   {`{"lines":{"productId":"x","qty":1},"address":"a"}`, 422, "body.lines"},
		"line is no object":   {`{"lines":[1],"address":"a"}`, 422, "body.lines[0]"},
		"101 lines":           {`{"lines":[` + strings.TrimSuffix(strings.Repeat(`{"productId":"`+p+`","qty":1},`, 101), ",") + `],"address":"a"}`, 422, "body.lines"},
		"unknown product":     {orderOf("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1), 422, "body.lines[0].productId"},
		"no product":          {orderOf("1 OR 1=1", 1), 422, "body.lines[0].productId"},
		"no address":          {`{"lines":[{"productId":"` + p + `","qty":1}],"address":" \u200b "}`, 422, "body.address"},
		"long address":        {`{"lines":[{"productId":"` + p + `","qty":1}],"address":"` + strings.Repeat("가", 201) + `"}`, 422, "body.address"},
		"address is a number": {`{"lines":[{"productId":"` + p + `","qty":1}],"address":1}`, 422, "body.address"},
		"price":               {`{"lines":[{"productId":"` + p + `","qty":1,"unitPrice":1}],"address":"a"}`, 400, "body.lines[0].unitPrice"},
		"owner":               {`{"customerId":"x",` + good[1:], 400, "body.customerId"},
		"capitals":            {strings.Replace(good, "qty", "Qty", 1), 400, "body.lines[0].Qty"},
		"twice":               {strings.Replace(good, `"qty":1`, `"qty":1,"qty":2`, 1), 400, "body.lines[0].qty"},
		"twice, escaped":      {strings.Replace(good, `"qty":1`, `"qty":1,"\u0071ty":2`, 1), 400, "body.lines[0].qty"},
		"truncated":           {good[:len(good)-1], 400, ""},
		"two bodies":          {good + good, 400, ""},
		"trailing":            {good + "x", 400, ""},
		"array":               {`[]`, 400, ""},
		"null":                {`null`, 400, ""},
		"string":              {`"x"`, 400, ""},
		"spaces":              {`   `, 400, ""},
		"trailing comma":      {`{"lines":[],}`, 400, ""},
		"comment":             {"{/* */}", 400, ""},
		"byte order mark":     {"\ufeff" + good, 400, ""},
		"deep":                {`{"lines":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, 400, ""},
		"deep, but not too":   {`{"address":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `,"lines":[]}`, 422, "body.address"},
		"no UTF-8":            {"{\"address\":\"\xff\xfe\"}", 400, ""},
		"NUL":                 {`{"address":"a\u0000b"}`, 400, "body.address"},
		"half a pair":         {`{"address":"\ud83d"}`, 400, "body.address"},
		"control":             {"{\"address\":\"a\x01\"}", 400, ""},
		"too large":           {`{"note":"` + strings.Repeat("a", 70_000) + `"}`, 413, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.post("/orders", b.body)
			if r.code != b.code {
				t.Fatalf("want %d, got %d %s", b.code, r.code, r.body)
			}
			if b.at != "" {
				r.at(b.at)
			}
			if d := r.problem().Detail; d == "" || strings.HasPrefix(d, "err.") || len(r.body) > 4000 {
				t.Errorf("says %s", r.body)
			}
		})
	}
	if n := s.count(`select (select count(*) from orders) + (select sum(reserved) from stock_items) + (select count(*) from idempotency)`); n != 0 {
		t.Errorf("%d traces left", n)
	}
	c.post("/orders", good).want(201)
}

func TestAPIBodiesThatAreNoJSON(t *testing.T) {
	s := newSite(t)
	good := orderOf(s.product("스콘", 2500, 50), 1)
	c := s.apiClient(domain.Customer)
	for _, h := range [][]string{
		{"Content-Type", ""}, {"Content-Type", "text/plain"}, {"Content-Type", "application/x-www-form-urlencoded"},
		{"Content-Type", "application/json; charset=utf-16"}, {"Content-Type", "multipart/form-data"},
		{"Content-Encoding", "gzip"},
	} {
		c.post("/orders", good, h...).want(415)
	}
	c.post("/orders", good, "Content-Type", "application/json; charset=UTF-8").want(201)
	none := "01ARZ3NDEKTSV4RRFFQ69G5FAV"
	c.post("/orders/"+none+"/cancel", `{}`, "Content-Type", "text/plain").want(415)
	c.post("/orders/"+none+"/cancel", `{"why":"x"}`).want(400).at("body.why")
	c.post("/orders/"+none+"/pay", `{"amount":1}`).want(400).at("body.amount")
	for _, do := range []string{"/cancel", "/return"} { // an empty part is not everything
		c.post("/orders/"+none+do, `{"reason":"x","lines":[]}`).want(422).at("body.lines")
		c.post("/orders/"+none+do, `{"reason":"x","lines":[{"productId":"x","qty":0}]}`).want(422).at("body.lines[0].qty")
	}
	if r := c.post("/orders", strings.Repeat(`1,`, 40)); r.code != 400 {
		t.Errorf("%d", r.code)
	}
	// Not more than a screenful, however much is wrong.
	if r := c.post("/orders", `{"lines":[`+strings.TrimSuffix(strings.Repeat("1,", 20_000), ",")+`]}`).want(422); len(r.problem().Errors) > maxFieldErrors {
		t.Errorf("%d errors", len(r.problem().Errors))
	}
}

func TestAPIQueries(t *testing.T) {
	s := newSite(t)
	customer, packer, admin := s.apiClient(domain.Customer), s.apiClient(domain.Packer), s.apiClient(domain.Admin)
	for _, q := range []struct {
		p    *program
		path string
		code int
		at   string
	}{
		{customer, "/orders?status=hacked", 422, "query.status"},
		{customer, "/orders?limit=0", 422, "query.limit"},
		{customer, "/orders?limit=-1", 422, "query.limit"},
		{customer, "/orders?limit=1000000", 422, "query.limit"},
		{customer, "/orders?limit=x", 422, "query.limit"},
		{customer, "/orders?limit=1&limit=2", 400, "query.limit"},
		{customer, "/orders?status=%ff", 400, "query.status"},
		{customer, "/orders?status=%zz", 400, ""},
		{customer, "/orders?cursor=;drop", 200, ""},
		{customer, "/orders?cursor=%25", 200, ""},
		{customer, "/orders?status=&limit=&page=7", 200, ""},
		{customer, "/products?q=" + strings.Repeat("word%20", 100), 200, ""},
		{customer, "/products?q=%25_", 200, ""},
		{customer, "/products?q=a%00b", 400, "query.q"},
		{customer, "/products?q=" + strings.Repeat("a", 1001), 422, "query.q"},
		{customer, "/products?active=maybe", 422, "query.active"},
		{customer, "/products?sort=id;drop", 422, "query.sort"},
		{customer, "/products?sort=price", 422, "query.sort"},
		{customer, "/products?cursor=zzz", 422, "query.cursor"},
		{packer, "/staff/orders?tab=hats", 422, "query.tab"},
		{packer, "/staff/orders?q=%25&sort=oldest", 200, ""},
		{packer, "/staff/packing?status=READY", 422, "query.status"},
		{packer, "/staff/deliveries?status=READY", 200, ""},
		{admin, "/staff/events?after=x", 400, ""},
		{admin, "/staff/events?limit=201", 422, "query.limit"},
	} {
		r := q.p.get(q.path)
		if r.code != q.code {
			t.Errorf("%s: want %d, got %d %s", q.path, q.code, r.code, r.body)
		} else if q.at != "" {
			r.at(q.at)
		}
	}
}

func TestAPIProductsPageThroughTheList(t *testing.T) {
	s := newSite(t)
	admin := s.apiClient(domain.Admin)
	for i := range 7 {
		admin.post("/products", fmt.Sprintf(`{"name":"상품 %d","price":%d,"active":%v,"category":"c%d"}`, i, i*100, i%3 != 0, i%2)).want(201)
	}
	for query, want := range map[string]int{"": 7, "active=true&": 4, "active=false&": 3, "q=상품%206&": 1, "category=c1&": 3} {
		seen := map[string]bool{}
		for cursor := ""; ; {
			var p apiPage[apiProduct]
			admin.get("/products?" + query + "limit=2" + cursor).want(200).into(&p)
			for _, it := range p.Items {
				seen[it.ID] = true
			}
			if p.Next == nil {
				break
			}
			cursor = "&cursor=" + *p.Next
		}
		if len(seen) != want {
			t.Errorf("%q: %d products, want %d", query, len(seen), want)
		}
	}
	var p apiPage[apiProduct]
	admin.get("/products?limit=1").into(&p)
	path := "/api/v1/products/" + p.Items[0].ID
	admin.call("PATCH", path, `{"price":-1,"name":""}`).want(422).at("body.price").at("body.name")
	admin.call("PATCH", path, `{"price":10.999}`).want(422).at("body.price")
	admin.call("PATCH", path, `{"price":"1,000"}`).want(422).at("body.price")
	admin.call("PATCH", path, `{"version":99,"price":5}`).want(409)
	admin.post("/products", `{}`).want(422).at("body.name").at("body.price")
	var one apiProduct
	admin.call("PATCH", path, `{"active":false}`).want(200).into(&one)
	if one.Active {
		t.Error("still for sale")
	}
}

// HEAD says what GET would, without a body.
func TestAPIHead(t *testing.T) {
	s := newSite(t)
	p := s.product("타르트", 2500, 5)
	for _, path := range []string{"/api/v1/products", "/api/v1/products/" + p, "/openapi.json", "/docs"} {
		get, head := s.apiClient(domain.Visitor).call("GET", path, ""), s.apiClient(domain.Visitor).call("HEAD", path, "")
		if get.code != http.StatusOK || head.code != http.StatusOK || head.body != "" {
			t.Errorf("%s: %d, %d %q", path, get.code, head.code, head.body)
		}
	}
}
