package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"daybreak/domain"
)

// maxFieldErrors bounds how much is told of a body that is wrong throughout.
const maxFieldErrors = 20

// decode reads a JSON object into the struct that into points at. It is strict where
// encoding/json is kind: a name that is unknown, in another case or there twice is
// refused, and so is text that is none. That a value has the wrong type is told of
// every field at once. null is as good as absent.
func decode(body []byte, into any) error {
	if !utf8.Valid(body) {
		return domain.Refuse(domain.Malformed, "err.api.utf8")
	}
	if !json.Valid(body) {
		return notJSON(body)
	}
	r := reading{b: body}
	r.space()
	if r.b[r.i] != '{' {
		return domain.Refuse(domain.Malformed, "err.api.object")
	}
	if err := r.object(reflect.ValueOf(into).Elem(), ""); err != nil {
		return err
	}
	return r.wrong.Err()
}

// notJSON says where a body stops being JSON.
func notJSON(body []byte) error {
	if len(strings.TrimSpace(string(body))) == 0 {
		return domain.Refuse(domain.Malformed, "err.api.empty")
	}
	var ignored json.RawMessage
	at := int64(len(body))
	err := json.Unmarshal(body, &ignored)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = e.Offset
	}
	return domain.Refuse(domain.Malformed, "err.api.json", "n", at).Because(err)
}

// malformed refuses a body because of one of its names or texts.
func malformed(key, field string) error {
	field = printable(field)
	e := domain.Refuse(domain.Malformed, key, "field", field)
	e.Fields = []domain.Field{{Name: field, Key: key, Args: e.Args}}
	return e
}

// reading walks over b, which is valid JSON, so that it need not look twice.
type reading struct {
	b     []byte
	i     int
	wrong domain.Checks
}

func (r *reading) space() {
	for r.b[r.i] == ' ' || r.b[r.i] == '\n' || r.b[r.i] == '\r' || r.b[r.i] == '\t' {
		r.i++
	}
}

// object reads {…} into the struct v, called path.
func (r *reading) object(v reflect.Value, path string) error {
	fields := fieldsOf(v.Type())
	seen := make([]bool, v.NumField())
	r.i++ // {
	for {
		if r.space(); r.b[r.i] == '}' {
			r.i++
			return nil
		}
		if r.b[r.i] == ',' {
			r.i++
			r.space()
		}
		name, err := r.text(path)
		if err != nil {
			return err
		}
		at := path
		if at != "" {
			at += "."
		}
		at += name
		i, known := fields[name]
		switch {
		case !known:
			return malformed("err.api.unknown", at)
		case seen[i]:
			return malformed("err.api.twice", at)
		}
		seen[i] = true
		r.space()
		r.i++ // :
		if err := r.value(v.Field(i), at, v.Type().Field(i).Tag); err != nil {
			return err
		}
	}
}

// value reads the next value into v, called path.
func (r *reading) value(v reflect.Value, path string, tag reflect.StructTag) error {
	r.space()
	if r.b[r.i] == 'n' {
		r.i += len("null")
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Struct:
		if r.b[r.i] == '{' {
			return r.object(v, path)
		}
		r.refuse(path, "err.api.object_at")
	case reflect.Map:
		if r.b[r.i] == '{' {
			return r.named(v, path)
		}
		r.refuse(path, "err.api.object_at")
	case reflect.Slice:
		if r.b[r.i] == '[' {
			return r.list(v, path)
		}
		r.refuse(path, "err.api.list")
	case reflect.String:
		if r.b[r.i] == '"' {
			s, err := r.text(path)
			v.SetString(s)
			return err
		}
		r.refuse(path, "err.api.string")
	case reflect.Bool:
		if c := r.b[r.i]; c == 't' || c == 'f' {
			v.SetBool(c == 't')
		} else {
			r.refuse(path, "err.api.bool")
		}
	default:
		r.number(v, path, tag)
	}
	r.skip()
	return nil
}

