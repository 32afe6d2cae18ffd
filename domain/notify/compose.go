package notify

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"daybreak/domain"
)

// How long what people typed may be where it is repeated, in characters.
const (
	maxName    = 80
	maxWord    = 200  // an argument of a sentence
	maxReason  = 500  // what somebody wrote to explain something
	maxSubject = 150  // of a mail
	maxPreview = 200  // of what a message says, on record
	maxText    = 8000 // of a whole message
)

// oneLine makes s fit to stand in a line, also in a header of a mail: line breaks and
// whatever else cannot be seen become spaces, and what is longer than n characters is cut.
func oneLine(s string, n int) string {
	return cut(domain.Clean(strings.Map(func(r rune) rune {
		if hidden(r) || r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))), n)
}

// lines is oneLine for text of several lines, which all end in \n.
func lines(s string, n int) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(s, ""))
	return cut(strings.TrimSpace(strings.Map(func(r rune) rune {
		if hidden(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)), n)
}

// hidden reports whether r is a control character, or one that turns text around.
func hidden(r rune) bool {
	return r != '\n' && r != '\t' && unicode.IsControl(r) ||
		r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u2028' || r == '\u2029'
}

func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return strings.TrimSpace(string(r[:n-1])) + "…"
}

// pack makes text of the arguments of a sentence: a JSON list of names and values, in
// which the first character of a value says what it is.
func pack(args []any) string {
	out := make([]string, len(args))
	for i, a := range args {
		if i%2 == 0 {
			out[i] = a.(string)
		} else {
			out[i] = packOne(a, maxWord)
		}
	}
	b, err := json.Marshal(out)
	if err != nil {
		panic("notify: arguments not encoded: " + err.Error()) // plain strings
	}
	return string(b)
}

func packOne(a any, n int) string {
	switch a := a.(type) {
	case nil:
		return ""
	case string:
		return "s" + lines(a, n)
	case domain.Label:
		return "l" + string(a)
	case domain.Money:
		return "m" + strconv.FormatInt(int64(a), 10)
	case int:
		return "i" + strconv.Itoa(a)
	case domain.Name:
		return "n" + oneLine(a.Ko, maxReason) + "\n" + oneLine(a.En, maxReason)
	case domain.Local:
		return "t" + stamp(a.Time) + " " + a.Location().String()
	case domain.Period:
		return "p" + stamp(a.From) + " " + stamp(a.Until) + " " + a.From.Location().String()
	}
	panic(fmt.Sprintf("notify: no argument of a sentence: %T", a)) // ours: a mistake in the program
}

func stamp(t time.Time) string { return strconv.FormatInt(t.UnixMicro(), 10) }

// unpack is the inverse of pack. What cannot be read stays out: a sentence with a gap is
// better than none.
func unpack(s string) []any {
	var in []string
	json.Unmarshal([]byte(s), &in) //nolint:errcheck // as above
	out := make([]any, 0, len(in))
	for i := 0; i+1 < len(in); i += 2 {
		if v := unpackOne(in[i+1]); v != nil {
			out = append(out, in[i], v)
		}
	}
	return out
}

func unpackOne(s string) any {
	if s == "" {
		return nil
	}
	rest := s[1:]
	switch s[0] {
	case 's':
		return rest
	case 'l':
		return domain.Label(rest)
	case 'm', 'i':
		n, err := strconv.ParseInt(rest, 10, 64)
		switch {
		case err != nil:
			return nil
		case s[0] == 'm':
			return domain.Money(n)
		}
		return int(n)
	case 'n':
		ko, en, _ := strings.Cut(rest, "\n")
		return domain.Name{Ko: ko, En: en}
	case 't':
		if at, zone, ok := strings.Cut(rest, " "); ok {
			return domain.Local{Time: unstamp(at, zone)}
		}
	case 'p':
		if p := strings.SplitN(rest, " ", 3); len(p) == 3 {
			return domain.Period{From: unstamp(p[0], p[2]), Until: unstamp(p[1], p[2])}
		}
	}
	return nil
}

func unstamp(s, zone string) time.Time {
	us, _ := strconv.ParseInt(s, 10, 64) // ours
	return time.UnixMicro(us).In(domain.Zone(zone))
}

// message makes what a channel carries of what was drawn: nothing a person typed can
// become a header, or go on without an end.
func (d Drawn) message(m Message) Message {
	m.Name, m.Subject = oneLine(m.Name, maxName), oneLine(d.Subject, maxSubject)
	m.Lang, m.Text, m.HTML = d.Lang, lines(d.Text, maxText), d.HTML
	m.URL, m.Unsubscribe = d.URL, d.Unsubscribe
	return m
}
