package views

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// sampleReport is a report of so many days until sampleNow, of two rooms and one that
// was never had.
func sampleReport(days int) StaffReport {
	day := func(i int) string { return sampleNow.AddDate(0, 0, i-days+1).Format(time.DateOnly) }
	s := StaffReport{Report: rooms.Report{From: day(0), To: day(days - 1)}, Form: Filled(map[string]string{"building": "본관"}),
		Choice: []rooms.Room{{ID: "01R", Name: "한강룸", Building: "본관"}, {ID: "02R", Name: "가온", Building: "별관"}, {ID: "03R", Name: "북악룸", Building: "본관"}}}
	for i := range days {
		s.Daily = append(s.Daily, rooms.DayReport{Date: day(i), Booked: time.Duration(i) * time.Hour, Used: time.Duration(i) * 30 * time.Minute})
	}
	s.Heat[0][9] = rooms.HourReport{Open: 10 * time.Hour, Used: 6 * time.Hour}
	s.Heat[5][10] = rooms.HourReport{Open: 400 * time.Hour, Used: time.Hour}
	s.Heat[6][23] = rooms.HourReport{Used: time.Hour}
	s.Total = rooms.RoomReport{Open: 1234*time.Hour + 30*time.Minute, Booked: 20 * time.Hour, Used: 12 * time.Hour, UsedCount: 3, NoShowCount: 1,
		NoShow: time.Hour, EarlyEnd: 90 * time.Minute, LateStart: 6 * time.Minute, Reclaimed: 30 * time.Minute}
	s.Rooms = []rooms.RoomReport{
		{RoomID: "01R", Name: "한강룸", Building: "본관", Floor: "3", Capacity: 8, Active: true, Open: 1000 * time.Hour, Booked: 15 * time.Hour, Used: 10 * time.Hour,
			NoShowCount: 1, NoShow: time.Hour, LateStartCount: 2, LateMedian: 270 * time.Second, Attendees: 6, Seats: 8, Decided: 1, ApprovalMedian: 90 * time.Minute},
		{RoomID: "02R", Name: "가온", Building: "별관", Floor: "B1", Capacity: 4, Open: 0, Used: 2 * time.Hour, Booked: 5 * time.Hour},
		{RoomID: "03R", Name: "북악룸", Building: "본관", Floor: "5", Capacity: 12, Active: true, Open: 200 * time.Hour},
	}
	return s
}

func init() {
	sorted, long, idle := sampleReport(14), sampleReport(90), sampleReport(7)
	sorted.Sort = "-used"
	idle.Total = rooms.RoomReport{Open: time.Hour}
	bad := Refused(messages.Ko, map[string]string{"from": "x", "building": "달"}, domain.Checks{
		{Name: "from", Key: "err.rooms.date"}, {Name: "building", Key: "report.no_building"}}.Err().(*domain.Error))
	sample("StaffReportPage", StaffReportPage(sorted), StaffReportPage(long), StaffReportPage(idle), StaffReportPage(StaffReport{}),
		StaffReportPage(StaffReport{Form: bad, Choice: long.Choice, Sort: "name"}))
}

func names(rs []rooms.RoomReport) string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Name)
	}
	return strings.Join(out, " ")
}

func TestReportsAreSorted(t *testing.T) {
	t.Parallel()
	s := sampleReport(7)
	for by, want := range map[string]string{
		"": "한강룸 가온 북악룸", "name": "가온 북악룸 한강룸", "-name": "한강룸 북악룸 가온",
		"used": "북악룸 가온 한강룸", "-used": "한강룸 가온 북악룸",
		// What has no figure is last, however it is turned.
		"utilisation": "북악룸 한강룸 가온", "-utilisation": "한강룸 북악룸 가온", "late": "한강룸 가온 북악룸", "-late": "한강룸 가온 북악룸",
	} {
		s.Sort = by
		if got := names(s.rows()); got != want {
			t.Errorf("by %q: %s, want %s", by, got, want)
		}
	}
	for _, c := range []struct{ sort, key, want string }{
		{"", "name", "sort=name"}, {"name", "name", "sort=-name"}, {"-name", "name", "sort=name"},
		{"", "used", "sort=-used"}, {"-used", "used", "sort=used"}, {"used", "used", "sort=-used"}, {"used", "name", "sort=name"},
	} {
		s.Sort = c.sort
		if got := s.sortURL(c.key); !strings.Contains(got, c.want+"&") && !strings.Contains(got, c.want+"#") || !slices.Contains(ReportSorts, strings.TrimPrefix(c.want, "sort=")) {
			t.Errorf("in the order %q, %s leads to %s", c.sort, c.key, got)
		}
	}
}

