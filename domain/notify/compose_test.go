package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"daybreak/domain"
)

// What is stored of the arguments of a sentence comes back as it was.
func TestPack(t *testing.T) {
	ny := domain.Zone("America/New_York")
	rapid.Check(t, func(t *rapid.T) {
		moment := rapid.Custom(func(t *rapid.T) time.Time {
			loc := rapid.SampledFrom([]*time.Location{domain.Zone("Asia/Seoul"), ny, time.UTC}).Draw(t, "zone")
			return time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "at")).In(loc)
		})
		word := rapid.StringMatching(`[가-힣a-z0-9:"\\ ]{0,30}`).Filter(func(s string) bool { return strings.TrimSpace(s) == s })
		from := moment.Draw(t, "from")
		args := []any{
			"s", word.Draw(t, "s"), "l", domain.Label("ntf.many"), "m", domain.Money(rapid.Int64().Draw(t, "m")), "i", rapid.Int().Draw(t, "i"),
			"n", domain.Name{Ko: domain.Clean(word.Draw(t, "ko")), En: domain.Clean(word.Draw(t, "en"))},
			"t", domain.Local{Time: moment.Draw(t, "t")},
			"p", domain.Period{From: from, Until: moment.Draw(t, "until").In(from.Location())},
		}
		if got := unpack(pack(args)); fmt.Sprint(got) != fmt.Sprint(args) {
			t.Fatalf("%v\n%v", args, got)
		}
	})
	for _, broken := range []string{"", "[", "{}", `["a"]`, `["a","x1"]`, `["a","mx"]`, `["a","t1"]`, `["a","p1 2"]`, `["a",""]`} {
		if got := unpack(broken); len(got) != 0 {
			t.Errorf("%q is %v", broken, got)
		}
	}
	if packOne(nil, 1) != "" || unpackOne("") != nil {
		t.Error("nothing is something")
	}
}

// Nothing a person typed can end the line of a header, whatever it is and however long.
func TestNothingBecomesAHeader(t *testing.T) {
	line := func(t interface{ Fatalf(string, ...any) }, s string, n int) {
		if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f || r == '\u2028' || r == '\u0085' || r == '\u202e' }) {
			t.Fatalf("%q has a character that ends a line, or turns it round", s)
		}
		if !utf8.ValidString(s) || utf8.RuneCountInString(s) > n || strings.TrimSpace(s) != s {
			t.Fatalf("%q", s)
		}
	}
	check := func(t interface{ Fatalf(string, ...any) }, evil string) {
		m := Drawn{Subject: "Order for " + evil, Text: evil}.message(Message{Name: evil})
		line(t, m.Subject, maxSubject)
		line(t, m.Name, maxName)
		if strings.Contains(m.Text, "\r") || utf8.RuneCountInString(m.Text) > maxText {
			t.Fatalf("the text is %q", m.Text)
		}
	}
	for _, evil := range []string{"x\r\nBcc: a@evil.example", "x\nBcc: b", "x\rBcc: c", "x\x00y", "\xff\xfe", "a\u2028b", "a\u0085b", "\u202egnp.exe",
		strings.Repeat("김", 10_000), strings.Repeat("\r\n", 10_000), ""} {
		check(t, evil)
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.String().Draw(t, "s")) })
	rapid.Check(t, func(t *rapid.T) { check(t, string(rapid.SliceOf(rapid.Byte()).Draw(t, "b"))) })
	if got := oneLine("새벽  배송\r\n상점", 80); got != "새벽 배송 상점" {
		t.Errorf("%q", got)
	}
	if got := lines("a\r\nb\rc\x00\n\n", 80); got != "a\nb\nc" {
		t.Errorf("%q", got)
	}
	if got := oneLine(strings.Repeat("가", 100), 10); got != strings.Repeat("가", 9)+"…" {
		t.Errorf("%q", got)
	}
}

// A token is for one account and one kind, and only we can make it.
func TestTokens(t *testing.T) {
	token := sign("secret", ana.ID, KindBooking)
	if user, k, ok := verify("secret", token); !ok || user != ana.ID || k != KindBooking {
		t.Errorf("%s, %s, %v", user, k, ok)
	}
	for _, bad := range []string{"", ".", token + "x", token[1:], strings.ToUpper(token), sign("other", ana.ID, KindBooking), sign("secret", ana.ID, "nothing"),
		strings.Repeat("a", 10_000), "%%%.%%%", strings.SplitN(token, ".", 2)[0] + "."} {
		if _, _, ok := verify("secret", bad); ok {
			t.Errorf("%q was taken", bad)
		}
	}
	if _, _, ok := verify("", sign("", ana.ID, KindBooking)); ok {
		t.Error("anybody can sign with nothing")
	}
}
