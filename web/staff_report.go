package web

import (
	"errors"
	"net/http"
	"slices"

	"daybreak/domain"
	"daybreak/domain/rooms"
	"daybreak/views"
)

func (s *Server) getReport(w http.ResponseWriter, r *http.Request) error {
	v, code, err := s.report(r)
	if err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffReportPage(v))
}

// getReportCSV hands out the table of the page. What is wrong with the filters the page
// can tell better.
func (s *Server) getReportCSV(w http.ResponseWriter, r *http.Request) error {
	v, _, err := s.report(r)
	switch {
	case err != nil:
		return err
	case v.Form.Bad():
		return see(w, r, views.StaffRoomReportURL("from", v.Form.Value("from"), "to", v.Form.Value("to"),
			"building", v.Form.Value("building"), "room", v.Form.Value("room")))
	}
	return sendCSV(w, "room-report-"+v.From+"-"+v.To+".csv", v.Table(r.Context()))
}

// report is the report the request asks for, or its filters with what is wrong with them,
// and the status of its page.
func (s *Server) report(r *http.Request) (views.StaffReport, int, error) {
	ctx := r.Context()
	in := input{}
	for _, name := range []string{"from", "to", "building", "room"} {
		in[name] = asked(r, name)
	}
	v := views.StaffReport{Sort: chosen(r, "sort", views.ReportSorts)}
	var err error
	if v.Choice, err = s.Rooms.Rooms(ctx, rooms.Filter{All: true}); err != nil {
		return v, 0, err
	}
	v.Report, err = s.Rooms.Report(ctx, actor(r), rooms.ReportFilter{From: in["from"], To: in["to"], Building: in["building"], RoomID: in["room"]})
	if err = filters(v.Choice, in, err); err == nil {
		in["from"], in["to"] = v.From, v.To
		v.Form = views.Filled(in)
		return v, http.StatusOK, nil
	}
	e, code, ok := again(r, err)
	if !ok {
		return v, 0, err
	}
	v.Form = views.Refused(langOf(r), in, e)
	return v, code, nil
}

// filters is what is wrong with the filters of a report: err about the period, and that
// there is no such building or room, or that the room is in another building.
func filters(rs []rooms.Room, in input, err error) error {
	var c domain.Checks
	if e, ok := errors.AsType[*domain.Error](err); ok && e.Code == domain.Invalid {
		c = slices.DeleteFunc(e.Fields, func(f domain.Field) bool { return f.Name == "roomId" })
	} else if err != nil {
		return err
	}
	b := slices.IndexFunc(rs, func(r rooms.Room) bool { return r.Building == in["building"] })
	known := c.Must(b >= 0 || in["building"] == "", "building", "report.no_building")
	i := slices.IndexFunc(rs, func(r rooms.Room) bool { return r.ID == in["room"] })
	if c.Must(i >= 0 || in["room"] == "", "room", "err.rooms.unknown") && i >= 0 && known && b >= 0 {
		c.Must(rs[i].Building == in["building"], "room", "report.elsewhere", "room", rs[i].Name)
	}
	return c.Err()
}
