package views

import (
	"strings"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/ops"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/stock"
	"daybreak/views/messages"
)

// What the samples show.
var (
	sampleAgo   = sampleNow.Add(-2 * time.Hour)
	sampleTo    = event.Address{Recipient: "김서연", Phone: "01012345678", Postcode: "03925", Line1: "서울특별시 마포구 월드컵북로 396", Line2: "5층"}
	sampleLines = []event.Line{
		{ProductID: "01P", Product: "머그컵", ProductEn: "Mug", Code: "8801234567893", Bin: "A-03-2", UnitPrice: 12000, Qty: 2},
		{ProductID: "02P", Product: "연필", Code: "12", UnitPrice: 500, Qty: 1},
	}
)

func sampleStaffOrder(status event.OrderStatus, packingStatus, deliveryStatus string) lists.Order {
	return lists.Order{ID: "01O" + string(status) + packingStatus, No: "20261121-0042", CustomerName: "김서연", Title: "머그컵", TitleEn: "Mug", LineCount: 2, Qty: 3,
		Amount: 24500, Status: string(status), WaitingSince: sampleAgo, PaymentStatus: event.PaymentStateApproved,
		TaskID: "01T", PackingStatus: packingStatus, DeliveryID: "01D", DeliveryStatus: deliveryStatus, Tab: lists.TabPack}
}

func sampleRow(status string) lists.Task {
	return lists.Task{ID: "01T" + status, OrderID: "01O", OrderNo: "20261121-0042", CustomerName: "김서연", Status: status, Qty: 3,
		LinesJSON: `[{"name":"머그컵","qty":2},{"name":"연필","qty":1}]`, PackerName: "박포장", RequestedAt: sampleAgo, StartedAt: sampleAgo, PackedAt: sampleAgo, UpdatedAt: sampleAgo}
}

func sampleTask(status, packer string) packing.Task {
	t := packing.Task{ID: "01T", OrderID: "01O", OrderNo: "20261121-0042", CustomerName: "김서연", Status: status, PackerID: packer, PackerName: "박포장",
		Note: "문 앞", RequestedAt: sampleAgo, StartedAt: sampleAgo, PackedAt: sampleAgo}
	for _, l := range sampleLines {
		t.Lines = append(t.Lines, packing.Line{Line: l})
	}
	return t
}

func sampleDelivery(status string, packed bool) lists.Delivery {
	return lists.Delivery{ID: "01D" + status, OrderID: "01O", OrderNo: "20261121-0042", CustomerName: "김서연", To: sampleTo, Note: "문 앞", Status: status,
		Packed: packed, PreparedAt: sampleAgo, StartedAt: sampleAgo, CompletedAt: sampleAgo, UpdatedAt: sampleAgo}
}

func sampleStock(onHand int64, active bool) lists.Product {
	return lists.Product{ProductFacts: event.ProductFacts{ProductID: "01P", Product: "머그컵", ProductEn: "Mug", SKU: "MUG", Barcode: "8801234567893", Bin: "A-1", Active: active},
		OnHand: onHand, Reserved: 1, LastReceivedAt: sampleAgo}
}

func init() {
	sampleStaffLists()
	sampleStaffGoods()
	counts := map[string]int64{lists.TabPack: 3}
	sample("StaffDashboardPage",
		StaffDashboardPage(Dashboard{}),
		StaffDashboardPage(Dashboard{Counts: counts, Newest: []lists.Order{sampleStaffOrder(event.StatusPlaced, event.TaskRequested, event.DeliveryReady)},
			Tasks:   lists.Page[lists.Task]{Items: []lists.Task{sampleRow(event.TaskRequested)}, Next: "01T"},
			Waiting: lists.Waiting{Low: 2, Oldest: map[string]time.Time{lists.TabPack: sampleAgo}}}))
	o := orders.Order{ID: "01O", No: "20261121-0042", CustomerName: "김서연", Lines: sampleLines, Amount: 24500, To: sampleTo, Note: "문 앞",
		Status: event.StatusPacking, OrderedAt: sampleAgo}
	cancelled := o
	cancelled.Status, cancelled.Reason = event.StatusCancelled, "변심"
	history := []lists.TimelineEntry{
		{At: sampleAgo, Name: event.OrderPlaced{}.Name(), Key: "timeline.orders.placed.v1", ActorName: "system", ActorRole: domain.System},
		{At: sampleAgo, Name: event.PackingStarted{}.Name(), Key: "timeline.packing.started.v1", ActorName: "박포장", ActorRole: domain.Packer, Reason: "메모"},
	}
	sample("StaffOrderPage",
		StaffOrderPage(StaffOrder{Order: o, CanCancel: true}),
		StaffOrderPage(StaffOrder{Order: o, Row: sampleStaffOrder(event.StatusPacking, event.TaskInProgress, event.DeliveryReady), Task: sampleTask(event.TaskInProgress, "01J"), Timeline: history, CanCancel: true}),
		StaffOrderPage(StaffOrder{Order: cancelled, Row: sampleStaffOrder(event.StatusCancelled, event.TaskUnpacking, ""), Timeline: history}))
	env := event.Envelope{ID: "01E", Name: "orders.placed.v1", Aggregate: event.Aggregate{Type: "order", ID: "01O", Version: 2}, Correlation: domain.NewID(), At: sampleAgo}
	sample("StaffOperationsPage",
		StaffOperationsPage(Operations{}),
		StaffOperationsPage(Operations{Name: "orders.placed.v1", Events: ops.Page{Items: []event.Envelope{env}, Next: "7"},
			Parked: []ops.Parked{{Consumer: "stock", Event: env, Attempts: 5, Error: "boom <b>", Last: sampleAgo}},
			Consumers: []ops.Consumer{{Name: "a"}, {Name: "b", Retrying: 1, Oldest: sampleAgo}, {Name: "c", Parked: 1},
				{Name: "d", PausedBy: "관리자", PausedAt: sampleAgo}}}))
}

