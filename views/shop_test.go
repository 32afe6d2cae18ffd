package views

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/orders"
	"daybreak/views/messages"
)

func sampleProduct(id string, left int64) lists.Product {
	return lists.Product{ProductFacts: event.ProductFacts{ProductID: id, Product: "우유 식빵", ProductEn: "Milk bread", Price: 5200,
		Description: "촉촉합니다.", DescEn: "Soft.", Active: true, Category: "bakery"}, OnHand: left}
}

func sampleOrder(status event.OrderStatus, payment string) orders.Order {
	return orders.Order{ID: "01J", No: "20261121-0042", Status: status, Payment: payment, Amount: 10400, OrderedAt: sampleNow,
		Lines: []event.Line{{ProductID: "p1", Product: "우유 식빵", ProductEn: "Milk bread", UnitPrice: 5200, Qty: 2}},
		To:    event.Address{Recipient: "김서연", Phone: "01012345678", Postcode: "03925", Line1: "월드컵북로 396", Line2: "5층"}, Note: "문 앞"}
}

func init() {
	full, few, none := sampleProduct("p1", 24), sampleProduct("p2", 3), sampleProduct("p3", 0)
	gone := sampleProduct("p4", 5)
	gone.Active = false
	soon := sampleProduct("p5", 0)
	soon.OutOfStock = event.Backorder
	cart := Cart{Lines: []CartLine{{Product: full, Qty: 2}, {Product: few, Qty: 9}, {Product: none, Qty: 1}, {Product: gone, Qty: 1}, {Product: soon, Qty: 1}}}
	bad := Refused(messages.Ko, map[string]string{"qty": "1.5", "address": ""}, domain.Checks{
		{Name: "qty", Key: "err.orders.qty", Args: []any{"max", 999}},
	}.Err().(*domain.Error))
	noAddress := Refused(messages.Ko, map[string]string{"recipient": "김"}, domain.Checks{
		{Name: "address", Key: "err.required", Args: []any{"field", domain.Label("addr.line1")}},
	}.Err().(*domain.Error))
	history := []lists.TimelineEntry{
		{At: sampleNow, Name: event.OrderRequested{}.Name(), Key: "timeline.orders.requested.v1", Args: []any{"no", "1", "amount", domain.Money(5)}, ActorName: "김서연"},
		{At: sampleNow, Name: event.PaymentDeferred{}.Name(), Key: "timeline.payment.deferred.v1", Reason: "timeout after 610ms"},
		{At: sampleNow, Name: event.OrderCancelled{}.Name(), Key: "timeline.orders.cancelled.v1", Reason: "마음이 바뀌었습니다"},
	}
	order := func(s event.OrderStatus, payment string, may bool) Order {
		return OrderOf(sampleOrder(s, payment), history, may)
	}
	row := lists.Order{ID: "01J", No: "20261121-0042", Title: "우유 식빵", TitleEn: "Milk bread", LineCount: 3, Amount: 10400, Status: "PACKING",
		OrderedAt: sampleNow.Add(-time.Hour), More: `{"lines":[{"productId":"p1","name":"우유 식빵","unitPrice":5200,"qty":2}],"to":{"address":"서울"}}`}

	sample("ShopHome", ShopHome(Storefront{Recommended: []lists.Product{full}, Products: []lists.Product{few, none}, Categories: []string{"bakery", "이름 없는"}, Next: "x"}),
		ShopHome(Storefront{Query: "없음", Category: "bakery", Categories: []string{"bakery"}}),
		ShopHome(Storefront{Products: []lists.Product{few}, Later: true}), ShopHome(Storefront{Category: "bakery", Products: []lists.Product{few}}))
	sample("ProductCard", ProductCard(full, 0), ProductCard(none, 9), ProductCard(soon, 1))
	sample("StockWord", StockWord(full), StockWord(few), StockWord(none), StockWord(soon))
	sample("AddToCart", AddToCart("p1", "우유 식빵", "/"))
	sample("Added", Added("p1", "우유 식빵", "/", 3))
	sample("CartMoved", CartMoved(3))
	sample("NotAdded", NotAdded("안 됩니다."))
	sample("ProductPage", ProductPage(full, Form{}), ProductPage(few, bad), ProductPage(none, Form{}), ProductPage(gone, Form{}), ProductPage(soon, Form{}))
	sample("CartPage", CartPage(Cart{}, "", Form{}), CartPage(cart, "p2", bad), CartPage(Cart{Lines: cart.Lines[:1]}, "", Form{}), CartPage(Cart{Lines: cart.Lines[4:]}, "", Form{}))
	sample("CheckoutPage", CheckoutPage(Checkout{Cart: cart, Form: noAddress, Key: "k"}), CheckoutPage(Checkout{Cart: cart, Short: []string{"a"}}),
		CheckoutPage(Checkout{Cart: cart, Short: []string{"a", "b"}}))
	sample("MyOrdersPage", MyOrdersPage(MyOrders{}), MyOrdersPage(MyOrders{Group: "done", Later: true}), MyOrdersPage(MyOrders{Rows: []lists.Order{row}, Next: "x"}))
	sample("MyOrderRow", MyOrderRow(row))
	sample("OrderPage", OrderPage(order(event.StatusPlaced, event.PaymentStateApproved, true)), OrderPage(order(event.StatusPendingPayment, event.PaymentStateDeferred, true)))
	var live []templ.Component
	for status := range looks {
		if s, ok := strings.CutPrefix(status, "order."); ok {
			live = append(live, OrderLive(order(event.OrderStatus(s), event.PaymentStateApproved, false)))
		}
	}
	refunded := order(event.StatusCancelled, event.PaymentRefunded, false)
	refunded.Reason = "order.reason.expired"
	sample("OrderLive", append(live, OrderLive(refunded), OrderLive(order(event.StatusCancelled, event.PaymentVoid, false)))...)
	part := func(s event.OrderStatus, may, back, staff bool, f Form) templ.Component {
		return OrderPartPage(OrderPart{Order: order(s, "", may), Back: back, Staff: staff, Form: f, Key: "k"})
	}
	wrong := Form{Summary: "안 됩니다.", Values: map[string]string{"scope": ScopePart, "lines[0].qty": "x"}, Errors: map[string]string{"lines[0].qty": "틀림", "reason": "필요"}}
	sample("OrderPartPage", part(event.StatusPlaced, true, false, false, bad), part(event.StatusPlaced, true, false, true, wrong),
		part(event.StatusShipped, false, false, false, Form{}), part(event.StatusShipped, false, false, false, Form{Summary: "안 됩니다."}),
		part(event.StatusShipped, false, true, false, wrong), part(event.StatusPlaced, true, true, false, Form{}), part(event.StatusReturning, false, true, false, Form{}),
		part(event.StatusCancelled, false, false, true, Form{}))
	sample("LoginPage", LoginPage(Form{}, "/checkout", nil), LoginPage(Form{Summary: "아닙니다."}, "/", []DemoAccount{{"a@demo.local", "daybreak", domain.Admin}}))
	sample("RegisterPage", RegisterPage(Form{}, "/cart"), RegisterPage(bad, "/"))
}

