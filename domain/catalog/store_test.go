package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
	"daybreak/domain/event"
)

func as(ctx context.Context, role domain.Role) context.Context {
	return domain.WithTrace(ctx, &domain.Trace{Actor: domain.Actor{ID: domain.NewID(), Role: role}})
}

// add makes a product; edit changes what it is made of.
func add(t *testing.T, s *Service, name string, edit ...func(*Patch)) Product {
	t.Helper()
	in := Patch{Name: &name, Price: ptr(domain.Money(5000))}
	for _, e := range edit {
		e(&in)
	}
	p, err := s.Create(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func wantCode(t *testing.T, what string, err error, code domain.Code) {
	t.Helper()
	if err == nil && code != "" || err != nil && domain.CodeOf(err) != code {
		t.Errorf("%s: %v, want %q", what, err, code)
	}
}

func TestCreatePatchDeactivate(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		admin := as(t.Context(), domain.Admin)
		in := Patch{
			Name: ptr("녹차"), NameEn: ptr("Green tea"), Description: ptr("향긋한\n녹차"), DescriptionEn: ptr("Fragrant"), Category: ptr("차"),
			Price: ptr(domain.Money(12_000)), ImageURL: ptr("/static/img/tea.svg"), OutOfStock: ptr(Backorder),
			SKU: ptr("TEA-1"), Barcode: ptr("8801"), Bin: ptr("A-1"),
		}
		p, err := s.Create(admin, in)
		if err != nil {
			t.Fatal(err)
		}
		want := Product{p.ID, "녹차", "Green tea", "향긋한\n녹차", "Fragrant", "차", 12_000, "/static/img/tea.svg", Backorder, true, "TEA-1", "8801", "A-1", 0, 1}
		if got, err := s.Get(t.Context(), p.ID); p != want || got != want || err != nil {
			t.Errorf("%+v\n%+v %v", p, got, err)
		}
		p, err = s.Patch(admin, p.ID, Patch{Price: ptr(domain.Money(11_000)), Version: ptr(int64(1))})
		if err != nil || p.Price != 11_000 || p.Version != 2 || p.Name != "녹차" {
			t.Errorf("%+v %v", p, err)
		}
		_, err = s.Patch(admin, p.ID, Patch{Price: ptr(domain.Money(1)), Version: ptr(int64(1))})
		wantCode(t, "an old page", err, domain.Conflict)
		if same, err := s.Patch(admin, p.ID, Patch{Price: ptr(domain.Money(11_000)), Name: ptr(" 녹차 ")}); err != nil || same != p {
			t.Errorf("%+v %v", same, err)
		}
		for range 2 {
			if p, err = s.Deactivate(admin, p.ID); err != nil || p.Active || p.Version != 3 {
				t.Errorf("%+v %v", p, err)
			}
		}
		if p, err = s.Patch(admin, p.ID, Patch{Active: ptr(true), Bin: ptr("B-2")}); err != nil || !p.Active || p.Version != 4 {
			t.Errorf("%+v %v", p, err)
		}
		evs, err := d.Chain(t.Context(), p.ID)
		var told []string
		for i, e := range evs {
			told = append(told, strings.TrimPrefix(e.Name, "catalog.product_"))
			if e.Aggregate != (event.Aggregate{Type: event.Product, ID: p.ID, Version: int64(i + 1)}) {
				t.Errorf("%+v", e.Aggregate)
			}
		}
		if fmt.Sprint(told) != "[registered.v1 changed.v1 deactivated.v1 changed.v1]" || err != nil {
			t.Fatal(told, err)
		}
		if last, err := evs[3].Decode(); err != nil || last != (event.ProductChanged{ProductFacts: p.Facts()}) {
			t.Errorf("%+v %v", last, err)
		}
	}, Schema)
}

func TestWhoMayEdit(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		p := add(t, s, "Tea")
		for _, r := range []domain.Role{domain.Visitor, domain.Customer, domain.Packer, domain.RoomAdmin, ""} {
			ctx := as(t.Context(), r)
			_, err := s.Create(ctx, Patch{Name: ptr("x"), Price: ptr(domain.Money(1))})
			wantCode(t, string(r), err, domain.Forbidden)
			_, err = s.Patch(ctx, p.ID, Patch{Price: ptr(domain.Money(1))})
			wantCode(t, string(r), err, domain.Forbidden)
			_, err = s.Deactivate(ctx, p.ID)
			wantCode(t, string(r), err, domain.Forbidden)
		}
		for _, id := range []string{"", "x", "1 OR 1=1", strings.ToLower(p.ID), strings.Repeat("0", 10_000), "\x00\xff", domain.NewID()} {
			_, err := s.Patch(t.Context(), id, Patch{Price: ptr(domain.Money(1))})
			wantCode(t, id, err, domain.NotFound)
			_, err = s.Get(t.Context(), id)
			wantCode(t, id, err, domain.NotFound)
			_, err = s.ByCode(t.Context(), id)
			wantCode(t, id, err, domain.NotFound)
		}
		if got, err := s.Get(t.Context(), p.ID); got != p || err != nil {
			t.Errorf("%+v %v", got, err)
		}
	}, Schema)
}