func sampleStaffLists() {
	counts := map[string]int64{lists.TabPack: 3, event.TaskRequested: 2, event.DeliveryReady: 1}
	row := sampleStaffOrder(event.StatusPlaced, event.TaskRequested, event.DeliveryReady)
	sample("StaffOrdersPage",
		StaffOrdersPage(StaffBoard{}),
		StaffOrdersPage(StaffBoard{BoardFilter: BoardFilter{Tab: lists.TabPack}, Counts: counts}),
		StaffOrdersPage(StaffBoard{BoardFilter: BoardFilter{Q: "없음"}, Counts: counts, Page: lists.Page[lists.Order]{Partial: true, Next: "01O"}}),
		StaffOrdersPage(StaffBoard{Cursor: "01X", Counts: counts, Page: lists.Page[lists.Order]{Items: []lists.Order{row}, Next: "01O"}}))
	for _, s := range []event.OrderStatus{event.StatusPlaced, event.StatusPacking, event.StatusPacked, event.StatusShipped, event.StatusCancelled} {
		sample("StaffOrderRow", StaffOrderRow(sampleStaffOrder(s, event.TaskUnpacking, event.DeliveryUnderWay)), StaffOrderRow(sampleStaffOrder(s, "", event.DeliveryReady)))
	}
	sample("StaffPackingPage", StaffPackingPage(PackingList{}),
		StaffPackingPage(PackingList{Status: event.TaskRequested, Counts: counts, Page: lists.Page[lists.Task]{Items: []lists.Task{sampleRow(event.TaskRequested)}, Next: "x"}}))
	for _, s := range PackingTabs {
		sample("PackingRow", PackingRow(sampleRow(s)))
	}
	sample("StaffDeliveriesPage", StaffDeliveriesPage(DeliveryList{}),
		StaffDeliveriesPage(DeliveryList{Status: event.DeliveryReady, Counts: counts, Page: lists.Page[lists.Delivery]{Items: []lists.Delivery{sampleDelivery(event.DeliveryReady, true)}}}))
	for _, s := range DeliveryTabs {
		sample("DeliveryRow", DeliveryRow(sampleDelivery(s, true)), DeliveryRow(sampleDelivery(s, false)))
	}
}

