package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"daybreak/domain"
)

// Ids of what is seeded begin with seedID, two more characters tell what it is, and
// then comes the number of the order. They sort below seedEnd, and that below all
// the product makes.
const (
	seedID  = "01ARZ3NDEKTSV4RR"
	seedEnd = "01B"
)

// fate is what has become of an order: the road it takes, and its state in the end.
type fate struct {
	state    string // order, packing, delivery, payment, stock
	products []int  // by their place in the shop, one piece of each
	walk     func(ctx context.Context, r *rig, s *sample) error
}

// waitingOf is how many of n orders wait to be packed: a fiftieth, and more than a
// page has, so that the pages of a small database are as long as those of a large one.
func waitingOf(n int) int { return max(n/50, 100) }

// The newest orders wait to be packed; of the older ones every fortieth was
// cancelled, the others are delivered. Their place is seed_numbers.kind.
// No two share a product, so that each copy moves the stock in the same way; the
// many have one product only, which keeps a million of them within minutes.
var fates = []fate{
	{"PLACED REQUESTED READY APPROVED HELD", []int{0, 1}, nil},
	{"CANCELLED CANCELLED CANCELLED REFUNDED RELEASED", []int{2, 3}, func(ctx context.Context, r *rig, s *sample) error {
		return r.shop.call(ctx, "POST", "/orders/"+s.id+"/cancel", r.shop.people[0].token, map[string]any{"reason": "changed my mind"}, nil)
	}},
	{"DELIVERED PACKED COMPLETED APPROVED COMMITTED", []int{4}, func(ctx context.Context, r *rig, s *sample) error {
		for _, step := range []string{"packing/" + s.task + "/start", "packing/" + s.task + "/complete",
			"deliveries/" + s.delivery + "/start", "deliveries/" + s.delivery + "/complete"} {
			if err := r.shop.call(ctx, "POST", "/staff/"+step, r.shop.admin.token, nil, nil); err != nil {
				return err
			}
		}
		return nil
	}},
}

// sample is a real order of which the seeded ones are copies.
type sample struct {
	id, no, payment, task, delivery string
}

// productsOfFates is how many products the fates need.
const productsOfFates = 5

// seeded puts n orders into the database while the product is stopped: copies of
// three real ones in every table that knows of orders, the log and the ledger of
// the stock included, so that all sums are still right.
func (r *rig) seeded(ctx context.Context, n int, out io.Writer) error {
	if n == 0 {
		return nil
	}
	start := time.Now()
	samples, err := r.samples(ctx)
	if err != nil {
		return fmt.Errorf("the orders to copy: %w", err)
	}
	if err := r.stop(); err != nil {
		return err
	}
	r.since = domain.NewID()
	if err := r.seed(ctx, n, samples); err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	if err := r.settle(); err != nil {
		return err
	}
	if err := r.start(ctx); err != nil {
		return err
	}
	d, err := r.place.open(false)
	if err != nil {
		return err
	}
	defer d.Close()
	if r.stock, err = levels(ctx, d); err != nil {
		return err
	}
	if r.done, err = r.leftOver(ctx, d); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d orders seeded in %s\n", n, short(time.Since(start)))
	return nil
}

