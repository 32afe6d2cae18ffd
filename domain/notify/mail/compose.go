package mail

import (
	"bytes"
	"errors"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"

	gomail "github.com/wneessen/go-mail"

	"daybreak/domain/notify"
)

// How long what stands in a header may be, in characters.
const (
	maxName    = 100
	maxSubject = 300
	maxURL     = 900 // in bytes: a line has 998 at most
)

// letter is a mail as it goes over the wire.
type letter struct {
	from, to string // <address>, as the envelope has them
	intl     bool   // the envelope has letters beyond ASCII
	data     []byte
}

// compose writes the mail of m. An error is final: it will be no better later.
func (s *Sender) compose(m notify.Message, now time.Time) (letter, error) {
	to, err := address(m.To)
	if err != nil {
		return letter{}, err
	}
	if !isAtom(m.ID) {
		return letter{}, errors.New("the message has no ID that could be a Message-ID")
	}
	to.Name = line(m.Name, maxName)
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&s.from)
	msg.ToMailAddress(&to)
	msg.Subject(line(m.Subject, maxSubject))
	msg.SetDateWithValue(now)
	msg.SetMessageIDWithValue(m.ID + "@" + hostOf(s.from))
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if isAtom(m.Lang) {
		msg.SetGenHeader("Content-Language", m.Lang)
	}
	if isLink(m.Unsubscribe) {
		msg.SetListUnsubscribe(m.Unsubscribe)
		msg.SetListUnsubscribePost()
	}
	msg.SetBodyString(gomail.TypeTextPlain, text(m.Text))
	if m.HTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, text(m.HTML))
	}
	var b bytes.Buffer
	if _, err := msg.WriteTo(&b); err != nil {
		return letter{}, err
	}
	l := letter{from: envelope(s.from), to: envelope(to), data: b.Bytes()}
	l.intl = !ascii(l.from + l.to)
	return l, nil
}

func hostOf(a mail.Address) string { return a.Address[strings.LastIndexByte(a.Address, '@')+1:] }

func envelope(a mail.Address) string { return (&mail.Address{Address: a.Address}).String() }

// line makes s fit to stand in a header: one line of at most n characters, in which
// nothing is taken for an encoding that is none.
func line(s string, n int) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "=?", "= ?")), " ")
	if r := []rune(s); len(r) > n {
		s = strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

// text makes s fit to be a body: valid, with one kind of line breaks.
func text(s string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n", "\x00", "").Replace(strings.ToValidUTF8(s, ""))
}

// isAtom reports whether s can stand in a header as it is.
func isAtom(s string) bool {
	return s != "" && len(s) <= maxName && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// isLink reports whether s can be a link in a header.
func isLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && len(s) <= maxURL &&
		!strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' || r == ',' })
}