// The file has what the page shows: the same rooms in the same order, and in each cell
// the same figure, but for what a spreadsheet does itself.
func TestTheReportsTableIsThatOfThePage(t *testing.T) {
	t.Parallel()
	s := sampleReport(7)
	s.Sort = "-open"
	for _, lang := range []messages.Lang{messages.Ko, messages.En} {
		e := sampleEnv(lang, domain.RoomAdmin)
		doc, _ := draw(t, e, StaffReportPage(s))
		var want [][]string
		doc.Find("#report-rooms tr").Each(func(_ int, tr *goquery.Selection) {
			tr.Find(".sub").Remove()
			want = append(want, tr.Find("th, td").Map(func(_ int, c *goquery.Selection) string {
				return strings.NewReplacer(",", "", "–", "").Replace(strings.TrimSpace(c.Text()))
			}))
		})
		got := s.Table(With(context.Background(), e))
		for i := range got {
			got[i] = slices.Delete(got[i], 1, 3) // building and floor, which stand under the name
			if i >= len(want) || !slices.Equal(got[i], want[i]) {
				t.Errorf("%s, row %d is %q\nwant %q", lang, i, got[i], want)
			}
		}
		if len(got) != 5 || len(want) != 5 {
			t.Errorf("%d and %d rows", len(got), len(want))
		}
	}
}

func TestTheReportsPage(t *testing.T) {
	t.Parallel()
	s := sampleReport(14)
	doc, _ := draw(t, sampleEnv(messages.En, domain.RoomAdmin), StaffReportPage(s))
	text := strings.Join(strings.Fields(doc.Find("main").Text()), " ")
	for _, want := range []string{"Sun 8 Nov – Sat 21 Nov", "Booked20.0 h", "Utilisation1.0% Used ÷ open time (1,234.5 h). 40–60% is healthy.",
		"Show-up rate75% Bookings used ÷ (used + no-shows): 3 of 4.", "Wasted2.6 h", "no-shows 1.0, early ends 1.5, late starts 0.1 h", "Reclaimed0.5 h",
		"별관, floor B1 · seats 4 · Out of service"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in %s", want, text)
		}
	}
	for sel, want := range map[string]int{"svg.bars rect.a": 14, "svg.bars title": 14, "details tbody tr": 14, "[aria-sort]": 0,
		".heat thead th": 3, ".heat tbody tr": 7, ".heat .cell": 2, ".chips [aria-current]": 0} {
		if got := doc.Find(sel).Length(); got != want {
			t.Errorf("%s is there %d times, want %d", sel, got, want)
		}
	}
	if got := doc.Find(".heat tbody tr").First().Find(".h4").Text(); got != "60" {
		t.Errorf("Monday at nine is %q", got)
	}
	if got := strings.TrimSpace(doc.Find(".heat tbody tr").Eq(5).Find(".h1").Text()); got != "<1" {
		t.Errorf("Saturday at ten is %q", got)
	}
	// The longest bar is 13 h of an axis of 20.
	if last := doc.Find("svg.bars rect.a").Last(); last.AttrOr("height", "") != "65.00" || last.AttrOr("y", "") != "35.00" {
		t.Errorf("the last bar is %v", last.Nodes[0].Attr)
	}
}

func TestPeriodsOfTheReport(t *testing.T) {
	t.Parallel()
	e := sampleEnv(messages.Ko, domain.RoomAdmin)
	for _, c := range []struct{ from, to, current string }{
		{"2026-10-25", "2026-11-21", "최근 4주"}, {"2026-11-01", "2026-11-21", "이번 달"}, {"2026-10-01", "2026-10-31", "지난달"}, {"2026-11-01", "2026-11-20", ""},
	} {
		s := sampleReport(3)
		s.From, s.To = c.from, c.to
		doc, _ := draw(t, e, StaffReportPage(s))
		links := doc.Find(".chips a")
		if got := strings.TrimSpace(links.Filter("[aria-current]").Text()); got != c.current || links.Length() != 3 {
			t.Errorf("%s to %s: %d links, current %q", c.from, c.to, links.Length(), got)
		}
		if to := links.Last().AttrOr("href", ""); to != StaffRoomReportURL("from", "2026-10-01", "to", "2026-10-31", "building", "본관") {
			t.Errorf("last month is at %s", to)
		}
	}
}

func TestLongReportsAreDrawnByWeeks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		days, bars int
		first      string
	}{{1, 1, "2026-11-21"}, {42, 42, "2026-10-11"}, {43, 7, "2026-10-10"}, {366, 53, "2025-11-21"}} {
		s := sampleReport(c.days)
		var booked time.Duration
		bars := s.bars()
		for _, b := range bars {
			booked += b.booked
		}
		if want := time.Duration(c.days*(c.days-1)/2) * time.Hour; booked != want || len(bars) != c.bars || bars[0].from != c.first || bars[len(bars)-1].to != "2026-11-21" {
			t.Errorf("%d days: %d bars of %v, want %v; the first %+v, the last %+v", c.days, len(bars), booked, want, bars[0], bars[len(bars)-1])
		}
	}
}

func TestTheAxisOfTheChart(t *testing.T) {
	t.Parallel()
	for top, want := range map[time.Duration]float64{0: 1, time.Minute: 1, time.Hour: 1, 61 * time.Minute: 2, 5 * time.Hour: 6, 9 * time.Hour: 10, 10*time.Hour + 1: 20, 850 * time.Hour: 1000} {
		if got := axis([]reportBar{{booked: top / 2, used: top}}); got != want {
			t.Errorf("%v: %v, want %v", top, got, want)
		}
	}
}
