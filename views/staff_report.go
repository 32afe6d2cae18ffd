package views

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// StaffReport is the report of rooms as its page shows it. Where Form is bad there is
// no report.
type StaffReport struct {
	rooms.Report
	Form   Form         // from, to, building and room
	Choice []rooms.Room // the rooms one can ask for
	Sort   string       // one of ReportSorts, "" for the order of the house
}

// figure is a number of the report; without ok there was nothing to count.
type figure struct {
	n    float64
	ok   bool
	unit unit
}

type unit int

const (
	decimals unit = iota // hours or minutes, to one place
	counts
	shares
)

func hours(d time.Duration) figure { return figure{n: d.Hours(), ok: true} }

func share(x float64, ok bool) figure { return figure{n: x, ok: ok, unit: shares} }

// text is the figure for a person.
func (f figure) text() string {
	switch {
	case !f.ok:
		return "–"
	case f.unit == counts:
		return Num(int(f.n))
	case f.unit == shares:
		return messages.Percent(f.n)
	}
	return messages.Decimal(f.n)
}

// plain is the figure for a spreadsheet, which groups digits itself.
func (f figure) plain() string {
	if !f.ok {
		return ""
	}
	return strings.ReplaceAll(f.text(), ",", "")
}

// reportColumn is a column of figures in the table of rooms. key names it in ?sort= and,
// behind "report.col.", in the catalogue.
type reportColumn struct {
	key string
	of  func(r rooms.RoomReport) figure
}

var reportColumns = []reportColumn{
	{"open", func(r rooms.RoomReport) figure { return hours(r.Open) }},
	{"booked", func(r rooms.RoomReport) figure { return hours(r.Booked) }},
	{"used", func(r rooms.RoomReport) figure { return hours(r.Used) }},
	{"utilisation", utilisation},
	{"noshows", func(r rooms.RoomReport) figure { return figure{float64(r.NoShowCount), true, counts} }},
	{"noshow", func(r rooms.RoomReport) figure { return hours(r.NoShow) }},
	{"early", func(r rooms.RoomReport) figure { return hours(r.EarlyEnd) }},
	{"late", func(r rooms.RoomReport) figure { return figure{n: r.LateMedian.Minutes(), ok: r.LateStartCount > 0} }},
	{"fit", func(r rooms.RoomReport) figure { return share(r.CapacityFit(), r.Seats > 0) }},
	{"approval", func(r rooms.RoomReport) figure { return figure{n: r.ApprovalMedian.Hours(), ok: r.Decided > 0} }},
}

func utilisation(r rooms.RoomReport) figure { return share(r.Utilisation(), r.Open > 0) }

func showUp(r rooms.RoomReport) figure { return share(r.ShowUp(), r.UsedCount+r.NoShowCount > 0) }

// byName is the ?sort= of the rooms' names; those of the figures are reportColumns.
const byName = "name"

// ReportSorts are the orders of the table of rooms: a column upwards, or after "-" downwards.
var ReportSorts = func() []string {
	out := []string{byName, "-" + byName}
	for _, c := range reportColumns {
		out = append(out, c.key, "-"+c.key)
	}
	return out
}()

// rows are the rooms in the order asked for; what has no figure comes last.
func (s StaffReport) rows() []rooms.RoomReport {
	key, down := strings.CutPrefix(s.Sort, "-")
	turn := func(n int) int {
		if down {
			return -n
		}
		return n
	}
	rs := slices.Clone(s.Rooms)
	if key == byName {
		slices.SortStableFunc(rs, func(a, b rooms.RoomReport) int { return turn(cmp.Compare(a.Name, b.Name)) })
	}
	for _, c := range reportColumns {
		if c.key != key {
			continue
		}
		slices.SortStableFunc(rs, func(a, b rooms.RoomReport) int {
			x, y := c.of(a), c.of(b)
			switch {
			case x.ok && y.ok:
				return turn(cmp.Compare(x.n, y.n))
			case x.ok:
				return -1
			case y.ok:
				return 1
			}
			return 0
		})
	}
	return rs
}

