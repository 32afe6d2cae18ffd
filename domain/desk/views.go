package desk

import (
	"context"
	"errors"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Views returns the actor's views and the shared ones, by their names.
func (s *Service) Views(ctx context.Context, actor domain.Actor) ([]View, error) {
	if !actor.Warehouse() {
		return nil, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return viewsOf(ctx, s.DB, actor.ID)
}

// Save keeps a filter under a name, for the actor or, by an admin, for everybody.
// Errors: Forbidden, Invalid for the name.
func (s *Service) Save(ctx context.Context, actor domain.Actor, name, query string, shared bool) (View, error) {
	v := View{Owner: actor.ID, Name: name, Query: query}
	if shared {
		v.Owner = ""
	}
	if !actor.Warehouse() || !v.MayChange(actor) {
		return View{}, domain.Refuse(domain.Forbidden, "err.desk.shared")
	}
	v, err := v.checked()
	if err != nil {
		return View{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (View, error) {
		v.ID = domain.NewID()
		n, err := countViews(ctx, tx, v.Owner)
		if err != nil {
			return v, err
		}
		var c domain.Checks
		if c.Must(n < MaxViews, "name", "err.desk.views", "n", MaxViews) {
			err = insertView(ctx, tx, v)
		}
		if errors.Is(err, errTaken) {
			err = nil
			c.Add("name", "err.desk.name_taken")
		}
		if err != nil {
			return v, err
		}
		return v, c.Err()
	})
}

// Change gives a view another filter. Errors: NotFound, Forbidden.
func (s *Service) Change(ctx context.Context, actor domain.Actor, id, query string) (View, error) {
	return s.change(ctx, actor, id, func(ctx context.Context, tx *db.Tx, v View) (View, error) {
		v.Query = query
		if _, err := v.checked(); err != nil {
			return v, err
		}
		return v, setQuery(ctx, tx, v)
	})
}

// Delete forgets a view.
func (s *Service) Delete(ctx context.Context, actor domain.Actor, id string) (View, error) {
	return s.change(ctx, actor, id, func(ctx context.Context, tx *db.Tx, v View) (View, error) {
		return v, deleteView(ctx, tx, id)
	})
}

func (s *Service) change(ctx context.Context, actor domain.Actor, id string, fn func(context.Context, *db.Tx, View) (View, error)) (View, error) {
	if !actor.Warehouse() {
		return View{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	if !domain.IsID(id) {
		return View{}, domain.Missing("saved_view")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (View, error) {
		v, err := loadView(ctx, tx, id, actor.ID)
		switch {
		case err != nil:
			return v, err
		case !v.MayChange(actor):
			return v, domain.Refuse(domain.Forbidden, "err.desk.shared")
		}
		return fn(ctx, tx, v)
	})
}

// SetDefault has the board open with a view for the actor; with none if id is empty.
func (s *Service) SetDefault(ctx context.Context, actor domain.Actor, id string) (View, error) {
	if !actor.Warehouse() {
		return View{}, domain.Refuse(domain.Forbidden, "auth.denied")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (v View, err error) {
		if id != "" {
			if v, err = loadView(ctx, tx, id, actor.ID); err != nil {
				return v, err
			}
		}
		return v, setDefault(ctx, tx, actor.ID, id)
	})
}