func TestCartKnowsWhatCanBeOrdered(t *testing.T) {
	gone := sampleProduct("p4", 5)
	gone.Active = false
	soon := sampleProduct("p5", 0)
	soon.OutOfStock = event.Backorder
	lines := map[string]CartLine{"OK": {Product: sampleProduct("p1", 3), Qty: 3}, "SHORT": {Product: sampleProduct("p2", 2), Qty: 3}, "NONE": {Product: sampleProduct("p3", 0), Qty: 1}, "GONE": {Product: gone, Qty: 1}, "LATER": {Product: soon, Qty: 1}}
	for want, l := range lines {
		if got := l.State(); got != want {
			t.Errorf("want %s, got %s", want, got)
		}
		if c := (Cart{Lines: []CartLine{l}}); c.Ready() != (want == "OK" || want == "LATER") {
			t.Errorf("%s: ready is %v", want, c.Ready())
		}
	}
	c := Cart{Lines: []CartLine{lines["OK"], lines["GONE"]}}
	if c.Total() != 3*5200 || (Cart{}).Ready() {
		t.Errorf("total %d", c.Total())
	}
}

func TestCartTravelsInAForm(t *testing.T) {
	a, b := domain.NewID(), domain.NewID()
	c := Cart{Lines: []CartLine{{Product: sampleProduct(a, 1), Qty: 2}, {Product: sampleProduct(b, 1), Qty: 999}}}
	items, ok := ReadItems(c.Text())
	if !ok || len(items) != 2 || items[0] != (orders.Item{ProductID: a, Qty: 2}) || items[1].Qty != 999 {
		t.Errorf("%v %v", items, ok)
	}
	for _, bad := range []string{"", ",", a, a + ":", a + ":x", a + ":1e3", "x:1", a + ":1," + b, a + ":99999999999999999999"} {
		if items, ok := ReadItems(bad); ok {
			t.Errorf("%q was read as %v", bad, items)
		}
	}
}

