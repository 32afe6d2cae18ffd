// Package messages is the catalogue of every sentence a person reads, in Korean and
// English. Domain code and templates name a sentence by its key; what is printed is
// decided here, once.
package messages

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/text/language"

	"daybreak/domain"
)

// Lang is a language of the catalogue.
type Lang string

// The languages. Korean is the one of an unknown reader.
const (
	Ko Lang = "ko"
	En Lang = "en"
)

// Valid reports whether l is a language of the catalogue.
func (l Lang) Valid() bool { return l == Ko || l == En }

var matcher = language.NewMatcher([]language.Tag{language.Korean, language.English})

// Match returns the language for an Accept-Language header.
func Match(acceptLanguage string) Lang {
	tags, _, err := language.ParseAcceptLanguage(acceptLanguage)
	if err != nil || len(tags) == 0 {
		return Ko
	}
	if _, i, conf := matcher.Match(tags...); conf != language.No && i == 1 {
		return En
	}
	return Ko
}

// Text returns the sentence key in the language lang. args fill its placeholders as
// name, value, name, value, …: a domain.Label is itself a key, domain.Money is printed
// as money, whole numbers with separators, a time as date and time. A key that does not
// exist is returned as it is and logged once.
func Text(lang Lang, key string, args ...any) string {
	e, ok := catalogue[key]
	if !ok {
		missing(key)
		return key
	}
	s := e.ko
	if lang == En {
		s = e.en
		if e.one != nil && isOne(args) {
			s = e.one
		}
	}
	if len(s) == 1 && s[0].name == "" {
		return s[0].text
	}
	var b strings.Builder
	for _, p := range s {
		if p.name == "" {
			b.WriteString(p.text)
			continue
		}
		v, ok := lookup(lang, p.name, args, b.Len() > 0)
		if !ok {
			v = "{" + p.name + "}"
		}
		b.WriteString(v)
		if p.josa != "" {
			b.WriteString(particle(v, p.josa))
		}
	}
	return b.String()
}

// Has reports whether the catalogue knows key.
func Has(key string) bool { _, ok := catalogue[key]; return ok }

// Error returns the sentence of err for a person. What has no sentence of its own is
// told as an internal error.
func Error(lang Lang, err *domain.Error) string {
	if err == nil || !Has(err.Key) {
		if err != nil && err.Key != "" {
			missing(err.Key)
		}
		return Text(lang, "err.500")
	}
	return Text(lang, err.Key, err.Args...)
}

// Field returns what is wrong with one field of an input.
func Field(lang Lang, f domain.Field) string { return Text(lang, f.Key, f.Args...) }

// lookup returns the argument name as it is printed. A label inside an English sentence
// loses its capital: "Enter recipient."
func lookup(lang Lang, name string, args []any, inside bool) (string, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		s := show(lang, args[i+1])
		if _, label := args[i+1].(domain.Label); label && inside && lang == En {
			s = lower(s)
		}
		return s, true
	}
	return "", false
}

// lower makes the first letter small, but not of an abbreviation such as SKU.
func lower(s string) string {
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		return string(s[0]+'a'-'A') + s[1:]
	}
	return s
}

func show(lang Lang, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case domain.Label:
		return Text(lang, string(v))
	case domain.Money:
		return Money(lang, v)
	case int:
		return Number(int64(v))
	case int64:
		return Number(v)
	case time.Time:
		return DateTime(lang, v, time.Now())
	case domain.Local:
		return localTime(lang, v.Time, time.Now())
	case domain.Period:
		return Span(lang, v.From, v.Until, time.Now())
	case domain.Name:
		if lang == En && v.En != "" {
			return v.En
		}
		return v.Ko
	default:
		return fmt.Sprint(v)
	}
}

// isOne reports whether the argument n is one, also when it comes as text.
func isOne(args []any) bool {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "n" {
			return fmt.Sprint(args[i+1]) == "1"
		}
	}
	return false
}

var (
	unknown     atomic.Int64
	unknownKeys sync.Map
)

// Unknown tells how often a key was asked for that does not exist. Always 0 if the
// tests are right.
func Unknown() int64 { return unknown.Load() }

// missing counts the key and logs it the first time. Keys come from our own code, so
// the set is small; a runaway is bounded all the same.
func missing(key string) {
	if unknown.Add(1) > 10_000 {
		return
	}
	if _, seen := unknownKeys.LoadOrStore(key, true); !seen {
		slog.Warn("message key is not in the catalogue", "key", key)
	}
}
