package domain

import (
	"net/url"
	"path"
	"strings"
)

// imageFolder is where the pictures lie that this program serves itself.
const imageFolder = "/static/img/"

// MaxImageURL is how long the address of a picture may be.
const MaxImageURL = 500

// IsImage reports whether a page may show what lies at s: a picture this program
// serves, or one at an https address. Anything else that a browser would take for
// an address (a script, another site's path, a way out of the folder) is not.
func IsImage(s string) bool {
	if len(s) > MaxImageURL || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return false
	}
	u, err := url.Parse(s)
	if err != nil || u.User != nil || u.Opaque != "" {
		return false
	}
	if u.Scheme == "" {
		return u.Host == "" && s == u.Path && path.Clean(s) == s && strings.HasPrefix(s, imageFolder) && len(s) > len(imageFolder)
	}
	return u.Scheme == "https" && u.Hostname() != "" && strings.HasPrefix(s, "https://")
}
