package chat

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"daybreak/domain/notify"
)

// script is how a chat wants text: how long it may be, and how what people typed stays
// what it is, whatever it means there.
type script struct {
	max    int
	size   func(s string) int        // in what max counts
	escape func(prev, r rune) string // prev is 0 at the beginning
	url    func(s string) string     // nil: as it is
}

// runes and units are what lengths are counted in.
func runes(s string) int { return utf8.RuneCountInString(s) }
func units(s string) int { return len(utf16.Encode([]rune(s))) }

// octets is the length of s as it is sent, in JSON.
func octets(s string) (n int) {
	for _, r := range s {
		switch r {
		case '"', '\\', '\n', '\t':
			n += 2
		case '\u2028', '\u2029':
			n += 6
		default:
			n += utf8.RuneLen(r)
		}
	}
	return n
}

// words returns what a message says: the subject, the text, and where to read on, of which
// the text is cut if that is too long.
func (s script) words(m notify.Message) string {
	end := ""
	if m.URL != "" {
		end = m.URL
		if s.url != nil {
			end = s.url(end)
		}
		end = "\n" + end
	}
	left := s.max - s.size(end)
	if left < s.max/2 {
		end, left = "", s.max // half of it for an address is too much
	}
	return s.fit(strings.TrimSpace(m.Subject+"\n"+strings.TrimSpace(m.Text)), left) + end
}

// fit escapes text, and cuts it where it would become longer than n.
func (s script) fit(text string, n int) string {
	var b strings.Builder
	const more = "…"
	left, prev := n, rune(0)
	cut, room := 0, n-s.size(more) // where more would still fit behind it
	for _, r := range strings.ToValidUTF8(text, "") {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			continue
		}
		e := string(r)
		if s.escape != nil {
			e = s.escape(prev, r)
		}
		if left -= s.size(e); left < 0 {
			return strings.TrimRight(b.String()[:cut], " \n") + more
		}
		b.WriteString(e)
		if room -= s.size(e); room >= 0 {
			cut = b.Len()
		}
		prev = r
	}
	return b.String()
}

// entities are for chats that read & < and > as Slack does.
func entities(_, r rune) string {
	switch r {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	}
	return string(r)
}

// atWord keeps @somebody from calling somebody, and lets addresses be.
func atWord(prev, r rune) string {
	if r == '@' && !unicode.IsLetter(prev) && !unicode.IsDigit(prev) {
		return "@\u200b"
	}
	return string(r)
}

// markdown keeps text from becoming bold, a link or a heading.
func markdown(prev, r rune) string {
	if strings.ContainsRune("\\*_~`|[]()<>", r) || (prev == 0 || prev == '\n') && strings.ContainsRune("#-+", r) {
		return "\\" + string(r)
	}
	return string(r)
}

// mattermostText is both: what Slack reads there is read, too, and so is @all.
func mattermostText(prev, r rune) string {
	switch r {
	case '&', '<', '>':
		return entities(prev, r)
	case '@':
		return atWord(prev, r)
	}
	return markdown(prev, r)
}

// googleText: nothing can be escaped there, and < begins links and calls.
func googleText(_, r rune) string {
	switch r {
	case '<':
		return "＜"
	case '>':
		return "＞"
	}
	return string(r)
}
