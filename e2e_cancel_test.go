package main

import (
	"net/http"
	"testing"
)

// reach brings an order of two loaves and a bottle to a status.
func (s *site) reach(t testing.TB, bread, milk, status string) string {
	t.Helper()
	body := orderOf(bread, 2)
	body["lines"] = append(body["lines"].([]map[string]any), map[string]any{"productId": milk, "qty": 1})
	if status == "PENDING_PAYMENT" {
		s.provider(t, map[string]any{"failRate": 1})
		defer s.provider(t, map[string]any{})
	}
	if status == "BACKORDERED" {
		body["lines"].([]map[string]any)[1]["productId"] = s.soldLater(t)
	}
	id := read[anOrder](t, s.customer.do(t, "POST", "/orders", body).want(t, http.StatusCreated)).ID
	if status == "AWAITING_ACCEPT" || status == "BACKORDERED" {
		return id
	}
	post[anOrder](t, s.packer, "/staff/orders/"+id+"/accept", nil)
	switch status {
	case "PACKING":
		post[aTask](t, s.packer, "/staff/packing/"+s.taskOf(t, id).ID+"/start", nil)
	case "PACKED", "SHIPPED", "DELIVERED":
		s.pack(t, id)
	}
	if status == "SHIPPED" || status == "DELIVERED" {
		s.ship(t, id)
	}
	if status == "DELIVERED" {
		post[anOrder](t, s.customer, "/orders/"+id+"/receipt", nil)
	}
	return id
}

func (s *site) soldLater(t testing.TB) string {
	t.Helper()
	return post[aProduct](t, s.admin, "/products", map[string]any{"name": "Chair", "price": 5200, "outOfStock": "backorder"}).ID
}

// An order is cancelled, in part and whole, in every status in which it may be, and what
// was done for it is undone: stock, money, box and parcel.
func TestCancelledEverywhere(t *testing.T) {
	t.Parallel()
	moneyEverywhere(t, func(t *testing.T, s *site) {
		bread, milk := s.product(t, 100), s.product(t, 100)
		left := map[string]int64{} // what the provider may keep of each order
		for _, status := range []string{"AWAITING_ACCEPT", "BACKORDERED", "PENDING_PAYMENT", "PLACED", "PACKING", "PACKED", "SHIPPED"} {
			for _, by := range []string{"customer", "staff", "part"} {
				id := s.reach(t, bread, milk, status)
				who, path := s.customer, "/orders/"
				if by == "staff" {
					who, path = s.packer, "/staff/orders/"
				}
				in := map[string]any{"reason": by}
				if by == "part" {
					in["lines"] = []map[string]any{{"productId": bread, "qty": 2}}
				}
				left[id] = 0
				if by == "part" && status != "AWAITING_ACCEPT" && status != "BACKORDERED" {
					left[id] = 5200
				}
				post[anOrder](t, who, path+id+"/cancel", in)
				s.undone(t, id, status, by == "part")
			}
		}
		delivered := s.reach(t, bread, milk, "DELIVERED")
		left[delivered] = 15600
		s.customer.refused(t, http.StatusConflict, "POST", "/orders/"+delivered+"/cancel", nil)
		s.agreed(t)
		eventually(t, "the money that is due is back", func() bool {
			books := s.providersBooks(t)
			for id, keeps := range left {
				if b := books[id]; b.captured-b.refunded != keeps || b.charges > 1 {
					return false
				}
			}
			return true
		})
		s.sound(t)
	}, "ORDER_APPROVAL", "staff", "ORDER_CANCEL_UNTIL", "shipped")
}

// undone brings back what a cancelled order has in boxes and parcels, and looks where
// the order ends.
func (s *site) undone(t testing.TB, id, from string, part bool) {
	t.Helper()
	ends := "CANCELLED"
	switch {
	case from == "SHIPPED":
		ends = "RETURNED"
		if part {
			ends = "DELIVERED"
		}
		d := find(t, s, "/staff/deliveries", "a parcel that comes back", func(x aDelivery) bool { return x.OrderID == id && x.Status == "RETURNING" })
		post[aDelivery](t, s.packer, "/staff/deliveries/"+d.ID+"/returned", nil)
	case from == "PACKED" && part:
		ends = "PACKED"
		task := find(t, s, "/staff/packing", "a box opened again", func(x aTask) bool { return x.OrderID == id && x.Status != "PACKED" })
		s.repack(t, task)
	case from == "PACKED":
		task := find(t, s, "/staff/packing", "a box to unpack", func(x aTask) bool { return x.OrderID == id && x.Status == "UNPACKING" })
		post[aTask](t, s.packer, "/staff/packing/"+task.ID+"/unpacked", nil)
	case part && from == "PENDING_PAYMENT":
		ends = "PLACED"
	case part:
		ends = from
	}
	if o := s.becomes(t, id, ends); part && len(o.Lines) != 1 {
		t.Errorf("cancelled in part, it is %+v", o)
	}
}

// repack takes what was cancelled out of a box and closes it again.
func (s *site) repack(t testing.TB, task aTask) {
	t.Helper()
	path := "/staff/packing/" + task.ID
	if a := s.packer.do(t, "POST", path+"/unpacked", struct{}{}); a.StatusCode == http.StatusOK {
		return
	}
	if task.Status == "REQUESTED" {
		post[aTask](t, s.packer, path+"/start", nil)
	}
	post[aTask](t, s.packer, path+"/complete", nil)
}
