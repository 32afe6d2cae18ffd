package desk

import (
	"slices"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

// What one keeps for oneself nobody else sees; what is shared everybody sees and admins
// alone change.
func TestViews(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s := &Service{DB: d}
		mine, err := s.Save(as(t, packer, "1"), packer, " 오래된 주문 ", "age=8h&tab=pack", false)
		if err != nil || mine.Name != "오래된 주문" {
			t.Fatal(mine, err)
		}
		shared, err := s.Save(as(t, admin, "2"), admin, "Refunds", "payment=REFUND_PENDING", true)
		if err != nil || !shared.Shared() {
			t.Fatal(shared, err)
		}
		if again, err := s.Save(as(t, packer, "1"), packer, "오래된 주문", "age=8h&tab=pack", false); err != nil || again.ID != mine.ID {
			t.Errorf("sent twice: %+v, %v", again, err)
		}
		if _, err := s.Save(as(t, other, ""), other, "오래된 주문", "", false); err != nil {
			t.Errorf("a name of somebody else's: %v", err)
		}
		if v, err := s.SetDefault(as(t, packer, ""), packer, shared.ID); err != nil || v.ID != shared.ID {
			t.Error(v, err)
		}
		names := func(a domain.Actor) (out []string) {
			vs, err := s.Views(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range vs {
				name := v.Name
				if v.Default {
					name += " *"
				}
				out = append(out, name)
			}
			return out
		}
		for _, c := range []struct {
			who  domain.Actor
			want []string
		}{{packer, []string{"오래된 주문", "Refunds *"}}, {other, []string{"오래된 주문", "Refunds"}}, {admin, []string{"Refunds"}}} {
			if got := names(c.who); !slices.Equal(got, c.want) {
				t.Errorf("%s sees %q, want %q", c.who.ID, got, c.want)
			}
		}
		save := func(a domain.Actor, name, query string, shared bool) error {
			_, err := s.Save(as(t, a, ""), a, name, query, shared)
			return err
		}
		change := func(a domain.Actor, id string) error { _, err := s.Change(as(t, a, ""), a, id, "q=x"); return err }
		remove := func(a domain.Actor, id string) error { _, err := s.Delete(as(t, a, ""), a, id); return err }
		prefer := func(a domain.Actor, id string) error { _, err := s.SetDefault(as(t, a, ""), a, id); return err }
		for _, c := range []struct {
			what string
			err  error
			want string
		}{
			{"no name", save(packer, " ", "", false), "invalid err.summary name=err.required"},
			{"the same name", save(packer, "오래된 주문", "", false), "invalid err.summary name=err.desk.name_taken"},
			{"a long name", save(packer, strings.Repeat("가", 41), "", false), "invalid err.summary name=err.too_long"},
			{"a long filter", save(packer, "x", strings.Repeat("q", 1001), false), "invalid err.summary name=err.desk.query"},
			{"shared by a packer", save(packer, "x", "", true), "forbidden err.desk.shared"},
			{"by a customer", save(buyer, "x", "", false), "forbidden err.desk.shared"},
			{"a shared one changed", change(packer, shared.ID), "forbidden err.desk.shared"},
			{"a shared one deleted", remove(packer, shared.ID), "forbidden err.desk.shared"},
			{"somebody else's changed", change(other, mine.ID), "not_found err.missing.saved_view"},
			{"somebody else's deleted", remove(admin, mine.ID), "not_found err.missing.saved_view"},
			{"somebody else's preferred", prefer(other, mine.ID), "not_found err.missing.saved_view"},
			{"none", change(packer, "?"), "not_found err.missing.saved_view"},
			{"changed by a customer", change(buyer, mine.ID), "forbidden auth.denied"},
			{"preferred by a customer", prefer(buyer, ""), "forbidden auth.denied"},
		} {
			if got := code(c.err); got != c.want {
				t.Errorf("%s: %s, want %s", c.what, got, c.want)
			}
		}
		if err := change(admin, shared.ID); err != nil {
			t.Error(err)
		}
		if err := remove(admin, shared.ID); err != nil {
			t.Error(err)
		}
		if err := prefer(packer, ""); err != nil {
			t.Error(err)
		}
		if got := names(packer); !slices.Equal(got, []string{"오래된 주문"}) {
			t.Errorf("left: %q", got)
		}
	}, Schema)
}
