package main

import (
	"context"

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

// house opens the rooms of the demo.
func (s *seeder) house(ctx context.Context) error {
	admin := s.people["admin@demo.local"]
	for _, d := range demoRooms {
		_, err := s.rooms.Create(as(ctx, admin), admin, rooms.Patch{Name: &d.name, Building: &d.building, Floor: &d.floor, Capacity: &d.capacity,
			Features: &d.features, Approval: &d.approval, Opens: &d.opens, Closes: &d.closes, BufferAfter: &d.buffer, BoardActs: &d.board})
		if err != nil {
			return err
		}
	}
	return nil
}
