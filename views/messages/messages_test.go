package messages

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"daybreak/domain"
)

func TestText(t *testing.T) {
	catalogue = load(fstest.MapFS{"t.tsv": {Data: []byte(header + "\n" +
		"plain\t저장\tSave\n" +
		"count\t주문 {n}건\t{n} orders\t1 order\n" +
		"field\t{field:을/를} 입력해 주세요.\tEnter {field}.\n" +
		"pay\t{won:은/는} 결제액\t{won} paid\n")}})
	t.Cleanup(func() { catalogue = load(tables) })
	for _, c := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{Ko, "plain", nil, "저장"},
		{En, "plain", nil, "Save"},
		{Ko, "count", []any{"n", 1}, "주문 1건"},
		{En, "count", []any{"n", 1}, "1 order"},
		{En, "count", []any{"n", int64(1)}, "1 order"},
		{En, "count", []any{"n", "1"}, "1 order"},
		{En, "count", []any{"n", 1234}, "1,234 orders"},
		{En, "count", nil, "{n} orders"},
		{Ko, "field", []any{"field", domain.Label("plain")}, "저장을 입력해 주세요."},
		{En, "field", []any{"field", domain.Label("plain")}, "Enter save."},
		{Ko, "pay", []any{"won", domain.Money(12000)}, "12,000원은 결제액"},
		{En, "pay", []any{"won", domain.Money(12000)}, "₩12,000 paid"},
		{"fr", "plain", nil, "저장"},
	} {
		if got := Text(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("%s %s %v: got %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
}

func TestAnUnknownKeyIsShownAndCounted(t *testing.T) {
	before := Unknown()
	if got := Text(Ko, "no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
	if Unknown() != before+1 {
		t.Error("not counted")
	}
	e := &domain.Error{Code: domain.Internal, Key: "no.such.key"}
	if got := Error(En, e); got != Text(En, "err.500") {
		t.Errorf("an error without a sentence says %q", got)
	}
}

func TestErrors(t *testing.T) {
	e := domain.Refuse(domain.Invalid, "err.summary", "n", 2)
	if got := Error(En, e); got != "Please check 2 fields." {
		t.Errorf("got %q", got)
	}
	f := domain.Field{Name: "name", Key: "err.required", Args: []any{"field", domain.Label("auth.name")}}
	if got := Field(Ko, f); got != "이름을 입력해 주세요." {
		t.Errorf("got %q", got)
	}
}

func TestParticles(t *testing.T) {
	for _, c := range [][3]string{
		{"한강룸", "이/가", "이"}, {"상자", "을/를", "를"}, {"20261121-0042", "이/가", "가"},
		{"20261121-0041", "을/를", "을"}, {"서울", "으로/로", "로"}, {"집", "으로/로", "으로"},
		{"포커스 A", "은/는", "는"}, {"라벨 (대)", "을/를", "를"}, {"USB-L", "이/가", "이"},
		{"1호", "과/와", "와"}, {"7", "으로/로", "로"}, {"", "이/가", "가"},
	} {
		if got := particle(c[0], c[1]); got != c[2] {
			t.Errorf("%q %q: got %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestMatch(t *testing.T) {
	for header, want := range map[string]Lang{
		"": Ko, "ko": Ko, "en": En, "en-GB,en;q=0.9": En, "ko-KR,ko;q=0.9,en;q=0.8": Ko,
		"fr": Ko, "fr,en;q=0.5": En, "*": Ko, "%%%": Ko, strings.Repeat("en-", 500): Ko,
	} {
		if got := Match(header); got != want {
			t.Errorf("%q: got %s, want %s", header, got, want)
		}
	}
}

func TestTablesThatCannotBeRead(t *testing.T) {
	for name, table := range map[string]string{
		"column missing":  "a\t가",
		"column too many": "a\t가\tA\tB\tC",
		"empty cell":      "a\t\tA",
		"spaces":          "a\t가 \tA",
		"open brace":      "a\t{n\t{n}",
		"no name":         "a\t{}\tA",
		"no pair":         "a\t{n:을}\t{n}",
		"twice":           "a\t가\tA\na\t나\tB",
	} {
		if err := read(map[string]*entry{}, table); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

func TestDates(t *testing.T) {
	now := time.Date(2026, 11, 21, 10, 42, 0, 0, Zone)
	at := func(d time.Duration) time.Time { return now.Add(d).UTC() }
	for _, c := range []struct{ got, want string }{
		{DateTime(Ko, now, now), "11월 21일 (토) 10:42"},
		{DateTime(En, now, now), "Sat 21 Nov 10:42"},
		{Date(Ko, now.AddDate(-1, 0, 0), now), "2025년 11월 21일 (금)"},
		{Date(En, now.AddDate(-1, 0, 0), now), "Fri 21 Nov 2025"},
		{Time(time.Date(2026, 11, 21, 1, 42, 0, 0, time.UTC)), "10:42"},
		{Machine(now), "2026-11-21T10:42:00+09:00"},
		{Relative(Ko, at(-20*time.Second), now), "방금"},
		{Relative(Ko, at(-5*time.Minute), now), "5분 전"},
		{Relative(En, at(-3*time.Hour), now), "3 h ago"},
		{Relative(Ko, at(-17*time.Hour), now), "어제 17:42"},
		{Relative(Ko, at(-72*time.Hour), now), "11월 18일 (수) 10:42"},
		{Relative(Ko, at(time.Hour), now), "11월 21일 (토) 11:42"},
		{localTime(Ko, now.In(time.FixedZone("", -4*3600)), now), "11월 20일 (금) 21:42 (-04:00)"},
		{localTime(En, now.In(time.FixedZone("", 9*3600)), now), "Sat 21 Nov 10:42"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Number(0), "0"}, {Number(999), "999"}, {Number(1234567), "1,234,567"}, {Number(-1234), "−1,234"},
		{Money(Ko, 529150), "529,150원"}, {Money(En, 529150), "₩529,150"},
		{Money(Ko, -27850), "−27,850원"}, {Money(En, -27850), "−₩27,850"},
		{Decimal(0), "0.0"}, {Decimal(1234.56), "1,234.6"}, {Decimal(0.96), "1.0"}, {Decimal(-0.04), "0.0"}, {Decimal(-2.5), "−2.5"},
		{Percent(0), "0%"}, {Percent(0.0024), "0.2%"}, {Percent(0.0996), "10%"}, {Percent(0.834), "83%"}, {Percent(1.2), "120%"}, {Percent(12.345), "1,235%"},
		{Weekday(Ko, time.Sunday), "일"}, {Weekday(En, time.Thursday), "Thu"},
		{Phone("01012345678"), "010-1234-5678"}, {Phone("02-123-4567"), "02-123-4567"},
		{Phone("0212345678"), "02-1234-5678"}, {Phone("12"), "12"}, {Phone(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// The same placeholders must be filled in both languages: one forgotten is a fact the
// reader of that language does not get.
func TestBothLanguagesSayTheSame(t *testing.T) {
	names := func(s []segment) map[string]bool {
		m := map[string]bool{}
		for _, p := range s {
			if p.name != "" {
				m[p.name] = true
			}
		}
		return m
	}
	for key, e := range catalogue {
		ko, en := names(e.ko), names(e.en)
		for n := range ko {
			if !en[n] {
				t.Errorf("%s: {%s} is only in the Korean sentence", key, n)
			}
		}
		for n := range en {
			if !ko[n] {
				t.Errorf("%s: {%s} is only in the English sentence", key, n)
			}
		}
		for n := range names(e.one) {
			if !en[n] {
				t.Errorf("%s: {%s} is only in the sentence for one", key, n)
			}
		}
		for _, p := range e.en {
			if p.josa != "" {
				t.Errorf("%s: the English sentence has a particle", key)
			}
		}
	}
}

func TestSpan(t *testing.T) {
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 10, 0, 0, 0, Zone)
	at := func(d, h, m int, loc *time.Location) time.Time { return time.Date(2026, 11, d, h, m, 0, 0, loc) }
	for _, c := range []struct {
		from, until time.Time
		want        string
	}{
		{at(21, 13, 0, Zone), at(21, 14, 0, Zone), "Sat 21 Nov 13:00–14:00"},
		{at(21, 22, 0, Zone), at(22, 0, 0, Zone), "Sat 21 Nov 22:00–24:00"},
		{at(21, 22, 0, Zone), at(22, 1, 0, Zone), "Sat 21 Nov 22:00–Sun 22 Nov 01:00"},
		{at(21, 13, 0, ny), at(21, 14, 0, ny).UTC(), "Sat 21 Nov 13:00–14:00 (-05:00)"},
	} {
		if got := Span(En, c.from, c.until, now); got != c.want {
			t.Errorf("%v to %v is %q, want %q", c.from, c.until, got, c.want)
		}
	}
	if got := Span(Ko, at(21, 13, 0, Zone), at(21, 14, 30, Zone), now); got != "11월 21일 (토) 13:00–14:30" {
		t.Errorf("in Korean it is %q", got)
	}
}
