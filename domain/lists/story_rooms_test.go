package lists

import (
	"fmt"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

// opening is the history of a room: it is the chain of the room itself.
func opening(room string) *story {
	s := &story{order: room}
	facts := event.RoomFacts{RoomID: room, Room: "옛 이름", Building: "본관", Floor: "3", Capacity: 6, TimeZone: "Asia/Seoul", Active: true}
	s.tell(event.Room, room, event.RoomCreated{RoomFacts: facts})
	facts.Room = "한강룸"
	s.tell(event.Room, room, event.RoomChanged{RoomFacts: facts})
	return s
}

// meeting is the history of one booking of a room.
type meeting struct {
	*story
	f event.BookingFacts
}

var nine = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) // 09:00 in Seoul

func newMeeting(room string, n int) *meeting {
	id := domain.NewID()
	return &meeting{&story{order: id}, event.BookingFacts{BookingID: id, No: fmt.Sprintf("R20261123-%04d", n), RoomID: room, Room: "옛 이름",
		TimeZone: "Asia/Seoul", UserID: fmt.Sprintf("U%d", n%2), UserName: "김하늘", Title: "주간 회의", Attendees: 4 + n,
		StartAt: nine.Add(time.Duration(n) * time.Hour), EndAt: nine.Add(time.Duration(n)*time.Hour + time.Hour), RequestedAt: nine.Add(-time.Hour)}}
}

func (m *meeting) tell(status string, ev func(event.BookingFacts) event.Event) {
	m.f.Status = status
	m.story.tell(event.Booking, m.order, ev(m.f))
}

func (m *meeting) requested() {
	m.tell(event.BookingStateRequested, func(f event.BookingFacts) event.Event { return event.BookingRequested{BookingFacts: f} })
}

func (m *meeting) confirmed() {
	m.requested()
	m.f.DecidedBy, m.f.DecidedByName, m.f.DecidedAt = "A", "정승인", nine.Add(-time.Minute)
	m.tell(event.BookingStateConfirmed, func(f event.BookingFacts) event.Event { return event.BookingConfirmed{BookingFacts: f} })
}

func (m *meeting) used() {
	m.confirmed()
	m.tell(event.BookingStateInUse, func(f event.BookingFacts) event.Event {
		return event.UseStarted{BookingFacts: f, UseID: "USE", RealStartAt: f.StartAt.Add(time.Minute), ByName: "김하늘"}
	})
	m.tell(event.BookingStateCompleted, func(f event.BookingFacts) event.Event {
		return event.UseEnded{BookingFacts: f, UseID: "USE", RealStartAt: f.StartAt.Add(time.Minute), RealEndAt: f.EndAt.Add(-time.Minute),
			EndedBy: event.EndedByUser, ByName: "김하늘"}
	})
}

// outcomes are how a booking may go.
var outcomes = []func(*meeting){
	(*meeting).requested,
	(*meeting).confirmed,
	func(m *meeting) {
		m.requested()
		m.f.StartAt, m.f.EndAt = m.f.StartAt.Add(24*time.Hour), m.f.EndAt.Add(24*time.Hour)
		m.tell(event.BookingStateRequested, func(f event.BookingFacts) event.Event { return event.BookingChanged{BookingFacts: f} })
	},
	func(m *meeting) {
		m.requested()
		m.f.Reason = "행사"
		m.tell(event.BookingStateDenied, func(f event.BookingFacts) event.Event { return event.BookingDenied{BookingFacts: f} })
	},
	func(m *meeting) {
		m.confirmed()
		m.tell(event.BookingStateCancelled, func(f event.BookingFacts) event.Event {
			return event.BookingCancelled{BookingFacts: f, ByName: "김하늘"}
		})
	},
	func(m *meeting) {
		m.requested()
		m.tell(event.BookingStateRequested, func(f event.BookingFacts) event.Event { return event.BookingReminderDue{BookingFacts: f} })
		m.tell(event.BookingStateExpired, func(f event.BookingFacts) event.Event { return event.BookingExpired{BookingFacts: f} })
	},
	func(m *meeting) {
		m.confirmed()
		m.tell(event.BookingStateNoShow, func(f event.BookingFacts) event.Event { return event.BookingReleased{BookingFacts: f} })
	},
	(*meeting).used,
	func(m *meeting) {
		m.used()
		m.tell(event.BookingStateCompleted, func(f event.BookingFacts) event.Event {
			return event.UseCorrected{BookingFacts: f, UseID: "USE", After: event.UseTimes{StartAt: f.StartAt, EndAt: f.EndAt}, Why: "착오"}
		})
	},
}

// house is a room and one booking of every outcome.
func house() []*story {
	room := domain.NewID()
	out := []*story{opening(room)}
	for i, end := range outcomes {
		m := newMeeting(room, i)
		end(m)
		out = append(out, m.story)
	}
	return out
}