// samples has one order walk each road through the product.
func (r *rig) samples(ctx context.Context) ([]*sample, error) {
	if len(r.shop.products) < productsOfFates {
		return nil, fmt.Errorf("want -products from %d", productsOfFates)
	}
	b := newBuyer(traffic{shop: r.shop}, 0)
	defer b.client.hangUp()
	for _, f := range fates {
		var lines []line
		for _, p := range f.products {
			lines = append(lines, line{p, 1})
		}
		b.order(ctx, lines, time.Now())
	}
	if len(b.acks) != len(fates) {
		return nil, errors.New(b.example)
	}
	d, err := r.place.open(false)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var all []*sample
	for i, f := range fates {
		s := &sample{id: b.acks[i].id}
		all = append(all, s)
		if err := s.await(ctx, d, fates[0].state); err != nil {
			return nil, err
		}
		if err := d.QueryRowContext(ctx, `select no, payment_id, task_id, delivery_id from list_orders where order_id = $1`, s.id).
			Scan(&s.no, &s.payment, &s.task, &s.delivery); err != nil {
			return nil, err
		}
		if f.walk != nil {
			if err := f.walk(ctx, r, s); err != nil {
				return nil, err
			}
		}
	}
	for i, f := range fates {
		if err := all[i].await(ctx, d, f.state); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// await waits until all who hear of the order have done their part.
func (s *sample) await(ctx context.Context, d *sql.DB, want string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	got := ""
	for {
		err := d.QueryRowContext(ctx, `select coalesce((select l.status || ' ' || packing_status || ' ' || delivery_status || ' ' || payment_status || ' ' || s.state
			from list_orders l join orders o on o.id = l.order_id and o.payment = l.payment_status and o.version = l.order_v
			join stock_reservations s on s.order_id = l.order_id
			where l.order_id = $1 and not exists (select 1 from outbox) and not exists (select 1 from queue_backlog)), '')`, s.id).Scan(&got)
		if err == nil && got == want {
			return nil
		}
		if !sleep(ctx, 5*time.Millisecond) {
			return fmt.Errorf("order %s is %q and not %q: %w", s.id, got, want, errors.Join(err, ctx.Err()))
		}
	}
}

// settle waits until the disk has what was seeded, which would otherwise be written
// while something is measured.
func (r *rig) settle() error {
	file := r.place.sqlite()
	if file == "" {
		return nil
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// numbers makes the orders' numbers: of which fate each is, and by how much it and
// those of its fate before it moved a product's stock: movements, pieces gone, held.
func numbers(n int, customer string) []string {
	return []string{`create temp table seed_numbers (i integer primary key, digits text, kind bigint, moved bigint, gone bigint, held bigint, customer text)`,
		fmt.Sprintf(`with recursive numbers (i) as (select cast(1 as bigint) union all select i + 1 from numbers where i < %d)
			insert into seed_numbers (i, digits, kind, moved, gone, held, customer)
			select i, %[4]s, case when i > %[2]d then 0 when i %% 40 = 0 then 1 else 2 end,
				case when i > %[2]d then i - %[2]d when i %% 40 = 0 then i / 40 * 2 else (i - i / 40) * 2 end,
				case when i > %[2]d or i %% 40 = 0 then 0 else i - i / 40 end,
				case when i > %[2]d then i - %[2]d else 0 end, %[3]s
			from numbers`, n, n-waitingOf(n), customer, digits("i"))}
}

// sums brings what the product counts in line with the copied rows.
func sums(products []ware) []string {
	var texts []string
	for kind, f := range fates {
		last := func(column string) string {
			return fmt.Sprintf(`(select coalesce(max(%s), 0) from seed_numbers where kind = %d)`, column, kind)
		}
		for _, i := range f.products {
			p := products[i]
			texts = append(texts,
				fmt.Sprintf(`update stock_items set version = version + %s, on_hand = on_hand - %s, reserved = reserved + %s where product_id = '%s'`,
					last("moved"), last("gone"), last("held"), p.id),
				fmt.Sprintf(`update list_products set stock_v = stock_v + %s, on_hand = on_hand - %s, reserved = reserved + %s where product_id = '%s'`,
					last("moved"), last("gone"), last("held"), p.id),
				fmt.Sprintf(`update list_counters set n = n + %s + %s where list = 'ordered' and key = '%s'`, last("gone"), last("held"), p.id))
		}
	}
	for list, of := range map[string]string{"orders": "tab", "packing": "status", "deliveries": "status"} {
		texts = append(texts, fmt.Sprintf(`insert into list_counters (list, key, n) select '%s', %s, count(*) from list_%s
			where order_id < '%s' group by %s on conflict (list, key) do update set n = list_counters.n + excluded.n`, list, of, list, seedEnd, of))
	}
	return texts
}

// checkSeed refuses numbers of orders that cannot be made.
func checkSeed(n int) error {
	if n < 1000 || n > 5_000_000 {
		return errors.New("want 1000 to 5000000 orders to begin with")
	}
	return nil
}

// customer is whose order i is: a fixed number belongs to each buyer, spread over
// all the time there is, the others to strangers who ordered about four times.
func (r *rig) customer(n int) string {
	people := r.shop.people[:min(buyers, len(r.shop.people))]
	step := max(1, n/(len(people)*ownOrders))
	var b strings.Builder
	fmt.Fprintf(&b, `case when i %% %d = 0 then case (i / %d) %% %d`, step, step, len(people))
	for k, p := range people {
		fmt.Fprintf(&b, ` when %d then '%s'`, k, p.id)
	}
	fmt.Fprintf(&b, ` end else '%s' || %s end`, seedID+stranger, digits(fmt.Sprintf(`1 + (i * 7919) %% %d`, n/4)))
	return b.String()
}
