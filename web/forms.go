package web

import (
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"daybreak/domain"
)

// input is what a form sent: text in NFC by field name.
type input map[string]string

// form reads a posted form that may have the named fields and no others, each at
// most once, and takes the idempotency key out of it into the request's context.
// What is not in names is refused: nobody sets a field we did not draw.
func (s *Server) form(r *http.Request, names ...string) (input, *http.Request, error) {
	in, _, r, err := s.formWith(r, "", names...)
	return in, r, err
}

// maxRepeated is how often a field may be sent where it may be sent more than once.
const maxRepeated = 200

// formWith is form with one field that may be sent up to maxRepeated times, such as the
// ticked boxes of a list. Its values are returned in the order they were sent.
func (s *Server) formWith(r *http.Request, repeated string, names ...string) (input, []string, *http.Request, error) {
	return s.formMany(r, maxRepeated, repeated, names...)
}

// formMany is formWith where the field may be sent so often.
func (s *Server) formMany(r *http.Request, often int, repeated string, names ...string) (input, []string, *http.Request, error) {
	ct, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || ct != "application/x-www-form-urlencoded" && ct != "multipart/form-data" {
		return nil, nil, r, withStatus(http.StatusUnsupportedMediaType, "err.415")
	}
	if ct == "multipart/form-data" {
		err = r.ParseMultipartForm(maxBody)
	} else {
		err = r.ParseForm()
	}
	if err != nil {
		if strings.Contains(err.Error(), "too large") {
			return nil, nil, r, err
		}
		return nil, nil, r, domain.Refuse(domain.Malformed, "err.400").Because(err)
	}
	in, many := input{}, []string(nil)
	for name, values := range r.PostForm {
		known, most := slices.Contains(names, name) || name == "idempotencyKey" || name == "next", 1
		if repeated != "" && name == repeated {
			known, most = true, often
		}
		if !known || len(values) > most {
			return nil, nil, r, domain.Refuse(domain.Malformed, "err.field", "field", printable(name))
		}
		for i, v := range values {
			if !utf8.ValidString(v) || strings.ContainsRune(v, 0) {
				return nil, nil, r, domain.Refuse(domain.Malformed, "err.text_of", "field", printable(name))
			}
			values[i] = norm.NFC.String(v)
		}
		if most > 1 {
			many = values
		}
		in[name] = strings.Join(values, "\x00")
	}
	key := in["idempotencyKey"]
	delete(in, "idempotencyKey")
	r, err = withKey(r, key, in.hash(r.URL.Path))
	delete(in, repeated)
	return in, many, r, err
}

// withKey puts an idempotency key into the request's context.
func withKey(r *http.Request, key, hash string) (*http.Request, error) {
	if key == "" {
		return r, nil
	}
	if len(key) > 200 || !utf8.ValidString(key) {
		return r, domain.Refuse(domain.Malformed, "err.key")
	}
	k := &domain.Key{Actor: actor(r).ID, Key: key, Hash: hash}
	return r.WithContext(domain.WithKey(r.Context(), k)), nil
}

func (in input) hash(path string) string {
	names := make([]string, 0, len(in))
	for n := range in {
		names = append(names, n)
	}
	sort.Strings(names)
	h := sha256.New()
	h.Write([]byte(path))
	for _, n := range names {
		h.Write([]byte("\x00" + n + "\x00" + in[n]))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// printable shortens what a stranger sent for showing it to them.
func printable(s string) string {
	if len(s) > 40 {
		s = s[:40]
	}
	return strings.ToValidUTF8(s, "")
}

// whole reads a whole number: digits 0–9 with an optional minus sign and spaces
// around. ok is false for anything else, also for what no int64 holds.
func whole(s string) (n int64, ok bool) {
	s = strings.TrimSpace(s)
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// next is where a form wants to return to.
func (in input) next() string { return safeNext(in["next"]) }

// back is the page a form was on.
func back(r *http.Request, otherwise string) string {
	ref, err := url.Parse(r.Referer())
	if err != nil || ref.Host != r.Host {
		return otherwise
	}
	if to := safeNext(ref.RequestURI()); to != "/" || ref.Path == "/" {
		return to
	}
	return otherwise
}