func TestOneKeyMakesOneProduct(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		var mu sync.Mutex
		ids := map[string]bool{}
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				k := &domain.Key{Actor: "a", Key: "k", Hash: "h"}
				p, err := s.Create(domain.WithKey(t.Context(), k), Patch{Name: ptr("Tea"), Price: ptr(domain.Money(1))})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				ids[p.ID] = true
				mu.Unlock()
			})
		}
		wg.Wait()
		if p, err := s.List(t.Context(), Filter{}); len(ids) != 1 || err != nil || len(p.Items) != 1 {
			t.Errorf("%v, %d products, %v", ids, len(p.Items), err)
		}
	}, Schema)
}

func TestACodeMeansOneProduct(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		ctx := t.Context()
		tea := add(t, s, "Tea", func(p *Patch) { p.SKU, p.Barcode = ptr("tea-1"), ptr("8801") })
		mug := add(t, s, "Mug")
		for what, c := range map[string]struct {
			p     Patch
			field string
		}{
			"the SKU in other case": {Patch{SKU: ptr("TEA-1")}, "sku"},
			"the barcode":           {Patch{Barcode: ptr("8801")}, "barcode"},
			"its barcode as a SKU":  {Patch{SKU: ptr("8801"), Barcode: ptr("8802")}, "sku"},
		} {
			_, err := s.Patch(ctx, mug.ID, c.p)
			wantCode(t, what, err, domain.Conflict)
			if keys(err)[c.field] == "" {
				t.Errorf("%s: %v does not name %s", what, err, c.field)
			}
		}
		if _, err := s.Create(ctx, Patch{Name: ptr("Copy"), Price: ptr(domain.Money(1)), Barcode: ptr("8801")}); domain.CodeOf(err) != domain.Conflict {
			t.Error(err)
		}
		for _, code := range []string{"tea-1", "TEA-1", " 8801 "} {
			if p, err := s.ByCode(ctx, code); err != nil || p != tea {
				t.Errorf("%q: %+v %v", code, p, err)
			}
		}
		_, err := s.Deactivate(ctx, tea.ID)
		wantCode(t, "off", err, "")
		_, err = s.ByCode(ctx, "8801")
		wantCode(t, "the code of what is not for sale", err, domain.NotFound)
		mug, err = s.Patch(ctx, mug.ID, Patch{Barcode: ptr("8801")})
		wantCode(t, "a free code", err, "")
		_, err = s.Patch(ctx, tea.ID, Patch{Active: ptr(true)})
		wantCode(t, "on again with a code that went to another", err, domain.Conflict)
		if p, err := s.ByCode(ctx, "8801"); err != nil || p != mug {
			t.Errorf("%+v %v", p, err)
		}
	}, Schema)
}

func TestParallelClaimsOfOneCode(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		var mu sync.Mutex
		var wg sync.WaitGroup
		won := 0
		for i := range 16 {
			wg.Go(func() {
				in := Patch{Name: ptr(fmt.Sprint("Tea ", i)), Price: ptr(domain.Money(1)), SKU: ptr("x")}
				if i%2 == 0 {
					in.SKU, in.Barcode = ptr(fmt.Sprint("sku ", i)), ptr("X")
				}
				_, err := s.Create(t.Context(), in)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					won++
				} else if domain.CodeOf(err) != domain.Conflict {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if p, err := s.List(t.Context(), Filter{}); won != 1 || err != nil || len(p.Items) != 1 {
			t.Errorf("%d won, %d products, %v", won, len(p.Items), err)
		}
	}, Schema)
}

func TestParallelChangesLeaveNoGap(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		p := add(t, s, "Tea")
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, err := s.Patch(t.Context(), p.ID, Patch{Price: ptr(domain.Money(i + 1))}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got, err := s.Get(t.Context(), p.ID)
		evs, err2 := d.Chain(t.Context(), p.ID)
		if err != nil || err2 != nil || got.Version != 21 || len(evs) != 21 {
			t.Errorf("version %d, %d events: %v %v", got.Version, len(evs), err, err2)
		}
	}, Schema)
}

