package notify

import (
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// meeting is what a booking's event says of it.
type meeting event.BookingFacts

func (m meeting) period(from, until time.Time) domain.Period {
	z := domain.Zone(m.TimeZone)
	return domain.Period{From: from.In(z), Until: until.In(z)}
}

// about is a notice to the booker. What is told of a booking can happen again after it
// was changed.
func (m meeting) about(k Kind, state string, args ...any) notice {
	return notice{user: m.UserID, kind: k, state: state, again: everyVersion,
		subject: Subject{Type: event.Booking, ID: m.BookingID, No: m.No},
		args: append([]any{"no", m.No, "room", m.Room, "when", m.period(m.StartAt, m.EndAt), "title", m.Title,
			"name", m.UserName}, args...)}
}

// toApprovers is a notice to whoever decides about the booking, of no use once it begins.
func (m meeting) toApprovers(state string) notice {
	n := m.about(KindApproval, state)
	n.user, n.roles, n.but, n.until = "", approvers, m.UserID, m.StartAt
	return n
}

// sayBooking is about rooms.
func sayBooking(ev event.Event) []notice {
	f, ok := ev.(interface{ BookingNow() event.BookingFacts })
	if !ok {
		return nil
	}
	m := meeting(f.BookingNow())
	switch e := ev.(type) {
	case event.BookingRequested:
		if e.Confirmed {
			return nil // that is the next event
		}
		return []notice{m.about(KindBooking, "requested"), m.toApprovers("requested")}
	case event.BookingConfirmed:
		if e.Auto {
			return []notice{m.about(KindBooking, "booked")}
		}
		return []notice{m.about(KindBooking, "confirmed", "by", e.DecidedByName)}
	case event.BookingDenied:
		return []notice{because(m.about(KindBooking, "denied"), e.Reason)}
	case event.BookingChanged:
		return m.changed(e)
	case event.BookingCancelled:
		return m.cancelled(e)
	case event.BookingExpired:
		return []notice{m.about(KindBooking, "expired")}
	case event.BookingReleased:
		return []notice{m.about(KindBooking, "released")}
	case event.BookingReminderDue:
		return []notice{m.toApprovers("reminder")}
	case event.UseStarted:
		return []notice{m.about(KindUse, "started", "at", m.clock(e.RealStartAt))}
	case event.UseEnded:
		n := m.about(KindUse, "ended", "at", m.clock(e.RealEndAt))
		if e.EndedBy == event.EndedByAuto {
			n.state = "ended_auto"
		} else {
			n.pageOnly = e.By == m.UserID // who has just done it need not be told by mail
		}
		return []notice{n}
	}
	return nil
}

func (m meeting) clock(t time.Time) domain.Local {
	return domain.Local{Time: t.In(domain.Zone(m.TimeZone))}
}

func (m meeting) changed(e event.BookingChanged) []notice {
	moved := e.Before.RoomID != e.RoomID || !e.Before.StartAt.Equal(e.StartAt) || !e.Before.EndAt.Equal(e.EndAt)
	before := []any{"wasRoom", e.Before.Room, "was", m.period(e.Before.StartAt, e.Before.EndAt)}
	switch {
	case !moved:
		return []notice{m.about(KindBooking, "renamed")}
	case e.Status == event.BookingStateRequested:
		return []notice{m.about(KindBooking, "rerequested", before...), m.toApprovers("changed")}
	}
	return []notice{m.about(KindBooking, "changed", before...)}
}

func (m meeting) cancelled(e event.BookingCancelled) []notice {
	if e.By != m.UserID {
		return []notice{because(m.about(KindBooking, "cancelled_by_staff"), e.Reason)}
	}
	out := []notice{because(m.about(KindBooking, "cancelled"), e.Reason)}
	if e.FromStatus == event.BookingStateRequested {
		out = append(out, m.toApprovers("withdrawn"))
	}
	return out
}
