package views

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/event"
	"daybreak/domain/orders"
	"daybreak/domain/stock"
	"daybreak/views/messages"
)

func init() {
	scan := stock.Scan{ID: "01S", ReceiptID: "01R", ProductID: "01P", Qty: 3, Code: "8801234567893", By: "박포장", At: sampleAgo}
	undone := scan
	undone.ID, undone.Undone = "02S", time.Now()
	desk := ReceiveDesk{Receipt: "01R", Scans: []stock.Scan{scan, undone}, More: true, Last: "01S", Level: stock.Level{OnHand: 13},
		Products: map[string]event.ProductFacts{"01P": {Product: "머그컵", ProductEn: "Mug", Bin: "A-1"}},
		Waiters:  []orders.Waiter{{OrderID: "01O", No: "20261121-0042", Qty: 2}}}
	unknown := domain.Checks{{Name: "code", Key: "err.stock.code_unknown", Args: []any{"code", "999"}}}.Err().(*domain.Error)
	bad := domain.Checks{{Name: "qty", Key: "stock.qty_whole", Args: []any{"a", 1, "b", 9}}}.Err().(*domain.Error)
	sample("StaffReceivePage", StaffReceivePage(ReceiveDesk{}), StaffReceivePage(desk),
		StaffReceivePage(ReceiveDesk{Form: Refused(messages.Ko, map[string]string{"code": "999"}, unknown), Unknown: true, Key: "k"}),
		StaffReceivePage(ReceiveDesk{Form: Refused(messages.Ko, map[string]string{"code": "8801", "qty": "x"}, bad), Key: "k"}))
	sample("StaffBinsPage", StaffBinsPage(nil), StaffBinsPage([]catalog.Bin{{Name: "A-1", Products: 3}}))
	p := catalog.Product{ID: "01P", Name: "머그컵", NameEn: "Mug", OutOfStock: catalog.Refuse, Active: true, LowAt: 20, Bin: "A-1"}
	var ledger []stock.Movement
	for _, kind := range []string{"", "damaged", "lost", "sample", "found", stock.FromReceipt, stock.FromUndo} {
		ledger = append(ledger, stock.Movement{Kind: stock.Adjusted, Qty: 1, At: sampleAgo, ByID: "01J", By: "박포장", Source: stock.Source{Kind: kind, ID: "01R"}})
	}
	sample("StaffStockItemPage", StaffStockItemPage(StockItem{Product: p, Ledger: ledger, Level: stock.Level{OnHand: 10, Reserved: 3, Available: 7},
		Held: []stock.Holding{{OrderID: "01O", Qty: 2}}, HeldRest: 1, Orders: map[string]string{"01O": "20261121-0042"}}))
}
