package rooms

import (
	"context"
	"fmt"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

// BenchmarkDays measures the day of a large house: 100 rooms, 1,500 bookings that day
// and as many on each of 20 others. BenchmarkVerdict is one look while somebody types.
func BenchmarkDays(b *testing.B) {
	r := house(b)
	for b.Loop() {
		days, err := r.Days(b.Context(), ana, Filter{}, "2026-11-24")
		must(b, err)
		if len(days) != 100 || len(days[99].Segments) < 15 {
			b.Fatal("that is not the house")
		}
	}
}

func BenchmarkVerdict(b *testing.B) {
	r := house(b)
	rs, err := r.Rooms(b.Context(), Filter{})
	must(b, err)
	for b.Loop() {
		vs, err := r.Verdicts(b.Context(), ana, draft(rs[50], "1 10:10", "1 11:00"))
		must(b, err)
		if vs[0].State != Taken {
			b.Fatal(vs[0])
		}
	}
}

// BenchmarkReport measures the report of that house after its 31,500 bookings were used,
// one in 32 at times that were corrected.
func BenchmarkReport(b *testing.B) {
	r := house(b)
	must(b, r.DB.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, q := range []string{
			`update rooms_bookings set status = 'COMPLETED'`,
			`insert into rooms_uses select id, id, start_at + 60000000, 'a', 'Ana', end_at - 60000000, 'user', 'a', 'Ana' from rooms_bookings`,
			`insert into rooms_corrections select id, id, start_at, end_at, 'asked', 'e', 'Eve', end_at from rooms_bookings where substr(id, 26) = '7'`,
		} {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}))
	r.now.Store(hour("08:00").AddDate(0, 0, 21).UnixMicro())
	for b.Loop() {
		rep, err := r.Report(b.Context(), cho, ReportFilter{})
		must(b, err)
		if rep.Total.UsedCount != 31_500 || rep.Total.LateStartCount == 31_500 {
			b.Fatal(rep.Total)
		}
	}
}

func house(b *testing.B) *rig {
	r := newRig(b, dbtest.SQLite(b))
	for i := range 100 {
		room := r.room(b, fmt.Sprintf("Room %03d", i))
		var all []Booking
		for d := range 21 {
			for k := range 15 {
				start := hour("08:00").AddDate(0, 0, d).Add(time.Duration(k) * 48 * time.Minute)
				by := ana
				bk, _ := request(domain.NewID(), "no", by, room, plan{span: span{start, start.Add(40 * time.Minute)}, title: "Plan"}, r.set, monday, &domain.Actor{})
				all = append(all, bk)
			}
		}
		must(b, r.DB.Write(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			return insertBookings(ctx, tx, room.lane, r.set, all...)
		}))
	}
	return r
}
