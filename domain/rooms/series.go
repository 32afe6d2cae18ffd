package rooms

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// What a draft, or one date of it, can expect.
const (
	Free     = "free"     // confirmed at once
	AskFirst = "approval" // free, and needs somebody's yes
	Taken    = "taken"    // somebody has it
	Refused  = "refused"  // the room's rules, or the input, do not allow it
)

// Verdict is what would become of a draft, or of one date of a series.
type Verdict struct {
	Date    string    `json:"date"` // by the room's clock
	StartAt time.Time `json:"startAt"`
	EndAt   time.Time `json:"endAt"`
	State   string    `json:"state"` // Free, AskFirst, Taken or Refused
	// Over reports that more people come than the room seats; a warning only.
	Over bool `json:"over,omitempty"`
	// Other is the best other room at the same time, if there is one.
	Other *Slot `json:"other,omitempty"`
	// Err says why not, for Taken (a *Clash) and Refused.
	Err error `json:"-"`
}

// SeriesClash is the refusal of a series of which some dates cannot be had. It wraps
// the domain.Error that says how many, and which is the first.
type SeriesClash struct {
	Refusal *domain.Error
	Dates   []Verdict // all of the series, in order
}

// Error implements error.
func (c *SeriesClash) Error() string { return c.Refusal.Error() }

// Unwrap returns the domain.Error.
func (c *SeriesClash) Unwrap() error { return c.Refusal }

// Verdicts says what would become of a draft: one verdict, or one for each date of a
// series. What is wrong with the words and times themselves is an error, Invalid.
func (s *Service) Verdicts(ctx context.Context, a domain.Actor, d Draft) ([]Verdict, error) {
	if d.Title == "" {
		d.Title = "?" // not typed yet; the times are judged
	}
	r, p, err := s.read(ctx, d)
	if err != nil {
		return nil, err
	}
	ps := []plan{p}
	if d.Repeat != "" {
		if ps, err = r.dates(p, d.Repeat); err != nil {
			return nil, err
		}
	}
	return s.judge(ctx, a, r, ps, d.Instead)
}

// judge says of each plan what would become of it if the booking but were not there.
func (s *Service) judge(ctx context.Context, a domain.Actor, r Room, ps []plan, but string) ([]Verdict, error) {
	now := s.DB.Now()
	rs, err := loadRooms(ctx, s.DB, false, now)
	if err != nil {
		return nil, err
	}
	out := make([]Verdict, len(ps))
	for i, p := range ps {
		hs, err := s.inTheWay(ctx, r, p.span)
		if err != nil {
			return nil, err
		}
		out[i] = verdict(a, r, p, rs, hs, now, but)
	}
	return out, nil
}

func verdict(a domain.Actor, r Room, p plan, rs []Room, hs []held, now time.Time, but string) Verdict {
	v := Verdict{
		Date: wallOf(p.Start, r.zone()).Format(time.DateOnly), StartAt: p.Start, EndAt: p.End,
		State: Free, Over: p.attendees > r.Capacity,
	}
	if r.Approval == Required {
		v.State = AskFirst
	}
	var c domain.Checks
	r.allows(&c, p.span, now)
	if h, free := r.free(hs, p.span, but); len(c) > 0 {
		v.State, v.Err = Refused, c.Err()
	} else if !free {
		v.State, v.Err = Taken, clash(a, &taken{room: r, want: p, by: h, but: []string{but}}, rs, hs, now)
	}
	if os := others(r, p, rs, hs, now); v.Err != nil && len(os) > 0 {
		o := os[0].slot(p.span)
		v.Other = &o
	}
	return v
}

// dates returns the plans of a series whose first one is p: at the same time of day
// by the room's clock, whatever clocks do in between.
func (r Room) dates(p plan, repeat string) ([]plan, error) {
	var c domain.Checks
	rule, refusal, part := parseRule(repeat)
	if refusal != "" {
		c.Add("repeat", refusal, "part", part)
		return nil, c.Err()
	}
	loc := r.zone()
	first, length := wallOf(p.Start, loc), wallOf(p.End, loc).Sub(wallOf(p.Start, loc))
	var out []plan
	for _, w := range rule.walls(first, loc, MaxSeries+1) {
		q := p
		q.span = span{at(w, loc), at(w.Add(length), loc)}
		if n := len(out); n > 0 && r.hold(out[n-1].span).End.After(q.Start) {
			c.Must(len(c) > 0, "repeat", "err.rooms.series_overlaps")
		}
		out = append(out, q)
	}
	c.Must(len(out) > 0, "repeat", "err.rooms.series_none")
	c.Must(len(out) <= MaxSeries && rule.count <= MaxSeries, "repeat", "err.rooms.series_long", "n", MaxSeries)
	return out, c.Err()
}

// series makes the wishes of a series, as was chosen for the dates that clash.
func (s *Service) series(ctx context.Context, a domain.Actor, r Room, p plan, d Draft) ([]wish, []Verdict, error) {
	ps, err := r.dates(p, d.Repeat)
	if err != nil {
		return nil, nil, err
	}
	vs, err := s.judge(ctx, a, r, ps, "")
	if err != nil {
		return nil, nil, err
	}
	var out []wish
	var skipped, left []Verdict
	for i, v := range vs {
		w := wish{roomID: r.ID, plan: ps[i]}
		choice := d.Choices[v.Date]
		if choice == "" && v.Err != nil {
			choice = d.OnClash
		}
		switch {
		case choice == Skip:
			skipped = append(skipped, v)
			continue
		case choice == Other && v.Other != nil:
			w.roomID = v.Other.RoomID
		case domain.IsID(choice):
			w.roomID = choice
		case v.Err != nil:
			left = append(left, v)
		}
		out = append(out, w)
	}
	if len(left) > 0 {
		e := domain.Refuse(domain.Conflict, "err.rooms.series_clash", "n", len(left), "all", len(vs), "first", local(left[0].StartAt, r.zone()))
		return nil, nil, &SeriesClash{Refusal: e, Dates: vs}
	}
	if len(out) == 0 {
		var c domain.Checks
		c.Add("repeat", "err.rooms.series_none")
		return nil, nil, c.Err()
	}
	return out, skipped, nil
}

// Series returns the rule of a series and its bookings, to its booker or who
// administers rooms.
func (s *Service) Series(ctx context.Context, a domain.Actor, id string) (rule string, bs []Booking, err error) {
	if !domain.IsID(id) {
		return "", nil, domain.Missing("booking")
	}
	if rule, bs, err = loadSeries(ctx, s.DB, id); err != nil {
		return "", nil, err
	}
	if len(bs) == 0 || bs[0].of(a) != nil {
		return "", nil, domain.Missing("booking")
	}
	return rule, bs, nil
}

func insertSeries(ctx context.Context, tx *db.Tx, id, userID, rule string) error {
	_, err := tx.Exec(ctx, `/* rooms.insert_series */ insert into rooms_series (id, user_id, rule, at) values ($1, $2, $3, $4)`,
		id, userID, rule, db.Micros(tx.Now))
	return err
}

func loadSeries(ctx context.Context, q db.Querier, id string) (string, []Booking, error) {
	rule, err := db.One(ctx, q, db.String, `/* rooms.series */ select rule from rooms_series where id = $1`, id)
	if errors.Is(err, db.ErrNone) {
		return "", nil, domain.Missing("booking")
	}
	if err != nil {
		return "", nil, err
	}
	bs, err := ofSeries(ctx, q, id, time.Time{})
	return rule, bs, err
}
