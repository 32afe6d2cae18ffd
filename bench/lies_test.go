package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestSiegeAndLies proves that both come to an end, and check what they did.
func TestSiegeAndLies(t *testing.T) {
	t.Parallel()
	shared := []string{"-bin", binary(t), "-dir", t.TempDir(), "-c", "6", "-products", "5"}
	for command, want := range map[string][]string{
		"siege -d 1s":         {"slow provider", "availability 100.00 %", "0 went on unpaid", "all paid", "own orders, page", "both books agree"},
		"lies -n 60 -kills 2": {"60 orders acknowledged", "kills       2", "0 unknown", "each order charged once"},
		"lies -n 30 -kills 0 -overload refuse -down 1s": {"provider down for", "turned away", "told so", "each order charged once"},
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := run(t.Context(), append(strings.Fields(command), shared...), &out)
			if err != nil {
				t.Errorf("%v", err)
			}
			for _, w := range want {
				if !strings.Contains(out.String(), w) {
					t.Errorf("no %s in:\n%s", w, &out)
				}
			}
		})
	}
}

func TestSiegeBroken(t *testing.T) {
	t.Parallel()
	fine := &result{acks: make([]ack, 3), refused: map[int]int{}, unpaid: 3}
	if err := siegeBroken(fine, 0); err != nil {
		t.Error(err)
	}
	for want, err := range map[string]error{
		"turned away":    siegeBroken(&result{acks: make([]ack, 3), refused: map[int]int{503: 1}}, 0),
		"without answer": siegeBroken(&result{acks: make([]ack, 3), refused: map[int]int{}, failed: 1}, 0),
		"unpaid":         siegeBroken(fine, 1),
		"nobody ordered": siegeBroken(&result{refused: map[int]int{}}, 0),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not found out: %v", want, err)
		}
	}
}

// TestMoney proves that the comparison of the books can fail, and the counts too.
func TestMoney(t *testing.T) {
	t.Parallel()
	w := &workshop{options: options{bin: binary(t), dir: t.TempDir(), conns: 2, products: 8, seed: 1}}
	r, err := w.rig(t.Context(), needs{people: 2, provider: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.close(); err != nil {
			t.Error(err)
		}
	})
	e := ordered(t, r, 5)
	id := e.acks[0].id
	for want, change := range map[string][2]string{
		"books: 1 differ":           {`update payment_payments set captured = 0 where order_id = $1`, `update payment_payments set captured = amount where order_id = $1`},
		"paid for orders":           {`update orders set amount = amount + 1 where id = $1`, `update orders set amount = amount - 1 where id = $1`},
		"callbacks that do not fit": {`insert into payment_mismatches (id, payment_id, order_id, kind, told, received_at, reviewed_at, reviewed_by) values ($1, '', '', '', '{}', 1, 0, '')`, `delete from payment_mismatches where id = $1`},
	} {
		if err := e.compareMoney(t.Context()); err != nil {
			t.Fatalf("before %s: %v", want, err)
		}
		undo, err := e.falsify(t.Context(), change[0], change[1], id)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.compareMoney(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not found out: %v", want, err)
		}
		if want == "books: 1 differ" {
			if n, err := r.count(t.Context(), unpaid); err != nil || n != 1 {
				t.Errorf("%d unpaid, %v", n, err)
			}
		}
		if err := undo(); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := r.count(t.Context(), unknown); err != nil || n != 0 {
		t.Errorf("%d unknown, %v", n, err)
	}
}
