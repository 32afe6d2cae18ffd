package catalog

import (
	"context"
	"embed"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of the catalogue.
var Schema = db.Schema{Name: "catalog", FS: files}

// Service is what can be done with the catalogue.
type Service struct{ DB *db.DB }

// Create adds a product. Admins only.
func (s *Service) Create(ctx context.Context, in Patch) (Product, error) {
	if err := mayEdit(ctx); err != nil {
		return Product{}, err
	}
	p, err := create(in)
	if err != nil {
		return Product{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Product, error) {
		if err := insert(ctx, tx, p); err != nil {
			return Product{}, err
		}
		if err := claimCodes(ctx, tx, p); err != nil {
			return Product{}, err
		}
		tx.Append(ctx, aggregate(p), p.ID, event.ProductRegistered{ProductFacts: p.Facts()})
		return p, nil
	})
}

// Patch changes a product. Nothing to change is no error and no event. Orders keep
// the name and price they were made with. Admins only.
func (s *Service) Patch(ctx context.Context, id string, c Patch) (Product, error) {
	if err := mayEdit(ctx); err != nil {
		return Product{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Product, error) {
		now, err := byID(ctx, tx, id, tx.ForUpdate())
		if err != nil {
			return Product{}, err
		}
		next, err := now.apply(c)
		if err != nil {
			return Product{}, err
		}
		ev, err := changed(now, next, c.Version)
		if err != nil || ev == nil {
			return now, err
		}
		next.Version++
		if err := save(ctx, tx, next); err != nil {
			return Product{}, err
		}
		if now.SKU != next.SKU || now.Barcode != next.Barcode || now.Active != next.Active {
			if err := freeCodes(ctx, tx, id); err != nil {
				return Product{}, err
			}
			if err := claimCodes(ctx, tx, next); err != nil {
				return Product{}, err
			}
		}
		tx.Append(ctx, aggregate(next), id, ev)
		return next, nil
	})
}

// Deactivate takes a product off sale; its codes are free for others. Admins only.
func (s *Service) Deactivate(ctx context.Context, id string) (Product, error) {
	off := false
	return s.Patch(ctx, id, Patch{Active: &off})
}

// claimCodes makes the product's codes its own.
func claimCodes(ctx context.Context, tx *db.Tx, p Product) error {
	codes := p.codes()
	n, err := insertCodes(ctx, tx, p.ID, codes)
	if err != nil || n == int64(len(codes)) {
		return err
	}
	code, other, err := takenCode(ctx, tx, p.ID, codes)
	if err == db.ErrNone { // given back this moment
		return stale(p)
	}
	if err != nil {
		return err
	}
	return p.codeTaken(code, other)
}

func mayEdit(ctx context.Context) error {
	if !domain.TraceOf(ctx).Actor.Is(domain.Admin, domain.System) {
		return domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return nil
}

func aggregate(p Product) event.Aggregate {
	return event.Aggregate{Type: event.Product, ID: p.ID, Version: p.Version}
}
