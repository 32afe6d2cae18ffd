package main

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestPlants proves that the check can fail, and by which part: each lie is found
// out, and without it all is well again.
func TestPlants(t *testing.T) {
	t.Parallel()
	found := map[string]string{
		"lose":   "acknowledged order lost",
		"double": "acknowledged twice",
		"stock":  "stock: product",
		"ack":    "orders nobody was told of",
		"task":   "packing task: order",
	}
	if !slices.Equal(slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(plants))) {
		t.Fatal("this test and the plants differ")
	}
	r := newRig(t, 4)
	e := ordered(t, r, 75)
	for _, name := range slices.Sorted(maps.Keys(plants)) {
		if err := e.verify(t.Context()); err != nil {
			t.Fatalf("before %s: %v", name, err)
		}
		undo, err := plants[name](t.Context(), e)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := e.verify(t.Context()); err == nil || !strings.Contains(err.Error(), found[name]) {
			t.Errorf("%s is not found out: %v", name, err)
		}
		if err := undo(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if err := e.verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestMore proves that the check sees what no plant falsifies.
func TestMore(t *testing.T) {
	t.Parallel()
	r := newRig(t, 2)
	e := ordered(t, r, 5)
	id := e.acks[3].id
	const ledgerOf = `(product_id, version) = (select product_id, version from stock_ledger where order_id = $1 order by version limit 1)`
	for want, change := range map[string][2]string{
		"order not placed": {`update orders set status = 'PACKED' where id = $1`, `update orders set status = 'PLACED' where id = $1`},
		"delivery: order":  {`update deliveries set order_id = 'gone' where order_id = $1`, `update deliveries set order_id = $1 where order_id = 'gone'`},
		"row of the list":  {`update list_orders set packing_status = '' where order_id = $1`, `update list_orders set packing_status = 'REQUESTED' where order_id = $1`},
		"rows of the delivery list": {`update list_deliveries set delivery_id = '' where order_id = $1`,
			`update list_deliveries set delivery_id = (select id from deliveries where order_id = $1) where order_id = $1`},
		"events: orders.placed.v1":  {`update events set name = 'x' where agg_id = $1 and name = 'orders.placed.v1'`, `update events set name = 'orders.placed.v1' where agg_id = $1 and name = 'x'`},
		"counter of orders to pack": {`update list_counters set n = n + 1 where key = 'pack' and $1 <> ''`, `update list_counters set n = n - 1 where key = 'pack' and $1 <> ''`},
		"payments not approved":     {`update payment_payments set status = 'DECLINED' where order_id = $1`, `update payment_payments set status = 'APPROVED' where order_id = $1`},
		"was charged 0 times":       {`update payment_payments set order_id = 'gone' where order_id = $1`, `update payment_payments set order_id = $1 where order_id = 'gone'`},
		"invariants: stock":         {`update stock_ledger set qty = qty + 1 where ` + ledgerOf, `update stock_ledger set qty = qty - 1 where ` + ledgerOf},
	} {
		undo, err := e.falsify(t.Context(), change[0], change[1], id)
		if err != nil {
			t.Fatalf("%s: %v", want, err)
		}
		if err := e.verify(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is not found out: %v", want, err)
		}
		if err := undo(); err != nil {
			t.Fatalf("%s: %v", want, err)
		}
	}
	if err := e.verify(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestOrdersTellsLies proves that a lie ends the command itself, which has printed
// the figures by then and not that they were checked.
func TestOrdersTellsLies(t *testing.T) {
	t.Parallel()
	args := []string{"orders", "-bin", binary(t), "-dir", t.TempDir(), "-c", "3", "-products", "5", "-d", "300ms", "-warm", "1ms", "-ratios=false"}
	var out bytes.Buffer
	if err := run(t.Context(), args, &out); err != nil || !strings.Contains(out.String(), checked) {
		t.Errorf("an honest run: %v\n%s", err, &out)
	}
	for _, want := range []string{"availability 100.00 %", "drained", "processor", "fdatasync", "memory", "p99"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in:\n%s", want, &out)
		}
	}
	out.Reset()
	err := run(t.Context(), append(args, "-plant", "lose"), &out)
	if err == nil || !strings.Contains(err.Error(), "does not add up") || strings.Contains(out.String(), checked) || !strings.Contains(out.String(), "run 1:") {
		t.Errorf("a lie: %v\n%s", err, &out)
	}
}

// TestPushAndKill proves that the other commands that order check what they did too.
func TestPushAndKill(t *testing.T) {
	t.Parallel()
	shared := []string{"-bin", binary(t), "-dir", t.TempDir(), "-c", "3", "-products", "5"}
	for command, want := range map[string][]string{
		"push -d 300ms -warm 1ms -rate 100 -json 2 -ratios=false": {"row on programs", "on the last", "row on pages", "0 rows not sent", "fdatasync", checked},
		"kill -n 1 -d 200ms": {"1 kills", "restart to ready", "checked after each restart"},
	} {
		var out bytes.Buffer
		err := run(t.Context(), append(strings.Fields(command), shared...), &out)
		if err != nil {
			t.Errorf("%s: %v", command, err)
		}
		for _, w := range want {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: no %s in:\n%s", command, w, &out)
			}
		}
	}
}
