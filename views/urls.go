package views

import (
	"net/url"
	"strconv"
	"strings"

	"daybreak/static"
)

// Every address of the program is made here, so that a link and its route cannot drift
// apart unseen. Ids are escaped; addresses are always relative to the site.

func at(parts ...string) string {
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return "/" + strings.Join(parts, "/")
}

// query appends name, value pairs to path in the order of their names, leaving out the
// empty ones. A page of rooms makes thousands of them.
func query(path string, pairs ...string) string {
	var b strings.Builder
	b.WriteString(path)
	sep := byte('?')
	for last := ""; ; sep = '&' {
		name, value := "", ""
		for i := 0; i+1 < len(pairs); i += 2 {
			if n := pairs[i]; pairs[i+1] != "" && n > last && (name == "" || n < name) {
				name, value = n, pairs[i+1]
			}
		}
		if name == "" {
			return b.String()
		}
		b.WriteByte(sep)
		b.WriteString(url.QueryEscape(name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(value))
		last = name
	}
}

// HomeURL is the storefront, searched for q.
func HomeURL(q, cursor string) string { return query("/", "q", q, "cursor", cursor) }

// ProductURL is a product's page.
func ProductURL(id string) string { return at("products", id) }

// CartURL is the cart; a post of productId and qty adds to it.
func CartURL() string { return "/cart" }

// CartLineURL sets the quantity of one product in the cart by a post of qty; 0 removes it.
func CartLineURL(productID string) string { return at("cart", productID) }

// CheckoutURL is the checkout; a post orders.
func CheckoutURL() string { return "/checkout" }

// OrdersURL is the customer's order list.
func OrdersURL(status, cursor string) string {
	return query("/orders", "status", status, "cursor", cursor)
}

// OrderURL is an order's page.
func OrderURL(id string) string { return at("orders", id) }

// OrderCancelURL asks how much of an order is cancelled; a post does it.
func OrderCancelURL(id string) string { return at("orders", id, "cancel") }

// OrderReturnURL asks how much of an order is sent back; a post of reason does it.
func OrderReturnURL(id string) string { return at("orders", id, "return") }

// OrderPayURL tries the payment again by a post.
func OrderPayURL(id string) string { return at("orders", id, "pay") }

// OrderReceiptURL confirms by a post that the parcel arrived.
func OrderReceiptURL(id string) string { return at("orders", id, "receipt") }

// LoginURL is where one signs in, to go on at next.
func LoginURL(next string) string {
	if next == "/" || strings.HasPrefix(next, "/login") || strings.HasPrefix(next, "/register") {
		next = ""
	}
	return query("/login", "next", next)
}

// LogoutURL signs out by a post.
func LogoutURL() string { return "/logout" }

// RegisterURL is where one gets an account, to go on at next.
func RegisterURL(next string) string { return query("/register", "next", next) }

// SetupURL is where the first admin is made.
func SetupURL() string { return "/setup" }

// PrefsURL takes lang or theme, and next, by a post.
func PrefsURL() string { return "/prefs" }

// LiveURL is the stream of changes from since on, narrowed to lists.
func LiveURL(since string, lists []string) string {
	return query("/live", "since", since, "lists", strings.Join(lists, ","))
}

// StaffURL is the dashboard.
func StaffURL() string { return "/staff" }

// StaffOrdersURL is the order board.
func StaffOrdersURL(tab, q, cursor string) string {
	return query("/staff/orders", "tab", tab, "q", q, "cursor", cursor)
}

// StaffOrderURL is an order as staff see it.
func StaffOrderURL(id string) string { return at("staff", "orders", id) }

// StaffOrderDoURL moves an order by a post: "accept", "reject" or "cancel".
func StaffOrderDoURL(id, do string) string { return at("staff", "orders", id, do) }

// StaffPackingURL is the packing list.
func StaffPackingURL(status, cursor string) string {
	return query("/staff/packing", "status", status, "cursor", cursor)
}

// StaffTaskURL is the bench of one packing task.
func StaffTaskURL(id string) string { return at("staff", "packing", id) }

// StaffTaskDoURL works on a task by a post: "start", "release", "scan", "complete",
// "shortage" or "unpacked".
func StaffTaskDoURL(id, do string) string { return at("staff", "packing", id, do) }

// StaffDeliveriesURL is the delivery list.
func StaffDeliveriesURL(status, cursor string) string {
	return query("/staff/deliveries", "status", status, "cursor", cursor)
}

// StaffDeliveryURL is one delivery.
func StaffDeliveryURL(id string) string { return at("staff", "deliveries", id) }

// StaffRunSheetURL is what a courier takes along.
func StaffRunSheetURL() string { return "/staff/deliveries/run-sheet" }

// StaffDeliveryDoURL moves a delivery by a post: "start", "complete", "returned",
// "attempted" or "tracking".
func StaffDeliveryDoURL(id, do string) string { return at("staff", "deliveries", id, do) }

// StaffStockURL is the stock list.
func StaffStockURL(q, cursor string) string { return query("/staff/stock", "q", q, "cursor", cursor) }

// StaffStockListURL is the stock list, narrowed to what is low if low.
func StaffStockListURL(q string, low bool, cursor string) string {
	only := ""
	if low {
		only = "true"
	}
	return query("/staff/stock", "q", q, "low", only, "cursor", cursor)
}

// StaffStockItemURL is one product's stock and its ledger.
func StaffStockItemURL(productID string) string { return at("staff", "stock", productID) }

// StaffStockDoURL changes a stock by a post: "receive" or "adjust".
func StaffStockDoURL(productID, do string) string { return at("staff", "stock", productID, do) }

// StaffProductsURL is the product list.
func StaffProductsURL(q, cursor string) string {
	return query("/staff/products", "q", q, "cursor", cursor)
}

// StaffProductNewURL is the form for a new product; its post goes to StaffProductsURL.
func StaffProductNewURL() string { return "/staff/products/new" }

// StaffProductURL is the form of a product; a post saves it.
func StaffProductURL(id string) string { return at("staff", "products", id) }

// StaffProductDoURL changes a product by a post: "activate" or "deactivate".
func StaffProductDoURL(id, do string) string { return at("staff", "products", id, do) }

// StaffOperationsURL is the operations page, its log narrowed to events of a name or of
// one chain.
func StaffOperationsURL(name, correlation, cursor string) string {
	return query("/staff/operations", "name", name, "correlation", correlation, "cursor", cursor)
}

// StaffConsumerDoURL holds a consumer back or lets it go on by a post: "pause" or "resume".
func StaffConsumerDoURL(name, do string) string {
	return at("staff", "operations", "consumers", name, do)
}

// StaffParkedDoURL decides about a parked event by a post: "retry" or "discard".
func StaffParkedDoURL(consumer, eventID, do string) string {
	return at("staff", "operations", "parked", consumer, eventID, do)
}

// StaffPaymentsURL is the list of payments, of a state or of the orders a search finds.
func StaffPaymentsURL(status, q, cursor string) string {
	return query("/staff/payments", "status", status, "q", q, "cursor", cursor)
}

// StaffPaymentDoURL acts on a payment by a post: "retry".
func StaffPaymentDoURL(id, do string) string { return at("staff", "payments", id, do) }

// StaffReconciliationURL shows our books beside the provider's; a post compares them anew.
func StaffReconciliationURL() string { return "/staff/payments/reconciliation" }

// StaffMismatchDoURL decides about a stray callback by a post: "review".
func StaffMismatchDoURL(id, do string) string {
	return at("staff", "payments", "mismatches", id, do)
}

// asset is the address of a file of package static.
func asset(name string) string { return static.URL(name) }

// icon is the address of one symbol of the sprite.
func icon(name string) string { return asset("icons.svg") + "#" + name }

// itoa is for attributes, where separators have no place.
func itoa(n int) string { return strconv.Itoa(n) }

// RowID is the id of a row: "<list>-<id>". A live patch finds the row by it.
func RowID(list, id string) string { return list + "-" + id }
