package lists

import (
	"context"
	"maps"
	"slices"
	"strings"

	"daybreak/domain/db"
)

// A table names its columns: moving ones change with every event, fixed ones hardly
// ever. Those are kept out of the other updates so that their indexes are left alone.
type table struct {
	name, key     string
	fixed, moving []string
}

var (
	orderTable = table{"list_orders", "order_id",
		[]string{"no", "customer_id", "customer_name", "recipient", "phone", "address", "title", "title_en",
			"line_count", "qty", "amount", "more", "search", "ordered_at"},
		[]string{"status", "reason", "placed_at", "waiting_since", "updated_at", "payment_id", "payment_status", "task_id",
			"packing_status", "packer_name", "boxes", "delivery_id", "delivery_status", "tab", "order_v", "payment_v", "packing_v",
			"delivery_v", "version"}}
	taskTable = table{"list_packing", "task_id",
		[]string{"order_id", "order_no", "customer_name", "lines", "line_count", "qty", "note", "requested_at"},
		[]string{"status", "packer_id", "packer_name", "started_at", "packed_at", "removed", "updated_at", "version"}}
	deliveryTable = table{"list_deliveries", "delivery_id",
		[]string{"order_id", "order_no", "customer_id", "customer_name", "recipient", "phone", "postcode", "address",
			"address2", "note", "prepared_at", "due_at"},
		[]string{"status", "packed", "boxes", "started_at", "completed_at", "cancelled_at", "attempts", "attempt_reason", "carrier",
			"tracking", "updated_at", "delivery_v", "version"}}
	productTable = table{"list_products", "product_id", nil,
		[]string{"name", "name_en", "description", "description_en", "category", "price", "image", "out_of_stock", "sku",
			"barcode", "bin", "active", "low_at", "search", "on_hand", "reserved", "last_received_at", "product_v", "stock_v"}}
	bookingTable = table{"list_bookings", "booking_id",
		[]string{"no", "user_id", "user_name", "series_id", "requested_at"},
		[]string{"room_id", "room_name", "building", "floor", "time_zone", "title", "attendees", "start_at", "end_at", "status",
			"decided_by", "decided_name", "decided_at", "reason", "cancelled_name", "cancelled_at", "use_id", "real_start",
			"real_end", "started_name", "ended_by", "ended_name", "fixed_start", "fixed_end", "search", "updated_at", "version"}}
	roomTable = table{"list_rooms", "room_id", nil, []string{"facts", "version"}}
)

func (t table) columns() string {
	return strings.Join(slices.Concat([]string{t.key}, t.fixed, t.moving), ", ")
}

func (t table) selectText() string {
	return "/* lists.rows." + t.name + " */ select " + t.columns() + " from " + t.name
}

func (t table) insertText() string {
	return "/* lists.write." + t.name + " */ insert into " + t.name + " (" + t.columns() + ")"
}

func (t table) updateText(columns []string) string {
	var b strings.Builder
	b.WriteString("on conflict (" + t.key + ") do update set ")
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c + " = excluded." + c)
	}
	return b.String()
}

// lock makes writers of the lists take turns where the database has several.
func lock(ctx context.Context, tx *db.Tx) error {
	if tx.ForUpdate() == "" {
		return nil
	}
	_, err := db.One(ctx, tx, db.Int64, `/* lists.lock */ select n from list_counters where list = '' and key = 'lock'`+tx.ForUpdate())
	return err
}

// padded fills a list of ids up to a power of two, so that few texts have to be kept
// prepared.
func padded(ids []string) []any {
	size := 1
	for size < len(ids) {
		size *= 2
	}
	args := make([]any, size)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return args
}

// rows reads the rows of t with the ids.
func rows[T any](ctx context.Context, q db.Querier, t table, scan func(db.Row) (T, error), ids []string) ([]T, error) {
	const most = 256
	var out []T
	for len(ids) > 0 {
		n := min(len(ids), most)
		args := padded(ids[:n])
		part, err := db.All(ctx, q, scan, t.selectText()+" where "+t.key+" in "+db.In(len(args), 1), args...)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = part
		} else {
			out = append(out, part...)
		}
		ids = ids[n:]
	}
	return out, nil
}

