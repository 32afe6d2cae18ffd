package domain

import "testing"

func TestReason(t *testing.T) {
	for in, want := range map[string]any{"": nil, "err.payment.declined": Label("err.payment.declined"),
		"변심": "변심", "no. really": "no. really", "broken": "broken"} {
		if got := Reason(in); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}