func TestStepsFollowTheStatus(t *testing.T) {
	for status, want := range map[event.OrderStatus]string{
		event.StatusPendingPayment: "current,,,", event.StatusPlaced: "done,current,,", event.StatusPacking: "done,current,,",
		event.StatusPacked: "done,done,current,", event.StatusShipped: "done,done,current,", event.StatusDelivered: "done,done,done,done",
		event.StatusAwaitingAccept: "current,,,", event.StatusBackordered: "current,,,", event.StatusReturning: "done,current,",
	} {
		doc, _ := draw(t, sampleEnv(messages.Ko, domain.Customer), OrderLive(OrderOf(sampleOrder(status, ""), nil, false)))
		var got []string
		for _, s := range OrderOf(sampleOrder(status, ""), nil, false).steps(t.Context()) {
			got = append(got, s.State)
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: want %s, got %v", status, want, got)
		}
		if n := doc.Find("#order-steps li").Length(); n != len(got) {
			t.Errorf("%s: %d steps", status, n)
		}
	}
}

func TestOrderTellsTheCustomerWhatConcernsThem(t *testing.T) {
	o := OrderOf(sampleOrder(event.StatusCancelled, event.PaymentStateApproved), []lists.TimelineEntry{
		{At: sampleNow, Name: event.PaymentDeferred{}.Name(), Key: "timeline.payment.deferred.v1", Reason: "dial tcp 127.0.0.1"},
		{At: sampleNow, Name: event.OrderCancelled{}.Name(), Key: "timeline.orders.cancelled.v1", Reason: "마음이 바뀌었습니다"},
	}, false)
	doc, html := draw(t, sampleEnv(messages.Ko, domain.Customer), OrderLive(o))
	if strings.Contains(html, "dial tcp") {
		t.Error("the customer reads why the provider did not answer")
	}
	if got := doc.Find("#order-timeline li").First().Find(".note").Text(); got != "마음이 바뀌었습니다" {
		t.Errorf("the newest entry says %q", got)
	}
	if !strings.Contains(doc.Text(), "10,400원을 환불하고 있습니다") {
		t.Error("the refund is not told")
	}
}

func TestAddressesReadAsTheLanguageDoes(t *testing.T) {
	a := event.Address{Postcode: "03925", Line1: "월드컵북로 396", Line2: "5층"}
	ko := With(t.Context(), sampleEnv(messages.Ko, domain.Customer))
	en := With(t.Context(), sampleEnv(messages.En, domain.Customer))
	if got := AddressText(ko, a); got != "(03925) 월드컵북로 396, 5층" {
		t.Error(got)
	}
	if got := AddressText(en, a); got != "5층, 월드컵북로 396, 03925" {
		t.Error(got)
	}
	if got := AddressText(en, event.Address{Line1: "Seoul"}); got != "Seoul" {
		t.Error(got)
	}
}