// Table is the table of rooms as a spreadsheet gets it: its head, the rooms in the order
// of the page, and their sum.
func (s StaffReport) Table(ctx context.Context) [][]string {
	head := []string{T(ctx, "report.col.name"), T(ctx, "report.col.building"), T(ctx, "report.col.floor")}
	for _, c := range reportColumns {
		head = append(head, T(ctx, "report.col."+c.key))
	}
	out := [][]string{head}
	row := func(r rooms.RoomReport, line ...string) {
		for _, c := range reportColumns {
			line = append(line, c.of(r).plain())
		}
		out = append(out, line)
	}
	for _, r := range s.rows() {
		row(r, r.Name, r.Building, r.Floor)
	}
	row(s.Total, T(ctx, "report.total"), "", "")
	return out
}

// idle reports whether there is nothing to draw.
func (s StaffReport) idle() bool {
	return s.Total.Booked == 0 && s.Total.Used == 0
}

// url is the report of a period with the same rooms in an order.
func (s StaffReport) url(from, to, sort string) string {
	return StaffRoomReportURL(s.pairs(from, to, sort)...)
}

// pairs are the filters of an address. What is wrong with the form's leads nowhere.
func (s StaffReport) pairs(from, to, sort string) []string {
	out := []string{"from", from, "to", to, "sort", sort}
	for _, name := range []string{"building", "room"} {
		if s.Form.Error(name) == "" {
			out = append(out, name, s.Form.Value(name))
		}
	}
	return out
}

// sortedBy is the value of aria-sort for a column, "" if another one is in order.
func (s StaffReport) sortedBy(key string) string {
	switch s.Sort {
	case key:
		return "ascending"
	case "-" + key:
		return "descending"
	}
	return ""
}

// sortURL orders the table by a column: names from the first, figures from the largest,
// and once more the other way round.
func (s StaffReport) sortURL(key string) string {
	next := "-" + key
	if s.Sort == next || key == byName && s.Sort != key {
		next = key
	}
	return s.url(s.From, s.To, next) + "#report-rooms"
}

// buildings are those of the rooms to choose from, each once.
func (s StaffReport) buildings(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "report.all_buildings")}}
	for _, r := range s.Choice {
		o := Option{r.Building, r.Building}
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}

func (s StaffReport) roomsToChoose(ctx context.Context) []Option {
	out := []Option{{"", T(ctx, "report.all_rooms")}}
	for _, r := range s.Choice {
		out = append(out, Option{r.ID, r.Building + " · " + r.Name})
	}
	return out
}

// presets are links to the usual periods.
func (s StaffReport) presets(ctx context.Context) []Tab {
	now := From(ctx).now().In(messages.Zone)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)
	var out []Tab
	found := false
	for _, p := range []struct {
		text     string
		from, to time.Time
	}{
		{T(ctx, "report.weeks"), today.AddDate(0, 0, -27), today},
		{T(ctx, "report.this_month"), first, today},
		{T(ctx, "report.last_month"), first.AddDate(0, -1, 0), first.AddDate(0, 0, -1)},
	} {
		from, to := p.from.Format(time.DateOnly), p.to.Format(time.DateOnly)
		here := !found && s.From == from && s.To == to
		found = found || here
		out = append(out, Tab{Text: p.text, URL: s.url(from, to, s.Sort), Current: here})
	}
	return out
}

// dayOf prints a day as the report names it, "2006-01-02".
func dayOf(ctx context.Context, s string) string {
	d, ok := rooms.ParseDate(s)
	if !ok {
		return s
	}
	return Date(ctx, time.Date(d.Year(), d.Month(), d.Day(), 12, 0, 0, 0, messages.Zone))
}

func span(ctx context.Context, from, to string) string {
	if from == to {
		return dayOf(ctx, from)
	}
	return T(ctx, "report.period", "from", dayOf(ctx, from), "to", dayOf(ctx, to))
}
