package web

import (
	"encoding/json"
	"reflect"
	"testing"

	"daybreak/domain"
)

type decoded struct {
	S     string        `json:"s"`
	N     int           `json:"n" minimum:"1" maximum:"9"`
	M     *domain.Money `json:"m,omitempty"`
	F     float64       `json:"f"`
	B     *bool         `json:"b"`
	Inner struct {
		L []string `json:"l"`
	} `json:"inner"`
	Rows []struct {
		X int64 `json:"x"`
	} `json:"rows"`
}

// What the strict reader takes, encoding/json reads the same; and it never fails in a
// way of its own.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{
		`{}`, `{"s":"a\"b\\","n":3,"m":-5,"f":1e-2,"b":true,"inner":{"l":["x","\u00e9"]},"rows":[{"x":1},{"x":2}]}`,
		` { "s" : null , "rows" : [ null , { } ] } `, `{"n":"x","f":[],"rows":{"a":"]"},"inner":3,"b":0}`, `{"s":"a]}`, `[`, `{"s":{"a":[1,"]}"]},"n":1}`,
		`{"b":false,"n":-0,"m":9223372036854775808}`, "{\"s\":\"\\ud800\"}", `{"f":1e999}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var ours, theirs decoded
		if err := decode(body, &ours); err != nil {
			if c := domain.CodeOf(err); c != domain.Malformed && c != domain.Invalid {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		if err := json.Unmarshal(body, &theirs); err != nil {
			t.Fatalf("%q is taken, but: %v", body, err)
		}
		if !sameButEmpty(ours, theirs) {
			t.Fatalf("%q\nread as %+v\nnot as  %+v", body, ours, theirs)
		}
	})
}

// sameButEmpty takes an empty list for none.
func sameButEmpty(a, b decoded) bool {
	if len(a.Inner.L) == 0 && len(b.Inner.L) == 0 {
		a.Inner.L, b.Inner.L = nil, nil
	}
	if len(a.Rows) == 0 && len(b.Rows) == 0 {
		a.Rows, b.Rows = nil, nil
	}
	return reflect.DeepEqual(a, b)
}
