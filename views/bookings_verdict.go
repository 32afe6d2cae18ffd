package views

import (
	"context"
	"errors"

	"daybreak/domain"
	"daybreak/domain/rooms"
	"daybreak/views/messages"
)

// instead is a time, or a room, that can be had instead.
type instead struct {
	text  string
	pairs []string // the values of the fields
}

// instead lists what can be had instead of a time that is taken or refused.
func (b BookingForm) instead(ctx context.Context) (out []instead) {
	if len(b.Verdicts) != 1 {
		return nil
	}
	v := b.Verdicts[0]
	var slots []rooms.Slot
	if c, ok := errors.AsType[*rooms.Clash](v.Err); ok {
		slots = c.Alternatives
	} else if v.Other != nil {
		slots = append(slots, *v.Other)
	}
	for _, s := range slots {
		zone := b.zoneOf(s.RoomID)
		i := instead{T(ctx, "book.take_time", "time", slotText(ctx, s.StartAt, s.EndAt, zone)), SlotFields(s, zone)}
		if s.RoomID != b.Room.ID {
			i.text = T(ctx, "book.take_room", "room", s.RoomName, "time", slotText(ctx, s.StartAt, s.EndAt, zone))
		}
		out = append(out, i)
	}
	return out
}

// verdict is what would become of the form: a colour family and a sentence.
func (b BookingForm) verdict(ctx context.Context) (family, text string) {
	switch {
	case b.Problem != nil:
		return "i", wrong(ctx, b.Problem)
	case len(b.Verdicts) == 0:
		return "i", T(ctx, "book.v.nothing")
	case b.Same:
		return "i", T(ctx, "book.v.same")
	case b.repeated():
		return b.seriesVerdict(ctx)
	}
	v := b.Verdicts[0]
	switch v.State {
	case rooms.Free:
		return "g", T(ctx, "book.v.free")
	case rooms.AskFirst:
		if b.Was != nil && b.Asks {
			return "w", T(ctx, "book.v.ask_again")
		} else if b.Was != nil {
			return "g", T(ctx, "book.v.free")
		}
		return "w", T(ctx, "book.v.ask")
	}
	return "r", wrong(ctx, v.Err)
}

func (b BookingForm) seriesVerdict(ctx context.Context) (family, text string) {
	left, skipped := 0, 0
	for _, v := range b.Verdicts {
		switch b.fate(v) {
		case "left":
			left++
		case "skip":
			skipped++
		}
	}
	n := len(b.Verdicts)
	switch {
	case left > 0:
		return "r", T(ctx, "book.v.series_left", "n", left, "all", n)
	case b.Asks:
		return "w", T(ctx, "book.v.series_ask", "all", n, "n", n-skipped)
	}
	return "g", T(ctx, "book.v.series", "all", n, "n", n-skipped)
}

// fate is what becomes of a date of a series: "book", "skip", "other" or, if nobody has
// chosen and it cannot be had, "left".
func (b BookingForm) fate(v rooms.Verdict) string {
	choice := b.Choices[v.Date]
	if choice == "" && v.Err != nil {
		choice = b.Value("onClash")
	}
	switch {
	case choice == rooms.Skip:
		return "skip"
	case domain.IsID(choice), choice == rooms.Other && v.Other != nil:
		return "other"
	case v.Err != nil:
		return "left"
	}
	return "book"
}

// dateOptions are what can become of a date of a series.
func (b BookingForm) dateOptions(ctx context.Context, v rooms.Verdict) []Option {
	out := []Option{{"", T(ctx, "book.date.book")}, {v.Date + "=" + rooms.Skip, T(ctx, "book.date.skip")}}
	if v.Err != nil {
		out[0].Text = T(ctx, "book.date.left")
		if v.Other != nil {
			out = append(out, Option{v.Date + "=" + v.Other.RoomID, T(ctx, "book.date.other", "room", v.Other.RoomName)})
		}
	}
	return out
}

// chosen is the value of the choice for a date.
func (b BookingForm) chosen(v rooms.Verdict) string {
	if c := b.Choices[v.Date]; c != "" {
		return v.Date + "=" + c
	}
	return ""
}

// clashes reports whether a date of the series cannot be had.
func (b BookingForm) clashes() bool {
	for _, v := range b.Verdicts {
		if v.Err != nil {
			return true
		}
	}
	return false
}

// over reports that more people come than the room seats.
func (b BookingForm) over() bool { return len(b.Verdicts) > 0 && b.Verdicts[0].Over }

// wrong is what is wrong, in a sentence: that of the first field, if fields are.
func wrong(ctx context.Context, err error) string {
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		return T(ctx, "err.500")
	}
	if len(e.Fields) > 0 {
		return messages.Field(From(ctx).Lang, e.Fields[0])
	}
	return messages.Error(From(ctx).Lang, e)
}

// dateLook is the colour family and the key of what becomes of a date of a series.
func (b BookingForm) dateLook(v rooms.Verdict) (family, key string) {
	switch fate := b.fate(v); {
	case fate == "skip":
		return "n", "book.fate.skip"
	case fate == "other":
		return "i", "book.fate.other"
	case fate == "left":
		return "r", "book.fate.left"
	case v.State == rooms.AskFirst:
		return "w", "book.fate.ask"
	}
	return "g", "book.fate.free"
}

// NeedsApproval reports whether any of what would be booked needs somebody's yes.
func (b BookingForm) NeedsApproval() bool {
	if !b.repeated() || len(b.Verdicts) == 0 {
		return b.Room.Approval == rooms.Required
	}
	asks := map[string]bool{}
	for _, r := range b.Rooms {
		asks[r.ID] = r.Approval == rooms.Required
	}
	for _, v := range b.Verdicts {
		room := b.Room.ID
		switch b.fate(v) {
		case "skip":
			continue
		case "other":
			if room = b.Choices[v.Date]; !domain.IsID(room) {
				room = v.Other.RoomID
			}
		}
		if asks[room] {
			return true
		}
	}
	return false
}
