package accounts

import (
	"errors"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var (
	errNoAddress   = errors.New("no e-mail address")
	errLongAddress = errors.New("e-mail address too long")
	errAddress     = errors.New("not an e-mail address")
)

// normal brings text into the one form (NFC) in which equal texts are equal bytes.
func normal(s string) string { return norm.NFC.String(s) }

// Address returns the one form in which an e-mail address is stored and compared:
// trimmed, NFC, lower case. It takes the plain form local@domain.tld only: no
// display name, quotes, comments or second address. What a person cannot see is
// refused, so that no two accounts look the same.
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", errNoAddress
	case len(s) > MaxEmail:
		return "", errLongAddress
	case !utf8.ValidString(s):
		return "", errAddress
	}
	s = normal(strings.ToLower(normal(s)))
	if len(s) > MaxEmail {
		return "", errLongAddress
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s {
		return "", errAddress
	}
	local, host, _ := strings.Cut(s, "@")
	if len(local) > 64 || strings.ContainsFunc(s, invisible) || !isHost(host) {
		return "", errAddress
	}
	return s, nil
}

// invisible reports whether r has no place in an address: beyond ASCII only
// letters, digits and the marks on them do.
func invisible(r rune) bool {
	return r > unicode.MaxASCII && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// isHost reports whether s is a domain name with at least two labels.
func isHost(s string) bool {
	labels := strings.Split(s, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, r := range l {
			if r <= unicode.MaxASCII && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') {
				return false
			}
		}
	}
	return len(labels) > 1
}
