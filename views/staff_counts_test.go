package views

import (
	"daybreak/domain"
	"daybreak/domain/catalog"
	"daybreak/domain/event"
	"daybreak/domain/stock"
	"daybreak/views/messages"
)

func init() {
	n := stock.Count{ID: "01C", Title: "A-1", State: stock.CountOpen, By: "박포장", At: sampleAgo}
	var list []stock.Count
	for _, state := range []string{stock.CountOpen, stock.CountSubmitted, stock.CountClosed, stock.CountCancelled} {
		x := n
		x.ID, x.State = "01C"+state, state
		list = append(list, x)
	}
	empty := domain.Checks{{Name: "codes", Key: "err.stock.count_empty"}}.Err().(*domain.Error)
	sample("StaffCountsPage", StaffCountsPage(CountList{}),
		StaffCountsPage(CountList{Counts: list, Next: "01C", Bins: []catalog.Bin{{Name: "A-1", Products: 3}}, Categories: []string{"drinks"}}),
		StaffCountsPage(CountList{Form: Refused(messages.Ko, map[string]string{"scope": "codes"}, empty), Key: "k"}))
	lines := []stock.CountLine{{ProductID: "01P", Counted: -1}, {ProductID: "02P", Counted: 8, Expected: 10, By: "박포장", At: sampleAgo, Moved: true},
		{ProductID: "03P", Counted: 3, Expected: 1, By: "김서연", At: sampleAgo, Counters: []string{"01J"}}}
	products := map[string]event.ProductFacts{"01P": {Product: "펜"}, "03P": {Product: "공책"},
		"P" + stock.LineSame: {Product: "가"}, "P" + stock.LineSkipped: {Product: "나"}, "P" + stock.LineApproved: {Product: "다"}, "P" + stock.LineRejected: {Product: "라"},
		"02P": {Product: "머그컵", ProductEn: "Mug", SKU: "MUG", Barcode: "8801234567893", Bin: "A-1"}}
	sheet := CountSheet{Count: n, Lines: lines, Products: products, Last: "02P"}
	handed := sheet
	handed.Count.State = stock.CountSubmitted
	decided := handed
	decided.Lines = nil
	for _, v := range []string{stock.LineSame, stock.LineSkipped, stock.LineApproved, stock.LineRejected} {
		decided.Lines = append(decided.Lines, stock.CountLine{ProductID: "P" + v, Counted: 1, Verdict: v, DecidedBy: "관리자", At: sampleAgo})
	}
	unknown, stale := sheet, sheet
	unknown.Form = Refused(messages.Ko, map[string]string{"code": "999"}, domain.Checks{{Name: "code", Key: "err.stock.code_none", Args: []any{"code", "999"}}}.Err().(*domain.Error))
	stale.Form = Refused(messages.Ko, map[string]string{"qty": "9"}, domain.Refuse(domain.Conflict, "err.stock.count_stale", "name", "박포장", "n", 8))
	stale.BadLine = "02P"
	sample("StaffCountPage", StaffCountPage(sheet), StaffCountPage(handed), StaffCountPage(decided), StaffCountPage(unknown), StaffCountPage(stale))
}