func loadOrders(ctx context.Context, q db.Querier, ids []string) ([]Order, error) {
	return rows(ctx, q, orderTable, scanOrder, ids)
}

func loadTasks(ctx context.Context, q db.Querier, ids []string) ([]Task, error) {
	return rows(ctx, q, taskTable, scanTask, ids)
}

func loadDeliveries(ctx context.Context, q db.Querier, ids []string) ([]Delivery, error) {
	return rows(ctx, q, deliveryTable, scanDelivery, ids)
}

func loadProducts(ctx context.Context, q db.Querier, ids []string) ([]Product, error) {
	return rows(ctx, q, productTable, scanProduct, ids)
}

func scanOrder(r db.Row) (o Order, err error) {
	var ordered, placed, waiting, updated int64
	err = r.Scan(&o.ID, &o.No, &o.CustomerID, &o.CustomerName, &o.Recipient, &o.Phone, &o.Address, &o.Title, &o.TitleEn,
		&o.LineCount, &o.Qty, &o.Amount, &o.More, &o.Search, &ordered, &o.Status, &o.Reason, &placed, &waiting, &updated, &o.PaymentID,
		&o.PaymentStatus, &o.TaskID, &o.PackingStatus, &o.PackerName, &o.Boxes, &o.DeliveryID, &o.DeliveryStatus, &o.Tab, &o.OrderV,
		&o.PaymentV, &o.PackingV, &o.DeliveryV, &o.Version)
	o.OrderedAt, o.PlacedAt, o.WaitingSince, o.UpdatedAt = db.Time(ordered), db.Time(placed), db.Time(waiting), db.Time(updated)
	return o, err
}

func orderRow(o Order) []any {
	return []any{o.ID, o.No, o.CustomerID, o.CustomerName, o.Recipient, o.Phone, o.Address, o.Title, o.TitleEn,
		o.LineCount, o.Qty, int64(o.Amount), o.More, o.Search, db.Micros(o.OrderedAt), o.Status, o.Reason, db.Micros(o.PlacedAt),
		db.Micros(o.WaitingSince), db.Micros(o.UpdatedAt), o.PaymentID, o.PaymentStatus, o.TaskID, o.PackingStatus,
		o.PackerName, o.Boxes, o.DeliveryID, o.DeliveryStatus, o.Tab, o.OrderV, o.PaymentV, o.PackingV, o.DeliveryV, o.Version}
}

func scanTask(r db.Row) (t Task, err error) {
	var requested, started, packed, updated int64
	err = r.Scan(&t.ID, &t.OrderID, &t.OrderNo, &t.CustomerName, &t.LinesJSON, &t.LineCount, &t.Qty, &t.Note, &requested,
		&t.Status, &t.PackerID, &t.PackerName, &started, &packed, &t.RemovedJSON, &updated, &t.Version)
	t.RequestedAt, t.StartedAt, t.PackedAt, t.UpdatedAt = db.Time(requested), db.Time(started), db.Time(packed), db.Time(updated)
	return t, err
}

func taskRow(t Task) []any {
	return []any{t.ID, t.OrderID, t.OrderNo, t.CustomerName, t.LinesJSON, t.LineCount, t.Qty, t.Note, db.Micros(t.RequestedAt),
		t.Status, t.PackerID, t.PackerName, db.Micros(t.StartedAt), db.Micros(t.PackedAt), t.RemovedJSON, db.Micros(t.UpdatedAt),
		t.Version}
}

func scanDelivery(r db.Row) (d Delivery, err error) {
	var prepared, due, started, completed, cancelled, updated int64
	err = r.Scan(&d.ID, &d.OrderID, &d.OrderNo, &d.CustomerID, &d.CustomerName, &d.To.Recipient, &d.To.Phone, &d.To.Postcode,
		&d.To.Line1, &d.To.Line2, &d.Note, &prepared, &due, &d.Status, &d.Packed, &d.Boxes, &started, &completed, &cancelled,
		&d.Attempts, &d.AttemptReason, &d.Carrier, &d.Tracking, &updated, &d.DeliveryV, &d.Version)
	d.PreparedAt, d.DueAt, d.StartedAt, d.CompletedAt = db.Time(prepared), db.Time(due), db.Time(started), db.Time(completed)
	d.CancelledAt, d.UpdatedAt = db.Time(cancelled), db.Time(updated)
	return d, err
}

