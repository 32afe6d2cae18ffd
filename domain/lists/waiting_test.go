package lists

import (
	"testing"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

// What the dashboard says waits is what a look through all the rows finds.
func TestWhatWaits(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		s, _, _ := shop(t, d)
		w, err := s.Waiting(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, tab := range workTabs {
			p, err := s.StaffOrders(t.Context(), StaffFilter{Tab: tab, Oldest: true, Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			switch since, waits := w.Oldest[tab]; {
			case waits != (len(p.Items) == 1):
				t.Errorf("%s: waits %v, %d rows", tab, waits, len(p.Items))
			case waits && !since.Equal(p.Items[0].WaitingSince):
				t.Errorf("%s: since %v, want %v", tab, since, p.Items[0].WaitingSince)
			}
		}
		if _, ended := w.Oldest[TabDelivered]; ended {
			t.Error("what is delivered does not wait")
		}
		p, err := s.Products(t.Context(), ProductFilter{Low: true, ActiveOnly: true, Limit: maxLimit})
		if err != nil || int64(len(p.Items)) != w.Low {
			t.Errorf("%d are low, want %d (%v)", w.Low, len(p.Items), err)
		}
	}, Schema)
}