// number reads a number without moving on.
func (r *reading) number(v reflect.Value, path string, tag reflect.StructTag) {
	end := r.i
	for end < len(r.b) && strings.IndexByte("+-.eE0123456789", r.b[end]) >= 0 {
		end++
	}
	s := string(r.b[r.i:end])
	if v.Kind() == reflect.Float64 {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			v.SetFloat(f)
		} else {
			r.refuse(path, "err.api.number")
		}
		return
	}
	n, ok := whole(s)
	if ok && !v.OverflowInt(n) {
		v.SetInt(n)
		return
	}
	if lo, hi := tag.Get("minimum"), tag.Get("maximum"); lo != "" && hi != "" {
		r.refuse(path, "err.api.whole_range", "a", grouped(lo), "b", grouped(hi))
		return
	}
	r.refuse(path, "err.api.whole")
}

// grouped reads a limit out of a tag for printing it.
func grouped(s string) any {
	if n, ok := whole(s); ok {
		return n
	}
	return s
}

// list reads […] into the slice v, called path.
func (r *reading) list(v reflect.Value, path string) error {
	r.i++                                    // [
	v.Set(reflect.MakeSlice(v.Type(), 0, 0)) // an empty list is not none
	for n := 0; ; n++ {
		if r.space(); r.b[r.i] == ']' {
			r.i++
			return nil
		}
		if r.b[r.i] == ',' {
			r.i++
		}
		v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		if err := r.value(v.Index(n), fmt.Sprintf("%s[%d]", path, n), ""); err != nil {
			return err
		}
	}
}

// named reads {…} into the map v, called path, whose keys are any text.
func (r *reading) named(v reflect.Value, path string) error {
	r.i++ // {
	v.Set(reflect.MakeMap(v.Type()))
	for {
		if r.space(); r.b[r.i] == '}' {
			r.i++
			return nil
		}
		if r.b[r.i] == ',' {
			r.i++
			r.space()
		}
		name, err := r.text(path)
		if err != nil {
			return err
		}
		at := path + "." + printable(name)
		key := reflect.ValueOf(name).Convert(v.Type().Key())
		if v.MapIndex(key).IsValid() {
			return malformed("err.api.twice", at)
		}
		r.space()
		r.i++ // :
		e := reflect.New(v.Type().Elem()).Elem()
		if err := r.value(e, at, ""); err != nil {
			return err
		}
		v.SetMapIndex(key, e)
	}
}

// text reads a string. Half a surrogate pair, which JSON can spell, is no text; a NUL
// is, but no database takes it.
func (r *reading) text(path string) (string, error) {
	from := r.i
	r.skip()
	raw := r.b[from:r.i]
	if !slices.Contains(raw, '\\') {
		return string(raw[1 : len(raw)-1]), nil
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return "", err
	}
	if strings.ContainsRune(s, 0) || strings.ContainsRune(s, utf8.RuneError) {
		return "", malformed("err.text_of", path)
	}
	return s, nil
}

// skip moves behind the next value.
func (r *reading) skip() {
	for depth := 0; ; {
		switch r.b[r.i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		case '"':
			for r.i++; r.b[r.i] != '"'; r.i++ {
				if r.b[r.i] == '\\' {
					r.i++
				}
			}
		case ',', ':', ' ', '\n', '\r', '\t':
		default:
			for r.i+1 < len(r.b) && strings.IndexByte(" \n\r\t,:]}", r.b[r.i+1]) < 0 {
				r.i++
			}
		}
		if r.i++; depth == 0 {
			return
		}
	}
}

func (r *reading) refuse(path, key string, args ...any) {
	if len(r.wrong) < maxFieldErrors {
		r.wrong.Add(path, key, args...)
	}
}

var fieldCache sync.Map // reflect.Type to map[string]int

// fieldsOf returns the fields of a struct by their JSON names.
func fieldsOf(t reflect.Type) map[string]int {
	if m, ok := fieldCache.Load(t); ok {
		return m.(map[string]int)
	}
	m := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		m[name] = i
	}
	fieldCache.Store(t, m)
	return m
}