func sampleStaffGoods() {
	sample("StockRow", StockRow(sampleStock(100, true)), StockRow(sampleStock(3, true)), StockRow(sampleStock(0, false)))
	sample("StaffStockPage", StaffStockPage(StockList{}), StaffStockPage(StockList{Low: true}),
		StaffStockPage(StockList{Query: "머그", Page: lists.Page[lists.Product]{Items: []lists.Product{sampleStock(3, true)}, Next: "x"}}))
	p := catalog.Product{ID: "01P", Name: "머그컵", NameEn: "Mug", Price: 12000, OutOfStock: catalog.Refuse, Active: true, SKU: "MUG", Barcode: "8801234567893", Version: 3}
	bad := Refused(messages.Ko, map[string]string{"qty": "1.5"}, domain.Checks{{Name: "qty", Key: "err.number"}}.Err().(*domain.Error))
	var ledger []stock.Movement
	for i, k := range []stock.Kind{stock.Received, stock.Reserved, stock.Released, stock.Committed, stock.Restocked, stock.Adjusted} {
		ledger = append(ledger, stock.Movement{Kind: k, Qty: int64(i) - 2, At: sampleAgo, ByID: "01J", By: "박포장", OrderID: "01O", Reason: "실사"})
	}
	ledger[1].ByID = domain.Worker.ID
	sample("StaffStockItemPage", StaffStockItemPage(StockItem{Product: p}),
		StaffStockItemPage(StockItem{Product: p, Level: stock.Level{OnHand: 10, Reserved: 1, Available: 9}, Ledger: ledger, Next: "4",
			Orders: map[string]string{"01O": "20261121-0042"}, Adjust: bad, Key: "k"}),
		StaffStockItemPage(StockItem{Product: p, Receive: bad, Key: "k"}))
	sample("StaffProductsPage", StaffProductsPage(ProductList{}), StaffProductsPage(ProductList{Query: "없음"}),
		StaffProductsPage(ProductList{Page: catalog.Page{Items: []catalog.Product{p}, Next: "x"}}))
	refused := Refused(messages.Ko, ProductValues(p), domain.Refuse(domain.Conflict, "err.catalog.stale", "name", p.Name))
	sample("StaffProductPage", StaffProductPage(ProductForm{Active: true}), StaffProductPage(ProductForm{ID: p.ID, Name: p.Name, Form: refused, Key: "k", Stale: true}),
		StaffProductPage(ProductForm{ID: p.ID, Name: p.Name, Active: true, Form: Filled(ProductValues(p))}))
}

func TestRowsOfferOnlyWhatIsLegal(t *testing.T) {
	e := sampleEnv(messages.Ko, domain.Packer)
	for _, c := range []struct {
		status             event.OrderStatus
		packing, delivery  string
		action, link, none string
	}{
		{status: event.StatusPlaced, packing: event.TaskRequested, delivery: event.DeliveryReady, action: StaffTaskDoURL("01T", "start"), none: "deliveries"},
		{status: event.StatusPacking, packing: event.TaskInProgress, delivery: event.DeliveryReady, link: StaffTaskURL("01T"), none: "start"},
		{status: event.StatusPacked, packing: event.TaskPacked, delivery: event.DeliveryReady, action: StaffDeliveryDoURL("01D", "start"), none: "packing"},
		{status: event.StatusShipped, packing: event.TaskPacked, delivery: event.DeliveryUnderWay, action: StaffDeliveryDoURL("01D", "complete"), none: "start"},
		{status: event.StatusDelivered, packing: event.TaskPacked, delivery: event.DeliveryDone, none: "<form"},
		{status: event.StatusCancelled, packing: event.TaskUnpacking, link: StaffTaskURL("01T"), none: "<form"},
		{status: event.StatusPendingPayment, none: "<form"},
	} {
		o := sampleStaffOrder(c.status, c.packing, c.delivery)
		_, html := draw(t, e, StaffOrderRow(o))
		if c.action != "" && !strings.Contains(html, `action="`+c.action+`"`) {
			t.Errorf("%s: no way to %s", c.status, c.action)
		}
		if c.link != "" && !strings.Contains(html, `href="`+c.link+`"`) {
			t.Errorf("%s: no link to %s", c.status, c.link)
		}
		if strings.Contains(html, c.none) {
			t.Errorf("%s: has %q", c.status, c.none)
		}
	}
}

func TestAnUnpackedParcelAnswersWhy(t *testing.T) {
	e := sampleEnv(messages.Ko, domain.Packer)
	if _, html := draw(t, e, DeliveryRow(sampleDelivery(event.DeliveryReady, false))); !strings.Contains(html, `aria-disabled="true"`) || strings.Contains(html, " disabled") {
		t.Error("the button of a parcel that is not packed must look refused and still answer")
	}
	if _, html := draw(t, e, DeliveryRow(sampleDelivery(event.DeliveryReady, true))); strings.Contains(html, "aria-disabled") {
		t.Error("a packed parcel may leave")
	}
}

// A row is put in its place only where its place is known.
func TestWhereNewRowsGo(t *testing.T) {
	for _, c := range []struct {
		oldest, narrowed bool
		next, want       string
	}{{want: "top"}, {next: "x", want: "top"}, {oldest: true, want: "bottom"}, {oldest: true, next: "x"}, {narrowed: true}, {oldest: true, narrowed: true}} {
		if got := insertAt(c.oldest, c.narrowed, c.next); got != c.want {
			t.Errorf("%+v: got %q", c, got)
		}
	}
}
