package lists

import (
	"context"
	"maps"
)

// finish carries what one row says over to another and counts what moved.
func (f *fold) finish(ctx context.Context) error {
	parcels, boxes := set{}, map[string]int64{}
	for _, c := range f.orders {
		if id := c.now.DeliveryID; id != "" && c.now.Boxes > 0 && (f.deliveries[id] != nil || c.now.Boxes != c.was.Boxes) {
			parcels.add(id)
			boxes[id] = c.now.Boxes
		}
	}
	if err := fill(ctx, f.q, f.deliveries, parcels, loadDeliveries, deliveryID); err != nil {
		return err
	}
	for id := range parcels {
		if c := f.deliveries[id]; c.now.DeliveryV > 0 {
			c.now = c.now.boxed(boxes[id])
		}
	}
	for _, c := range f.orders {
		f.move(Orders, c.was.Tab, c.now.Tab)
	}
	for _, c := range f.tasks {
		f.move(Packing, c.was.Status, c.now.Status)
	}
	for _, c := range f.deliveries {
		f.move(Deliveries, c.was.Status, c.now.Status)
	}
	for _, c := range f.bookings {
		f.move(Bookings, c.was.Status, c.now.Status)
		f.move(booker, onRecord(c.was), onRecord(c.now))
	}
	maps.DeleteFunc(f.counts, func(_ counter, n int64) bool { return n == 0 })
	return nil
}

func (f *fold) move(list, from, to string) {
	if from == to {
		return
	}
	if from != "" {
		f.counts[counter{list, from}]--
	}
	if to != "" {
		f.counts[counter{list, to}]++
	}
}

// changes tells what of the lists is different now.
func (f *fold) changes() []Change {
	var out []Change
	for _, id := range f.orders.dirty() {
		was, o := f.orders[id].was, f.orders[id].now
		out = append(out, Change{Orders, id, o.Version, ""}, Change{MyOrders, id, o.Version, o.CustomerID})
		if o.PaymentID != was.PaymentID || o.PaymentV != was.PaymentV || o.PaymentStatus != was.PaymentStatus {
			out = append(out, Change{Payments, o.PaymentID, o.Version, ""})
		}
	}
	for _, id := range f.tasks.dirty() {
		out = append(out, Change{Packing, id, f.tasks[id].now.Version, ""})
	}
	for _, id := range f.deliveries.dirty() {
		out = append(out, Change{Deliveries, id, f.deliveries[id].now.Version, ""})
	}
	for _, id := range f.products.dirty() {
		c := f.products[id]
		if c.now.ProductV == 0 {
			continue // stock of a product the catalogue has not told us of yet
		}
		out = append(out, Change{Stock, id, c.now.Version(), ""})
		if c.now.ProductV != c.was.ProductV || c.now.Left() != c.was.Left() {
			out = append(out, Change{Products, id, c.now.Version(), ""})
		}
	}
	return append(out, f.roomChanges()...)
}