func deliveryRow(d Delivery) []any {
	return []any{d.ID, d.OrderID, d.OrderNo, d.CustomerID, d.CustomerName, d.To.Recipient, d.To.Phone, d.To.Postcode,
		d.To.Line1, d.To.Line2, d.Note, db.Micros(d.PreparedAt), db.Micros(d.DueAt), d.Status, d.Packed, d.Boxes, db.Micros(d.StartedAt),
		db.Micros(d.CompletedAt), db.Micros(d.CancelledAt), d.Attempts, d.AttemptReason, d.Carrier, d.Tracking,
		db.Micros(d.UpdatedAt), d.DeliveryV, d.Version}
}

func scanProduct(r db.Row) (p Product, err error) {
	var received int64
	var search string
	err = r.Scan(&p.ProductID, &p.Product, &p.ProductEn, &p.Description, &p.DescEn, &p.Category, &p.Price, &p.Image,
		&p.OutOfStock, &p.SKU, &p.Barcode, &p.Bin, &p.Active, &p.LowAt, &search, &p.OnHand, &p.Reserved, &received, &p.ProductV, &p.StockV)
	p.LastReceivedAt = db.Time(received)
	return p, err
}

func productRow(p Product) []any {
	return []any{p.ProductID, p.Product, p.ProductEn, p.Description, p.DescEn, p.Category, int64(p.Price), p.Image,
		p.OutOfStock, p.SKU, p.Barcode, p.Bin, p.Active, p.LowAt, searchText(p), p.OnHand, p.Reserved, db.Micros(p.LastReceivedAt),
		p.ProductV, p.StockV}
}

// save writes the rows of the fold that differ, and what moved in the counters.
// whole writes also the columns that normally never change.
func (f *fold) save(ctx context.Context, tx *db.Tx, whole bool) error {
	if err := write(ctx, tx, orderTable, whole, f.orders, orderRow); err != nil {
		return err
	}
	if err := write(ctx, tx, taskTable, whole, f.tasks, taskRow); err != nil {
		return err
	}
	if err := write(ctx, tx, deliveryTable, whole, f.deliveries, deliveryRow); err != nil {
		return err
	}
	if err := write(ctx, tx, productTable, whole, f.products, productRow); err != nil {
		return err
	}
	if err := write(ctx, tx, bookingTable, whole, f.bookings, bookingRow); err != nil {
		return err
	}
	if err := write(ctx, tx, roomTable, whole, f.rooms, roomRow); err != nil {
		return err
	}
	return addCounts(ctx, tx, f.counts)
}

func write[T comparable](ctx context.Context, tx *db.Tx, t table, whole bool, from cells[T], row func(T) []any) error {
	ids := from.dirty()
	if len(ids) == 0 {
		return nil
	}
	var moved, changed [][]any
	for _, id := range ids {
		c := from[id]
		r := row(c.now)
		if whole || c.stored && !slices.Equal(row(c.was)[1:1+len(t.fixed)], r[1:1+len(t.fixed)]) {
			changed = append(changed, r)
		} else {
			moved = append(moved, r)
		}
	}
	if _, err := tx.Insert(ctx, t.insertText(), t.updateText(t.moving), moved); err != nil {
		return err
	}
	_, err := tx.Insert(ctx, t.insertText(), t.updateText(slices.Concat(t.fixed, t.moving)), changed)
	return err
}

func addCounts(ctx context.Context, tx *db.Tx, counts map[counter]int64) error {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b counter) int {
		return strings.Compare(a.list+"\x00"+a.key, b.list+"\x00"+b.key)
	})
	out := make([][]any, len(keys))
	for i, k := range keys {
		out[i] = []any{k.list, k.key, counts[k]}
	}
	_, err := tx.Insert(ctx, `/* lists.count */ insert into list_counters (list, key, n)`,
		`on conflict (list, key) do update set n = list_counters.n + excluded.n`, out)
	return err
}
