package lists

import (
	"context"
	"strconv"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Page is one page of a list. Next is the cursor of the page after it, empty at
// the end. Partial tells that a search has looked at the newest rows only; the
// page at Next looks at older ones.
type Page[T any] struct {
	Items   []T
	Next    string
	Partial bool
}

// The limits of a page.
const (
	defaultLimit = 50
	maxLimit     = 200
)

func limitOf(n int) int {
	if n <= 0 {
		return defaultLimit
	}
	return min(n, maxLimit)
}

// MyFilter narrows a customer's own orders. Group is a key of Groups.
type MyFilter struct {
	Status string
	Group  string
	Cursor string
	Limit  int
}

// MyOrders returns the customer's orders, newest first.
func (s *Service) MyOrders(ctx context.Context, customerID string, f MyFilter) (Page[Order], error) {
	p := newPager(orderTable, f.Cursor, false, f.Limit)
	p.where("customer_id = ", customerID)
	if f.Status != "" {
		p.where("status = ", f.Status)
	}
	if group := Groups[f.Group]; group != nil {
		p.in("status", statusTexts(group))
	}
	return pageOf(ctx, s.DB, p, scanOrder, orderID)
}

func statusTexts(l []event.OrderStatus) []string {
	out := make([]string, len(l))
	for i, s := range l {
		out[i] = string(s)
	}
	return out
}

// OrdersByID returns the rows with the ids, in no order; unknown ids are left out.
func (s *Service) OrdersByID(ctx context.Context, ids []string) ([]Order, error) {
	return loadOrders(ctx, s.DB, ids)
}

// WorkFilter narrows the packing and the delivery list.
type WorkFilter struct {
	Status string
	Oldest bool
	Cursor string
	Limit  int
}

// Packing returns packing tasks, newest first unless Oldest.
func (s *Service) Packing(ctx context.Context, f WorkFilter) (Page[Task], error) {
	return pageOf(ctx, s.DB, workPager(taskTable, f), scanTask, taskID)
}

// PackingByID returns the rows with the ids.
func (s *Service) PackingByID(ctx context.Context, ids []string) ([]Task, error) {
	return loadTasks(ctx, s.DB, ids)
}

// Deliveries returns deliveries, newest first unless Oldest.
func (s *Service) Deliveries(ctx context.Context, f WorkFilter) (Page[Delivery], error) {
	return pageOf(ctx, s.DB, workPager(deliveryTable, f), scanDelivery, deliveryID)
}

// DeliveriesByID returns the rows with the ids.
func (s *Service) DeliveriesByID(ctx context.Context, ids []string) ([]Delivery, error) {
	return loadDeliveries(ctx, s.DB, ids)
}

func workPager(t table, f WorkFilter) *pager {
	p := newPager(t, f.Cursor, f.Oldest, f.Limit)
	if f.Status != "" {
		p.where("status = ", f.Status)
	}
	return p
}

// ProductFilter narrows products. Q is searched in names, SKU and barcode.
type ProductFilter struct {
	Q, Category string
	ActiveOnly  bool
	Low         bool
	Bin         string // where it lies
	Cursor      string
	Limit       int
}

// Products returns products with their stock, newest first: the shop asks for the
// active ones, the stock page for those that are low.
func (s *Service) Products(ctx context.Context, f ProductFilter) (Page[Product], error) {
	p := newPager(productTable, f.Cursor, false, f.Limit)
	p.where("product_v > ", int64(0))
	if f.ActiveOnly {
		p.where("active = ", true)
	}
	if f.Category != "" {
		p.where("category = ", f.Category)
	}
	if f.Bin != "" {
		p.where("bin = ", f.Bin)
	}
	if f.Low {
		p.where("on_hand - reserved - coalesce(nullif(low_at, 0), "+strconv.Itoa(lowStock)+") <= ", int64(0))
	}
	if q := strings.ToLower(domain.Clean(f.Q)); q != "" {
		p.contains("search", q)
	}
	return pageOf(ctx, s.DB, p, scanProduct, productID)
}

// ProductsByID returns the rows with the ids; also of products no longer sold.
func (s *Service) ProductsByID(ctx context.Context, ids []string) ([]Product, error) {
	all, err := loadProducts(ctx, s.DB, ids)
	known := all[:0]
	for _, p := range all {
		if p.ProductV > 0 {
			known = append(known, p)
		}
	}
	return known, err
}

// recommended is how many products the shop recommends.
const recommended = 4

// Recommended returns the products sold most often that can be ordered now.
func (s *Service) Recommended(ctx context.Context) ([]Product, error) {
	ids, err := bestSold(ctx, s.DB, 8*recommended)
	if err != nil {
		return nil, err
	}
	found, err := loadProducts(ctx, s.DB, ids)
	if err != nil {
		return nil, err
	}
	byID := map[string]Product{}
	for _, p := range found {
		byID[p.ProductID] = p
	}
	var out []Product
	for _, id := range ids {
		if p := byID[id]; p.Active && p.Available() > 0 && len(out) < recommended {
			out = append(out, p)
		}
	}
	return out, nil
}

// Categories returns the categories of what is for sale, sorted.
func (s *Service) Categories(ctx context.Context) ([]string, error) {
	return categories(ctx, s.DB)
}

// Counters returns how many rows a list has: Orders per tab, Packing and
// Deliveries per status.
func (s *Service) Counters(ctx context.Context, list string) (map[string]int64, error) {
	return countersOf(ctx, s.DB, list)
}

// Applied reports whether the lists show what the event did.
func (s *Service) Applied(ctx context.Context, eventID string) (bool, error) {
	return taken(ctx, s.DB, eventID)
}

// pollEvery is how often WaitFor looks; it is about the time a batch takes.
const pollEvery = 4 * time.Millisecond

// WaitFor waits until the lists show what the event did, at most max, and reports
// whether they do. A person's next page waits for their own command by it. An
// event that no list hears of is waited for in vain: name only those of the shop.
func (s *Service) WaitFor(ctx context.Context, eventID string, max time.Duration) bool {
	if eventID == "" {
		return true
	}
	if ok, err := s.Applied(ctx, eventID); ok || err != nil {
		return ok
	}
	ctx, cancel := context.WithTimeout(ctx, max)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
			if ok, err := s.Applied(ctx, eventID); ok || err != nil {
				return ok
			}
		}
	}
}
