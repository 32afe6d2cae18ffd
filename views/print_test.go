package views

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/packing"
	"daybreak/views/messages"
)

// samplePrint is a print job of two orders.
func samplePrint(kind, size string) Print {
	p := Print{Site: "https://shop.example", Job: packing.PrintJob{ID: "01J", Kind: kind, Size: size, By: "박포장", At: sampleAgo, OrderIDs: []string{"01O", "02O"}}}
	for _, slot := range []string{"", "B"} {
		t := sampleTask(event.TaskRequested, "")
		t.Slot = slot
		p.Papers = append(p.Papers, Paper{Task: t, To: sampleTo, OrderedAt: sampleAgo})
	}
	p.Papers[1].Task.BoxSize, p.Papers[1].Task.Weight, p.Papers[1].Note = 2, 1500, "문 앞"
	return p
}

func sampleBatch(status string) packing.Batch {
	b := packing.Batch{ID: "01B", No: 12, By: "박포장", At: sampleAgo}
	for i, slot := range []string{"A", "B"} {
		t := sampleTask(status, "")
		t.Slot, t.Lines[0].Scanned = slot, 2*i
		b.Tasks = append(b.Tasks, t)
	}
	b.Tasks[1].Lines[1].Bin = ""
	return b
}

func init() {
	left := []packing.Refusal{{OrderID: "01O", OrderNo: "20261121-0041", Status: event.TaskCancelled, Key: "err.print.cancelled"}, {OrderID: "01X", Key: "err.print.not_placed"}}
	for _, kind := range []string{packing.PrintSlip, packing.PrintLabel} {
		for _, size := range packing.PrintSizes {
			sample("PrintPage", PrintPage(samplePrint(kind, size)))
		}
	}
	none := samplePrint(packing.PrintSlip, packing.PrintA4)
	none.Papers, none.Left = nil, left
	sample("PrintPage", PrintPage(none))
	bad := Refused(messages.Ko, map[string]string{"n": "x"}, domain.Checks{{Name: "n", Key: "err.batch.count", Args: []any{"max", 50}}}.Err().(*domain.Error))
	sample("PickListsPage", PickListsPage(PickLists{}), PickListsPage(PickLists{Open: []packing.Batch{sampleBatch(event.TaskInProgress)}, Waiting: 3, Form: bad, Key: "k"}))
	refused, empty := sampleBatch(event.TaskRequested), packing.Batch{ID: "01B", No: 1, At: sampleAgo}
	refused.Refused = left
	sample("PickListPage", PickListPage(refused), PickListPage(sampleBatch(event.TaskPacked)), PickListPage(sampleBatch(event.TaskCancelled)), PickListPage(empty))
}

// A slip says what is in the parcel and where it goes, and nothing that it costs.
func TestSlip(t *testing.T) {
	p := samplePrint(packing.PrintSlip, packing.PrintA6)
	doc, html := draw(t, sampleEnv(messages.Ko, domain.Packer), PrintPage(p))
	slips := doc.Find(".papers.slips.p-a6 > article.paper")
	if slips.Length() != 2 {
		t.Fatalf("%d slips", slips.Length())
	}
	one := slips.Eq(1)
	for sel, want := range map[string]int{"svg.code128[aria-label='20261121-0042']": 1, "svg.qr": 2, "tbody tr": 2, "tbody .square": 2, "tbody td.num strong": 1, "thead tr": 2} {
		if got := one.Find(sel).Length(); got != want {
			t.Errorf("%s is there %d times, want %d", sel, got, want)
		}
	}
	text := strings.Join(strings.Fields(one.Text()), " ")
	for _, want := range []string{"김서연", "010-1234-5678", "(03925) 서울특별시 마포구 월드컵북로 396, 5층", "상자 1/1 · 2호 상자 · 1,500g", "문 앞", "A-03-2", "피킹 칸 B", "상품 2종, 모두 3개"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the slip: %s", want, text)
		}
	}
	if strings.Contains(slips.Text(), "12,000") || strings.Contains(slips.Text(), "원") && strings.Contains(slips.Text(), "500원") {
		t.Error("the slip has prices")
	}
	if first := one.Find("tbody tr").First(); !strings.Contains(first.Text(), "머그컵") || first.Find("strong").Last().Text() != "2" {
		t.Errorf("first is %s", first.Text())
	}
	if strings.Contains(html, "style=") {
		t.Error("a style that the policy forbids")
	}
}

// Labels for sheets of A4 share them; on a roll each is alone.
func TestLabelsShareSheets(t *testing.T) {
	p := samplePrint(packing.PrintLabel, packing.PrintA4)
	for len(p.Papers) < 9 {
		p.Papers = append(p.Papers, p.Papers[0])
	}
	for size, want := range map[string]int{packing.PrintA4: 2, packing.PrintA6: 9, packing.Print80mm: 9} {
		p.Job.Size = size
		doc, _ := draw(t, sampleEnv(messages.En, domain.Packer), PrintPage(p))
		if n := doc.Find(".papers.labels > .sheet").Length(); n != want {
			t.Errorf("%s: %d sheets, want %d", size, n, want)
		}
		if n := doc.Find(".sticker").Length(); n != 9 {
			t.Errorf("%s: %d labels", size, n)
		}
	}
}

// The list is walked bin by bin; what is in its box is ticked off.
func TestPickList(t *testing.T) {
	doc, _ := draw(t, sampleEnv(messages.En, domain.Packer), PickListPage(sampleBatch(event.TaskInProgress)))
	var got []string
	doc.Find(".bins section").Each(func(_ int, s *goquery.Selection) {
		got = append(got, strings.Join(strings.Fields(s.Text()), " "))
	})
	want := []string{
		"A-03-2Mug 8801234567893A×2B×2Quantity × 4",
		"No bin연필 12A×1B×1Quantity × 2",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q, want %q", got, want)
	}
	if n := doc.Find(".bins .badge.g").Length(); n != 1 {
		t.Errorf("%d shares are done", n)
	}
	if src := doc.Find("#pick-detail").AttrOr("data-row", ""); src != "packing-01T packing-01T" {
		t.Errorf("it hears of %s", src)
	}
}
