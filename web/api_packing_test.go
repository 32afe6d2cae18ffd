package web

import (
	"fmt"
	"testing"

	"daybreak/domain"
)

// The bench by its calls: every refusal is an answer that says why, each gesture counts
// once, and the last right scan closes the box.
func TestAPIScans(t *testing.T) {
	s := newSite(t)
	packer, other, customer := s.apiClient(domain.Packer), s.apiClient(domain.Packer, "Lee"), s.apiClient(domain.Customer)
	var bread, pen apiProduct
	admin := s.apiClient(domain.Admin)
	admin.post("/products", `{"name":"소금빵","nameEn":"Salt bread","price":3500,"sku":"BR-1","barcode":"8801234567890"}`).want(201).into(&bread)
	admin.post("/products", `{"name":"볼펜","nameEn":"Pen","price":900,"sku":"PEN-1"}`).want(201).into(&pen)
	packer.post("/stock/"+bread.ID+"/receive", `{"qty":10}`).want(200)
	o := customer.post("/orders", orderOf(bread.ID, 2)).want(201).order()
	s.eventually("the packing task", func() bool { return packer.get("/staff/orders/"+o.ID).want(200).order().TaskID != "" })
	task := "/staff/packing/" + packer.get("/staff/orders/"+o.ID).order().TaskID

	for _, c := range []struct {
		by            *program
		code, gesture string
		result        string
		scanned       int
		message       string
	}{
		{packer, "PEN-1", "1", "wrong", 0, "Pen is not in this order. Do not pack it, put it back on the shelf. Next: Salt bread …7890"},
		{packer, "nothing", "2", "unknown", 0, "Unknown barcode: nothing Scan another barcode of it, or confirm it by hand."},
		{packer, "br-1", "3", "counted", 1, "Correct. Salt bread 1 of 2"},
		{packer, "br-1", "3", "counted", 1, "Correct. Salt bread 1 of 2"},
		{other, "br-1", "4", "taken", 1, "김packer is packing this. Choose another task."},
		{packer, "8801234567890", "5", "done", 2, "Everything is packed."},
		{packer, "8801234567890", "6", "closed", 2, "This box is packed already. If something is wrong, open the box again."},
	} {
		var got apiScan
		c.by.post(task+"/scan", fmt.Sprintf(`{"code":%q,"gesture":%q}`, c.code, c.gesture)).want(200).into(&got)
		if got.Result != c.result || got.Task.Lines[0].Scanned != c.scanned || got.Rest != 2-c.scanned || got.Message != c.message {
			t.Errorf("%s %s: %+v", c.code, c.gesture, got)
		}
	}
	var now apiTask
	packer.post(task+"/reopen", ``).want(200).into(&now)
	if now.Status != "IN_PROGRESS" {
		t.Errorf("opened: %+v", now)
	}
	var back apiScan
	packer.post(task+"/count", `{"productId":"`+bread.ID+`","qty":-1,"gesture":"7"}`).want(200).into(&back)
	if back.Result != "undone" || !back.ByHand || back.Task.Lines[0].Scanned != 1 {
		t.Errorf("taken out: %+v", back)
	}
	packer.post(task+"/undo", `{"gesture":"8"}`).want(200).into(&back)
	if back.Result != "undone" || back.Task.Lines[0].Scanned != 0 {
		t.Errorf("undone: %+v", back)
	}
	packer.post(task+"/box", `{"box":2,"weight":1500}`).want(200).into(&now)
	if now.Box != 2 || now.Weight != 1500 {
		t.Errorf("box: %+v", now)
	}
	for body, field := range map[string]string{
		`{"productId":"` + pen.ID + `","qty":1,"reason":"gone"}`:   "productId",
		`{"productId":"` + bread.ID + `","qty":3,"reason":"gone"}`: "qty",
		`{"productId":"` + bread.ID + `","qty":1,"reason":""}`:     "reason",
	} {
		if p := packer.post(task+"/shortage", body).want(422).problem(); p.Errors[0].Location != "body."+field {
			t.Errorf("%s: %+v", body, p)
		}
	}
	packer.post(task+"/scan", `{"code":"1","gesture":""}`).want(422)
	packer.post(task+"/shortage", `{"productId":"`+bread.ID+`","qty":1,"reason":"bench.reason.damaged"}`).want(200).into(&now)
	if now.Status != "SHORT" || len(now.Short) != 1 || now.Short[0].Reason != "It is damaged" || now.StatusLabel != "Goods lack" {
		t.Errorf("short: %+v", now)
	}
	s.eventually("the order among the problems", func() bool {
		var page staffOrderPage
		packer.get("/staff/orders?tab=problems").want(200).into(&page)
		return len(page.Items) == 1 && page.Items[0].ID == o.ID && page.Items[0].PackingStatus == "SHORT"
	})
	packer.post("/staff/orders/"+o.ID+"/cancel", `{"reason":"none left","lines":[{"productId":"`+bread.ID+`","qty":1}]}`).want(200)
	s.eventually("the rest to be packed", func() bool {
		now = apiTask{}
		packer.get(task).want(200).into(&now)
		return now.Status == "REQUESTED" && now.Lines[0].Qty == 1 && len(now.Short) == 0
	})
	packer.post(task+"/resume", ``).want(409)
}
