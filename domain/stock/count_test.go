package stock

import (
	"sync"
	"testing"

	"pgregory.net/rapid"

	"daybreak/domain"
)

func TestWhatIsPossibleWithACount(t *testing.T) {
	want := map[string]map[string]string{
		CountOpen:      {doCount: CountOpen, doSubmit: CountSubmitted, doCancel: CountCancelled},
		CountSubmitted: {doReopen: CountOpen, doDecide: CountSubmitted, doCancel: CountCancelled},
		CountClosed:    {}, CountCancelled: {},
	}
	for state, acts := range want {
		for _, act := range []string{doCount, doSubmit, doReopen, doDecide, doCancel} {
			next, err := Count{State: state, Version: 1}.after(act)
			to, may := acts[act]
			if may != (err == nil) || may && (next.State != to || next.Version != 2) {
				t.Errorf("%s of %s: %+v, %v", act, state, next, err)
			}
			if e, ok := err.(*domain.Error); !may && (!ok || e.Code != domain.Conflict || e.Current != state) {
				t.Errorf("%s of %s is refused with %v", act, state, err)
			}
		}
	}
}

func TestALineIsCounted(t *testing.T) {
	at := func(onHand, version int64) level { return level{Level: Level{OnHand: onHand}, version: version} }
	l := CountLine{Counted: -1}.counted(packer, at(10, 1), 1, true)
	if l.Counted != 1 || l.Expected != 10 || l.Moved {
		t.Errorf("the first scan: %+v", l)
	}
	l = l.counted(packer, at(10, 3), 1, true) // reserved meanwhile: the shelf has not moved
	if l.Counted != 2 || l.Moved {
		t.Errorf("the second scan: %+v", l)
	}
	l = l.counted(admin, at(9, 4), 1, true)
	if l.Counted != 3 || l.Expected != 10 || !l.Moved || len(l.Counters) != 2 {
		t.Errorf("a scan after something left: %+v", l)
	}
	l = l.counted(admin, at(9, 4), 0, false)
	if l.Counted != 0 || l.Expected != 9 || l.Moved || len(l.Counters) != 1 || l.Difference() != -9 {
		t.Errorf("typed anew: %+v", l)
	}
	if !l.MayDecide(packer) || !l.MayDecide(admin) || l.MayDecide(domain.Actor{ID: "c", Role: domain.Customer}) {
		t.Error("who did not count may not decide, or a customer may")
	}
	l.Counters = []string{packer.ID}
	if l.MayDecide(packer) {
		t.Error("a packer decides about what they counted")
	}
}

var admin = domain.Actor{ID: domain.NewID(), Name: "Ada", Role: domain.Admin}

func TestACountCorrectsTheLedger(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, a, b, c := t.Context(), domain.NewID(), domain.NewID(), domain.NewID()
		for _, id := range []string{a, b, c} {
			_, err := s.Receive(ctx, packer, id, 10)
			must(t, err)
		}
		n, err := s.StartCount(ctx, packer, "A", []string{a, b, c, a})
		must(t, err)
		for range 8 {
			_, err = s.CountScan(ctx, packer, n.ID, a, 1)
			must(t, err)
		}
		_, err = s.CountSet(ctx, packer, n.ID, b, 10, 0)
		must(t, err)
		if _, err := s.CountSet(ctx, admin, n.ID, b, 9, 0); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("what another counted was overwritten unseen: %v", err)
		}
		if _, err := s.CountScan(ctx, packer, n.ID, domain.NewID(), 1); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("something else was counted: %v", err)
		}
		if _, err := s.DecideCount(ctx, admin, n.ID, a, true); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("decided before it was handed in: %v", err)
		}
		if _, err := s.SubmitCount(ctx, packer, n.ID, false); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("handed in without %s: %v", c, err)
		}
		// What moves after the count changes shelf and ledger alike.
		order := domain.NewID()
		must(t, s.reserve(ctx, order, line(a, 9)))
		_, err = s.Receive(ctx, packer, a, 1)
		must(t, err)
		_, err = s.SubmitCount(ctx, packer, n.ID, true)
		must(t, err)
		if _, err := s.CountScan(ctx, packer, n.ID, a, 1); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("counted after it was handed in: %v", err)
		}
		if _, err := s.DecideCount(ctx, packer, n.ID, a, true); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who counted decided: %v", err)
		}
		_, err = s.DecideCount(ctx, admin, n.ID, a, true)
		must(t, err)
		wantLevel(t, s, a, 9, 9)
		wantLevel(t, s, b, 10, 0)
		if _, err := s.DecideCount(ctx, admin, n.ID, a, true); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("decided twice: %v", err)
		}
		ms, _, err := s.Ledger(ctx, a, "", 1)
		if err != nil || ms[0].Source != (Source{FromCount, n.ID}) || ms[0].Qty != -2 {
			t.Errorf("the ledger says %+v, %v", ms, err)
		}
		if n, lines, err := s.Count(ctx, n.ID); err != nil || n.State != CountClosed || lines[1].Verdict != LineSame || lines[2].Verdict != LineSkipped {
			t.Errorf("%+v %+v %v", n, lines, err)
		}
		wantSound(t, s)
	})
}

