package web

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
)

// plan is how the parts of a request get into the input of a call.
type plan struct {
	in     reflect.Type
	path   []binding
	query  []binding
	bodyAt int // index of the field Body, -1 if there is none
}

// binding is one value of the path or query.
type binding struct {
	index  int
	name   string
	field  reflect.StructField
	choice []string // if not nil, the values it can have
}

func planOf(t reflect.Type) *plan {
	p := &plan{in: t, bodyAt: -1}
	for i := range t.NumField() {
		f := t.Field(i)
		v := binding{index: i, field: f}
		if enum := f.Tag.Get("enum"); enum != "" {
			v.choice = strings.Split(enum, ",")
		}
		if v.name = f.Tag.Get("path"); v.name != "" {
			p.path = append(p.path, v)
		} else if v.name = f.Tag.Get("query"); v.name != "" {
			p.query = append(p.query, v)
		} else if f.Name == "Body" {
			p.bodyAt = i
		}
	}
	return p
}

// bind reads the request into v. Its first result is the request to go on with.
func (p *plan) bind(r *http.Request, op operation, v reflect.Value) (*http.Request, error) {
	for _, f := range p.path {
		s := chi.URLParam(r, f.name)
		// What has no form of an id is answered like one that does not exist.
		if f.field.Tag.Get("format") == "" && !domain.IsID(s) || !domain.Plain(s) || len(s) > 200 {
			return r, domain.Missing(op.missing)
		}
		v.Field(f.index).SetString(s)
	}
	if len(p.query) > 0 {
		if err := p.bindQuery(r, v); err != nil {
			return r, err
		}
	}
	if p.bodyAt >= 0 {
		return p.body(r, op, v.Field(p.bodyAt))
	}
	return r, nil
}

// bindQuery reads the named values of the query; others are not looked at. Each may be
// there once; an empty one is as good as absent.
func (p *plan) bindQuery(r *http.Request, v reflect.Value) error {
	q, err := url.ParseQuery(strings.ReplaceAll(r.URL.RawQuery, ";", "%3B"))
	if err != nil {
		return domain.Refuse(domain.Malformed, "err.400").Because(err)
	}
	var wrong domain.Checks
	for _, f := range p.query {
		given := q[f.name]
		if len(given) > 1 {
			return malformed("err.api.twice", f.name)
		}
		if len(given) == 1 && (!utf8.ValidString(given[0]) || strings.ContainsRune(given[0], 0)) {
			return malformed("err.text_of", f.name)
		}
		if len(given) == 1 && given[0] != "" {
			f.read(given[0], v.Field(f.index), &wrong)
		}
	}
	return wrong.Err()
}

func (f binding) read(s string, v reflect.Value, wrong *domain.Checks) {
	switch v.Kind() {
	case reflect.Int:
		n, ok := whole(s)
		lo, _ := whole(f.field.Tag.Get("minimum"))
		hi, _ := whole(f.field.Tag.Get("maximum"))
		wrong.Must(ok && n >= lo && n <= hi, f.name, "err.api.whole_range", "a", lo, "b", hi)
		v.SetInt(n)
	case reflect.Pointer: // to a bool
		b, err := strconv.ParseBool(s)
		wrong.Must(err == nil, f.name, "err.api.bool")
		v.Set(reflect.ValueOf(&b))
	default:
		wrong.Must(f.choice == nil || slices.Contains(f.choice, s), f.name, "err.api.choice", "values", strings.Join(f.choice, ", "))
		wrong.Must(len(s) <= maxQueryText, f.name, "err.too_long", "n", maxQueryText)
		v.SetString(s)
	}
}

const maxQueryText = 1000
