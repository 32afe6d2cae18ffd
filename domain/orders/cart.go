package orders

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// VisitorCart returns the owner of the cart of somebody who has not signed in.
func VisitorCart(id string) string { return "v:" + id }

// Cart returns what is in the owner's cart, in the order it was put there.
func (s *Service) Cart(ctx context.Context, owner string) ([]Item, error) {
	if owner == "" {
		return nil, nil
	}
	return cartItems(ctx, s.DB, owner)
}

// CartCount returns how many products are in the owner's cart.
func (s *Service) CartCount(ctx context.Context, owner string) (int, error) {
	if owner == "" {
		return 0, nil
	}
	n, err := cartCount(ctx, s.DB, owner)
	return int(n), err
}

// AddToCart puts qty more of a product into the owner's cart.
func (s *Service) AddToCart(ctx context.Context, owner, productID string, qty int) error {
	return s.changeCart(ctx, owner, Item{productID, qty}, true)
}

// SetCart makes the owner's cart hold qty of a product; none, if qty is 0.
func (s *Service) SetCart(ctx context.Context, owner, productID string, qty int) error {
	if qty == 0 {
		return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return dropCart(ctx, tx, owner, productID) })
	}
	return s.changeCart(ctx, owner, Item{productID, qty}, false)
}

func (s *Service) changeCart(ctx context.Context, owner string, it Item, add bool) error {
	var c domain.Checks
	c.Must(it.Qty >= 1 && it.Qty <= MaxQty, "qty", "err.orders.qty", "max", MaxQty)
	if err := c.Err(); err != nil {
		return err
	}
	offers, err := s.Catalog.Offers(ctx, []string{it.ProductID})
	if err != nil {
		return err
	}
	if p, ok := offers[it.ProductID]; !ok || !p.Active {
		return domain.Missing("product")
	}
	_, err = db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (struct{}, error) {
		n, err := cartCount(ctx, tx, owner)
		if err != nil {
			return struct{}{}, err
		}
		if n >= MaxLines {
			return struct{}{}, domain.Refuse(domain.Conflict, "err.orders.lines", "max", MaxLines)
		}
		return struct{}{}, putCart(ctx, tx, owner, it, add)
	})
	return err
}

// MergeCart moves a visitor's cart into the one of the account they signed in to.
func (s *Service) MergeCart(ctx context.Context, from, to string) error {
	items, err := s.Cart(ctx, from)
	if err != nil || len(items) == 0 {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		items, err := cartItems(ctx, tx, from)
		if err != nil {
			return err
		}
		for _, it := range items {
			if err := putCart(ctx, tx, to, it, true); err != nil {
				return err
			}
		}
		return emptyCart(ctx, tx, from)
	})
}

// Cleanup forgets the carts of visitors who did not come back for a month.
func (s *Service) Cleanup(ctx context.Context) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return dropOldCarts(ctx, tx, db.Micros(tx.Now.Add(-30*24*time.Hour)))
	})
}