// Nothing goes below what orders hold; the line stays to be decided again.
func TestACountDoesNotTakeWhatOrdersHold(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, a := t.Context(), domain.NewID()
		_, err := s.Receive(ctx, packer, a, 10)
		must(t, err)
		n, err := s.StartCount(ctx, packer, "A", []string{a})
		must(t, err)
		_, err = s.CountSet(ctx, packer, n.ID, a, 3, 0)
		must(t, err)
		must(t, s.reserve(ctx, domain.NewID(), line(a, 5)))
		_, err = s.SubmitCount(ctx, packer, n.ID, false)
		must(t, err)
		if _, err := s.DecideCount(ctx, admin, n.ID, a, true); domain.CodeOf(err) != domain.Conflict {
			t.Fatalf("approved: %v", err)
		}
		wantLevel(t, s, a, 10, 5)
		if n, lines, err := s.Count(ctx, n.ID); err != nil || n.State != CountSubmitted || !lines[0].Open() {
			t.Errorf("%+v %+v %v", n, lines, err)
		}
		_, err = s.DecideCount(ctx, admin, n.ID, a, false)
		must(t, err)
		if n, _, err := s.Count(ctx, n.ID); err != nil || n.State != CountClosed {
			t.Errorf("%+v %v", n, err)
		}
		wantSound(t, s)
	})
}

// Two people scan the same line at once: every scan counts.
func TestTwoPeopleCount(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		ctx, a := t.Context(), domain.NewID()
		n, err := s.StartCount(ctx, packer, "A", []string{a})
		must(t, err)
		var wg sync.WaitGroup
		for _, who := range []domain.Actor{packer, admin} {
			wg.Go(func() {
				for range 10 {
					if _, err := s.CountScan(ctx, who, n.ID, a, 1); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if _, lines, err := s.Count(ctx, n.ID); err != nil || lines[0].Counted != 20 || len(lines[0].Counters) != 2 {
			t.Errorf("%+v, %v", lines, err)
		}
	})
}

// Whatever moves before and after a product is counted, an approved count leaves the
// ledger with what lies on the shelf.
func TestAnApprovedCountIsTheShelf(t *testing.T) {
	run(t, func(t *testing.T, s *Service) {
		rapid.Check(t, func(rt *rapid.T) {
			ctx, p := t.Context(), domain.NewID()
			off := rapid.Int64Range(-5, 5).Draw(rt, "off") // how many more lie there than the ledger says
			onHand := int64(20)
			_, err := s.Receive(ctx, packer, p, onHand)
			must(rt, err)
			move := func() {
				for range rapid.IntRange(0, 3).Draw(rt, "moves") {
					q := rapid.Int64Range(-4, 6).Draw(rt, "by")
					if q == 0 || onHand+q < 5 {
						continue
					}
					_, err := s.Adjust(ctx, packer, p, q, "moved")
					must(rt, err)
					onHand += q
				}
			}
			n, err := s.StartCount(ctx, packer, "A", []string{p})
			must(rt, err)
			move()
			_, err = s.CountSet(ctx, packer, n.ID, p, onHand+off, 0)
			must(rt, err)
			move()
			_, err = s.SubmitCount(ctx, packer, n.ID, false)
			must(rt, err)
			move()
			if off != 0 {
				_, err = s.DecideCount(ctx, admin, n.ID, p, true)
				must(rt, err)
			}
			l, err := s.Level(ctx, p)
			must(rt, err)
			if l.OnHand != onHand+off {
				rt.Fatalf("the ledger says %d, on the shelf are %d", l.OnHand, onHand+off)
			}
		})
		wantSound(t, s)
	})
}
