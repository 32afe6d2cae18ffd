package main

import (
	"context"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/rooms"
)

// demoRoom is a room of the demo house.
type demoRoom struct {
	name, building, floor string
	capacity              int
	features              []string
	approval              string
	opens, closes         string
	buffer                int  // minutes
	board                 bool // whoever stands at its board may act
}

var demoRooms = []demoRoom{
	{"한강룸", "본관", "3", 8, []string{"화면", "화상회의", "화이트보드"}, rooms.Automatic, "08:00", "21:00", 0, true},
	{"남산룸", "본관", "3", 4, []string{"화면", "화이트보드"}, rooms.Automatic, "08:00", "21:00", 0, true},
	{"북악룸", "본관", "5", 12, []string{"화면", "화상회의", "마이크"}, rooms.Required, "09:00", "19:00", 15, false},
	{"인왕 대회의실", "본관", "7", 30, []string{"빔 프로젝터", "화상회의", "마이크", "휠체어 접근"}, rooms.Required, "09:00", "18:00", 30, false},
	{"서울숲 라운지", "별관", "1", 6, []string{"화이트보드"}, rooms.Automatic, "00:00", "24:00", 0, true},
	{"청계 전화부스", "별관", "2", 1, nil, rooms.Automatic, "00:00", "24:00", 0, true},
}

// demoBooking is a booking of the demo: the day it is on, from today, and how it went.
type demoBooking struct {
	who, room, title string
	people           int
	day, hour        int
	length           time.Duration
	then             string // the state it came to
	late, early      time.Duration
}

var demoBookings = []demoBooking{
	{seoyeon, "한강룸", "주간 회의", 6, -6, 9, time.Hour, event.BookingStateCompleted, 4 * time.Minute, 10 * time.Minute},
	{junho, "남산룸", "1:1 면담", 2, -6, 14, time.Hour, event.BookingStateCompleted, 0, 25 * time.Minute},
	{seoyeon, "북악룸", "분기 보고", 10, -5, 10, 2 * time.Hour, event.BookingStateCompleted, 9 * time.Minute, 0},
	{junho, "한강룸", "디자인 리뷰", 5, -4, 15, time.Hour, event.BookingStateNoShow, 0, 0},
	{seoyeon, "남산룸", "채용 면접", 3, -3, 11, time.Hour, event.BookingStateCompleted, 0, 5 * time.Minute},
	{junho, "북악룸", "동아리 모임", 12, -3, 17, time.Hour, event.BookingStateDenied, 0, 0},
	{junho, "한강룸", "고객 미팅", 7, -2, 13, 2 * time.Hour, event.BookingStateCompleted, 2 * time.Minute, 40 * time.Minute},
	{seoyeon, "청계 전화부스", "화상 통화", 1, -1, 16, 30 * time.Minute, event.BookingStateCompleted, 0, 0},
	{seoyeon, "인왕 대회의실", "전사 공유회", 28, -1, 10, time.Hour, event.BookingStateCancelled, 0, 0},
	{junho, "한강룸", "주간 회의", 6, 1, 9, time.Hour, event.BookingStateConfirmed, 0, 0},
	{seoyeon, "남산룸", "기획 회의", 4, 1, 10, 90 * time.Minute, event.BookingStateConfirmed, 0, 0},
	{seoyeon, "북악룸", "파트너 초청", 11, 1, 14, 2 * time.Hour, event.BookingStateRequested, 0, 0},
	{junho, "인왕 대회의실", "신입 교육", 32, 2, 9, 4 * time.Hour, event.BookingStateRequested, 0, 0},
	{junho, "북악룸", "투자 설명회", 9, 3, 11, time.Hour, event.BookingStateRequested, 0, 0},
}

// house opens the rooms of the demo and tells what has happened in them.
func (s *seeder) house(ctx context.Context) error {
	admin := s.people["admin@demo.local"]
	ids := map[string]string{}
	for _, d := range demoRooms {
		r, err := s.rooms.Create(as(ctx, admin), admin, rooms.Patch{Name: &d.name, Building: &d.building, Floor: &d.floor, Capacity: &d.capacity,
			Features: &d.features, Approval: &d.approval, Opens: &d.opens, Closes: &d.closes, BufferAfter: &d.buffer, BoardActs: &d.board})
		if err != nil {
			return err
		}
		ids[d.name] = r.ID
	}
	defer s.late.Store(0)
	for _, d := range demoBookings {
		if err := s.meeting(ctx, ids[d.room], d); err != nil {
			return err
		}
	}
	// Somebody is in a room right now.
	start := domain.Now().Truncate(time.Minute).Add(-20 * time.Minute)
	return s.meet(ctx, ids["서울숲 라운지"], start, demoBooking{who: junho, title: "스프린트 회고", people: 5, length: time.Hour, then: event.BookingStateInUse})
}

func (s *seeder) meeting(ctx context.Context, room string, d demoBooking) error {
	y, m, day := domain.Now().In(s.zone).Date()
	return s.meet(ctx, room, time.Date(y, m, day+d.day, d.hour, 0, 0, 0, s.zone), d)
}

// meet books a room, at the time at which somebody would have, and takes the booking as
// far as it came.
func (s *seeder) meet(ctx context.Context, room string, start time.Time, d demoBooking) error {
	who, decides := s.people[d.who], s.people["rooms@demo.local"]
	end := start.Add(d.length)
	s.at(start.Add(-3 * time.Hour))
	b, err := s.rooms.Book(as(ctx, who), who, rooms.Draft{RoomID: room, Title: d.title, Attendees: d.people,
		StartAt: start.Format(time.RFC3339), EndAt: end.Format(time.RFC3339)})
	if err != nil || d.then == b.Status {
		return err
	}
	s.at(start.Add(-2 * time.Hour))
	switch {
	case d.then == event.BookingStateDenied:
		_, err = s.rooms.Deny(as(ctx, decides), decides, b.ID, "정기 점검이 있는 시간입니다")
		return err
	case d.then == event.BookingStateCancelled:
		_, err = s.rooms.Cancel(as(ctx, who), who, b.ID, "일정이 바뀌었습니다", rooms.This)
		return err
	case b.Status == event.BookingStateRequested:
		if _, err = s.rooms.Approve(as(ctx, decides), decides, b.ID); err != nil {
			return err
		}
	}
	if d.then == event.BookingStateNoShow {
		s.at(start.Add(s.roomNoShow + time.Second))
		return s.rooms.CatchUp(ctx)
	}
	s.at(start.Add(d.late))
	if _, err = s.rooms.Start(as(ctx, who), who, b.ID); err != nil || d.then == event.BookingStateInUse {
		return err
	}
	s.at(end.Add(-d.early))
	_, err = s.rooms.End(as(ctx, who), who, b.ID)
	return err
}

// at lets it be a moment that has passed, so that the demo has a history; never one
// that is still to come.
func (s *seeder) at(t time.Time) { s.late.Store(int64(max(0, domain.Now().Sub(t)))) }
