package chat

import (
	"html"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"daybreak/domain/notify"
)

var scripts = map[string]script{"slack": slackText, "discord": discordText, "mattermost": matterText, "google": googleScript,
	"telegram": telegramText, "teams": teamsText, "kakao": kakaoText}

// typed is what people may type.
func typed(t *rapid.T, label string) string {
	return rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("<>&@!|*_~`[]()#-\\ \na가👍é"))),
		rapid.Map(rapid.IntRange(0, 5_000), func(n int) string { return strings.Repeat("가<", n) })).Draw(t, label)
}

// Whatever is said, it is as long as the chat takes, and where to read on is in it.
func TestLengths(t *testing.T) {
	t.Parallel()
	for name, s := range scripts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				m := notify.Message{Subject: typed(t, "subject"), Text: typed(t, "text"), URL: "https://shop.example/orders/1"}
				got := s.words(m)
				if n := s.size(got); n > s.max || !strings.HasSuffix(got, m.URL) {
					t.Fatalf("%d of %d: %q", n, s.max, got)
				}
				if !isText(got) {
					t.Fatalf("%q", got)
				}
			})
		})
	}
	long := notify.Message{Subject: "제목", Text: strings.Repeat("가", 50_000), URL: "https://shop.example/" + strings.Repeat("x", 3_000)}
	for name, s := range scripts {
		got := s.words(long)
		if n := s.size(got); n > s.max || n < s.max-5 || !strings.Contains(got, "…") {
			t.Errorf("%s: %d of %d", name, n, s.max)
		}
	}
}

// A card is never bigger than Teams takes.
func TestCards(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("가", 20_000), strings.Repeat("a\n", 20_000), strings.Repeat("\"\\", 20_000), "\u2028" + strings.Repeat("\u2029", 20_000)} {
		m := notify.Message{Subject: text, Text: text, URL: "https://shop.example/" + strings.Repeat("x", 500)}
		if n := len(encode(teamsBody(m))); n > 28<<10 {
			t.Errorf("%d bytes", n)
		}
		if n := len(encode(bodies["google"](m))); n > 32_000 {
			t.Errorf("%d bytes for Google", n)
		}
	}
}

func isText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' })
}

// plain is text as it is before it is escaped.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// What was escaped reads as it was typed, and nothing in it means anything.
func TestEscaping(t *testing.T) {
	t.Parallel()
	const all = 1 << 20
	rapid.Check(t, func(t *rapid.T) {
		in := typed(t, "text")
		want := plain(in)
		slack := slackText.fit(in, all)
		if strings.ContainsAny(slack, "<>") || html.UnescapeString(slack) != want {
			t.Fatalf("Slack: %q", slack)
		}
		discord := discordText.fit(in, all)
		if got := backslashed(t, discord, "\\*_~`|[]()<>"); got != want {
			t.Fatalf("Discord: %q", discord)
		}
		matter := matterText.fit(in, all)
		if strings.ContainsAny(matter, "<>") {
			t.Fatalf("Mattermost: %q", matter)
		}
		backslashed(t, matter, "\\*_~`|[]()")
		calls(t, matter)
		calls(t, telegramText.fit(in, all))
		if got := strings.ReplaceAll(telegramText.fit(in, all), "\u200b", ""); got != strings.ReplaceAll(want, "\u200b", "") {
			t.Fatalf("Telegram: %q", got)
		}
		if google := googleScript.fit(in, all); strings.ContainsAny(google, "<>") {
			t.Fatalf("Google: %q", google)
		}
		if got := teamsText.fit(in, all); got != want {
			t.Fatalf("Teams: %q", got)
		}
	})
}

// backslashed returns s without its backslashes; nothing of special stands without one.
func backslashed(t *rapid.T, s, special string) string {
	var b strings.Builder
	escaped := false
	for _, r := range s {
		if !escaped && r == '\\' {
			escaped = true
			continue
		}
		if !escaped && strings.ContainsRune(special, r) {
			t.Fatalf("%q in %q", r, s)
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}

// calls fails if there is somebody called by @.
func calls(t *rapid.T, s string) {
	prev := rune(0)
	rs := []rune(s)
	for i, r := range rs {
		if r == '@' && !unicode.IsLetter(prev) && !unicode.IsDigit(prev) && i+1 < len(rs) && rs[i+1] != '\u200b' {
			t.Fatalf("%q calls somebody", s)
		}
		prev = r
	}
}
