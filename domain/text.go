package domain

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Clean trims s and collapses the runs of spaces in it. What a person cannot see
// (zero-width and direction characters, controls) is removed from the ends so
// that "only spaces" is empty whatever kind of space it is.
func Clean(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u2060'
	}), " ")
}

// Plain reports whether s is valid text for one line a person typed: no control
// characters, no direction overrides, not more than four stacked marks.
func Plain(s string) bool { return plain(s, false) }

// PlainText is Plain for several lines: line breaks and tabs are allowed.
func PlainText(s string) bool { return plain(s, true) }

func plain(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	marks := 0
	for _, r := range s {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			if !lines {
				return false
			}
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return false
		}
		if unicode.Is(unicode.Mn, r) {
			if marks++; marks > 4 {
				return false
			}
		} else {
			marks = 0
		}
	}
	return true
}

// Line checks one line of text for the field name, labelled by the catalogue key
// label: required or not, at most max characters. It returns the cleaned text.
func (c *Checks) Line(name, label, s string, required bool, max int) string {
	s = Clean(s)
	n := utf8.RuneCountInString(s)
	switch {
	case s == "" && required:
		c.Add(name, "err.required", "field", Label(label))
	case n > max:
		c.Add(name, "err.too_long", "n", max)
	case !Plain(s):
		c.Add(name, "err.text")
	}
	return s
}

// Label is an argument of a sentence that is itself a catalogue key.
type Label string

// Local is an argument of a sentence: a time shown by the clock of its own location,
// where any other time is shown by the shop's.
type Local struct{ time.Time }

// Period is an argument of a sentence: from when to when something is, by the clock of
// From's location.
type Period struct{ From, Until time.Time }

// Name is an argument of a sentence: what something is called in Korean, and in English
// if it has a name there.
type Name struct{ Ko, En string }

var keyLike = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)+$`)

// Reason makes of a stored reason what can be shown: a catalogue key becomes a Label,
// what a person wrote stays as it is, and nothing is nil.
func Reason(s string) any {
	switch {
	case s == "":
		return nil
	case keyLike.MatchString(s):
		return Label(s)
	}
	return s
}
