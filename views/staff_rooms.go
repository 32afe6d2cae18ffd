package views

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/views/messages"
)

// inZone is t by the clock of a room.
func inZone(t time.Time, zone string) time.Time { return t.In(domain.Zone(zone)) }

// clockAt is the time of day of t by the clock of a room.
func clockAt(t time.Time, zone string) string { return inZone(t, zone).Format("15:04") }

// slotText is from when to when a room is booked, by its own clock.
func slotText(ctx context.Context, from, until time.Time, zone string) string {
	e := From(ctx)
	return messages.Span(e.Lang, inZone(from, zone), inZone(until, zone), e.now())
}

// ahead is how far t is away: in minutes, hours or days, rounded down.
func ahead(ctx context.Context, t time.Time) string {
	switch d := t.Sub(From(ctx).now()); {
	case d < time.Minute:
		return T(ctx, "roomstaff.now")
	case d < time.Hour:
		return T(ctx, "roomstaff.in", "span", Length(ctx, int(d/time.Minute)))
	case d < 24*time.Hour:
		return T(ctx, "roomstaff.in", "span", Length(ctx, int(d/time.Hour)*60))
	default:
		return T(ctx, "roomstaff.in", "span", T(ctx, "roomstaff.days", "n", int(d/(24*time.Hour))))
	}
}

// startKey sorts bookings by their start, as their list does.
func startKey(b lists.Booking) string {
	return b.StartAt.UTC().Format("20060102150405.000000") + "." + b.BookingID
}
