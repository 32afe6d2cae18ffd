package lists

import (
	"maps"
	"slices"

	"daybreak/domain/event"
)

// onRecord is the key under which a booking counts for its booker's record.
func onRecord(b Booking) string {
	if slices.Contains(recorded, b.Status) {
		return tally(b.UserID, b.Status)
	}
	return ""
}

func (f *fold) takeRoom(env event.Envelope) error {
	ev, err := f.decode(env)
	if err != nil {
		return err
	}
	c := f.rooms[env.Aggregate.ID]
	c.now = applyRoom(c.now, env, ev)
	return nil
}

// roomChanges tells what of the lists of the meeting rooms is different now. A
// booking that moved changes the days and the boards it was on, too.
func (f *fold) roomChanges() []Change {
	var out []Change
	boards, days := map[string]int64{}, map[string]int64{}
	for _, id := range f.bookings.dirty() {
		was, now := f.bookings[id].was, f.bookings[id].now
		v := now.Version
		out = append(out, Change{Bookings, id, v, ""}, Change{MyBookings, id, v, now.UserID}, Change{RoomUse, id, v, ""})
		if was.Status == event.BookingStateRequested || now.Status == event.BookingStateRequested {
			out = append(out, Change{Approvals, id, v, ""})
		}
		for _, b := range []Booking{was, now} {
			if b.Version == 0 {
				continue
			}
			boards[b.RoomID] = v
			for _, d := range b.days() {
				days[CalendarID(b.RoomID, d)] = v
			}
		}
	}
	for _, id := range f.rooms.dirty() {
		v := f.rooms[id].now.Version
		out = append(out, Change{Rooms, id, v, ""})
		boards[id] = v
	}
	for _, id := range slices.Sorted(maps.Keys(days)) {
		out = append(out, Change{Calendar, id, days[id], ""})
	}
	for _, id := range slices.Sorted(maps.Keys(boards)) {
		out = append(out, Change{Board, id, boards[id], id})
	}
	return out
}