func names(t *testing.T, s *Service, f Filter) []string {
	t.Helper()
	var out []string
	for range 100 {
		p, err := s.List(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range p.Items {
			out = append(out, p.Name)
		}
		if f.Cursor = p.Next; f.Cursor == "" {
			return out
		}
	}
	t.Fatal("the list does not end")
	return nil
}

func TestList(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		cat := func(c string) func(*Patch) { return func(p *Patch) { p.Category = &c } }
		add(t, s, "banana", cat("fruit"))
		add(t, s, "Apple", cat("fruit"), func(p *Patch) { p.Barcode = ptr("8801234") })
		add(t, s, "apple", cat("fruit"))
		add(t, s, "50%_off \\ box", cat("box"))
		add(t, s, "Zu\u0308rich mug", func(p *Patch) { p.SKU = ptr("MUG-7") })
		add(t, s, "녹차", cat("tea"), func(p *Patch) { p.NameEn = ptr("Green Tea") })
		if _, err := s.Deactivate(t.Context(), add(t, s, "old", cat("gone")).ID); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			f    Filter
			want []string
		}{
			{Filter{}, []string{"old", "녹차", "Zürich mug", "50%_off \\ box", "apple", "Apple", "banana"}},
			{Filter{ActiveOnly: true, Limit: 2}, []string{"녹차", "Zürich mug", "50%_off \\ box", "apple", "Apple", "banana"}},
			{Filter{Category: "fruit", Limit: 1}, []string{"apple", "Apple", "banana"}},
			{Filter{Category: "a\x00"}, nil},
			{Filter{Query: "APPLE"}, []string{"apple", "Apple"}},
			{Filter{Query: "8801"}, []string{"Apple"}},
			{Filter{Query: "mug-7"}, []string{"Zürich mug"}},
			{Filter{Query: "ZÜRICH"}, []string{"Zürich mug"}},
			{Filter{Query: "zu\u0308"}, []string{"Zürich mug"}},
			{Filter{Query: "tea 녹"}, []string{"녹차"}},
			{Filter{Query: "tea coffee"}, nil},
			{Filter{Query: "%"}, []string{"50%_off \\ box"}},
			{Filter{Query: "_"}, []string{"50%_off \\ box"}},
			{Filter{Query: `\`}, []string{"50%_off \\ box"}},
			{Filter{Query: "'; DROP TABLE catalog_products;--"}, nil},
			{Filter{Query: strings.Repeat("word ", 200)}, nil},
			{Filter{Query: "a", Category: "fruit", ActiveOnly: true, Sort: "id;drop", Limit: 2}, []string{"apple", "Apple", "banana"}},
		} {
			if got := names(t, s, c.f); !slices.Equal(got, c.want) {
				t.Errorf("%+v: %q", c.f, got)
			}
		}
		byName := names(t, s, Filter{Sort: ByName, Limit: 2, ActiveOnly: true})
		if len(byName) != 6 || slices.Index(byName, "banana") < slices.Index(byName, "apple") || slices.Index(byName, "banana") > slices.Index(byName, "녹차") {
			t.Errorf("%q", byName)
		}
		_, err := s.List(t.Context(), Filter{Cursor: "nonsense"})
		wantCode(t, "cursor", err, domain.Invalid)
		if got, err := s.Categories(t.Context()); err != nil || fmt.Sprint(got) != "[box fruit tea]" {
			t.Errorf("%q %v", got, err)
		}
	}, Schema)
}

func TestOffers(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{d}
		tea, mug := add(t, s, "Tea"), add(t, s, "Mug")
		mug, err := s.Deactivate(t.Context(), mug.ID)
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Offers(t.Context(), []string{tea.ID, "x\x00", mug.ID, tea.ID, domain.NewID()})
		if err != nil || len(got) != 2 || got[tea.ID] != tea.Facts() || got[mug.ID] != mug.Facts() || got[mug.ID].Active {
			t.Errorf("%+v %v", got, err)
		}
		if got, err := s.Offers(t.Context(), nil); err != nil || len(got) != 0 {
			t.Errorf("%+v %v", got, err)
		}
		many := []string{tea.ID}
		for range 300 {
			many = append(many, domain.NewID())
		}
		if got, err := s.Offers(t.Context(), append(many, mug.ID)); err != nil || len(got) != 2 {
			t.Errorf("%d %v", len(got), err)
		}
	}, Schema)
}
