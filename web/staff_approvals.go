package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// routeRoomStaff has the pages of those who administer rooms.
func (s *Server) routeRoomStaff(r chi.Router) {
	r.Get("/approvals", s.roomAdmin(s.getApprovals))
	r.Post("/approvals", s.roomAdmin(s.postApprovals))
	r.Post("/bookings/{id}/approve", s.roomAdmin(s.postApprove))
	r.Get("/bookings/{id}/deny", s.roomAdmin(s.getDeny))
	r.Post("/bookings/{id}/deny", s.roomAdmin(s.postDeny))
	r.Get("/bookings", s.roomAdmin(s.getStaffBookings))
	r.Get("/bookings/{id}", s.roomAdmin(s.getStaffBooking))
	r.Post("/bookings/{id}/cancel", s.roomAdmin(s.bookingAct("roomstaff.done.cancel", s.cancelBooking, "reason", "scope")))
	r.Post("/bookings/{id}/start", s.roomAdmin(s.bookingAct("roomstaff.done.start", s.startBooking)))
	r.Post("/bookings/{id}/end", s.roomAdmin(s.bookingAct("roomstaff.done.end", s.endBooking)))
	r.Post("/bookings/{id}/correct", s.admin(s.postCorrect))
	r.Get("/room-use", s.roomAdmin(s.getRoomUse))
	r.Get("/room-use.csv", s.roomAdmin(s.getRoomUseCSV))
	s.routeStaffRooms(r)
}

func (s *Server) getApprovals(w http.ResponseWriter, r *http.Request) error {
	in := views.Inbox{Cursor: asked(r, "cursor"), Series: asked(r, "series")}
	return s.drawApprovals(w, r, http.StatusOK, in)
}

func (s *Server) drawApprovals(w http.ResponseWriter, r *http.Request, code int, in views.Inbox) error {
	ctx := r.Context()
	s.await(ctx)
	counts, err := s.Lists.Counters(ctx, lists.Bookings)
	if err != nil {
		return err
	}
	in.Total = int(counts[event.BookingStateRequested])
	if in.Series != "" {
		err = s.pickSeries(ctx, &in)
	} else {
		in.Page, err = s.Lists.Approvals(ctx, in.Cursor, staffPageSize)
	}
	if err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffApprovalsPage(in), lists.Approvals)
}

// pickSeries narrows the inbox to a series, with all its open requests ticked.
func (s *Server) pickSeries(ctx context.Context, in *views.Inbox) error {
	f := lists.BookingFilter{SeriesID: in.Series, Status: []string{event.BookingStateRequested}, Oldest: true, Limit: rooms.MaxSeries}
	p, err := s.Lists.Bookings(ctx, f)
	if err != nil {
		return err
	}
	ids := make([]string, len(p.Items))
	for i, b := range p.Items {
		ids[i] = b.BookingID
	}
	if in.Page.Items, err = s.Lists.ApprovalsByID(ctx, ids); err != nil {
		return err
	}
	slices.SortFunc(in.Page.Items, func(a, b lists.Approval) int { return a.StartAt.Compare(b.StartAt) })
	in.Picked = picked(ids)
	return nil
}

func picked(ids []string) map[string]bool {
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out
}

// postApprovals decides about everything ticked, and says of each that it could not
// decide why.
func (s *Server) postApprovals(w http.ResponseWriter, r *http.Request) error {
	in, ids, r, err := s.formWith(r, "ids", "do", "quick", "reason")
	if err != nil {
		return err
	}
	approve := in["do"] == "approve"
	if !approve && in["do"] != "deny" {
		return domain.Refuse(domain.Malformed, "err.field", "field", "do")
	}
	drawnAt(r, views.StaffApprovalsURL(""))
	if len(ids) == 0 {
		s.flash(r, "r", "roomstaff.none_picked")
		return s.drawApprovals(w, r, http.StatusUnprocessableEntity, views.Inbox{})
	}
	outs, err := s.Rooms.DecideAll(r.Context(), actor(r), ids, approve, in.denial())
	if err != nil {
		e, code, ok := again(r, err)
		if !ok {
			return err
		}
		return s.drawApprovals(w, r, code, views.Inbox{Form: views.Refused(langOf(r), in, e), Picked: picked(ids), Key: keyOf(r.Context())})
	}
	refused := 0
	for _, o := range outs {
		if o.Refusal != nil {
			refused++
		}
	}
	switch {
	case refused == len(outs):
		return s.drawApprovals(w, r, http.StatusConflict, views.Inbox{Outcomes: outs})
	case refused > 0:
		return s.drawApprovals(w, r, http.StatusOK, views.Inbox{Outcomes: outs})
	}
	s.flash(r, "g", "roomstaff.done."+in["do"]+"_all", "n", messages.Number(int64(len(outs))))
	return see(w, r, views.StaffApprovalsURL(""))
}

// denial is the reason of a form that offers some, and a line for one's own.
func (in input) denial() string {
	if domain.Clean(in["reason"]) == "" && slices.Contains(views.QuickReasons, in["quick"]) {
		return in["quick"]
	}
	return in["reason"]
}

func (s *Server) postApprove(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r)
	if err != nil {
		return err
	}
	if in["next"] == "" {
		in["next"] = back(r, views.StaffApprovalsURL(""))
	}
	b, err := s.Rooms.Approve(r.Context(), actor(r), chi.URLParam(r, "id"))
	return s.decided(w, r, in, b, "roomstaff.done.approve", err)
}

func (s *Server) getDeny(w http.ResponseWriter, r *http.Request) error {
	return s.drawDeny(w, r, http.StatusOK, views.Denial{Next: back(r, views.StaffApprovalsURL(""))})
}

// drawDeny asks why: in a dialog where a script can show one, else as a page.
func (s *Server) drawDeny(w http.ResponseWriter, r *http.Request, code int, d views.Denial) error {
	b, err := s.Rooms.Find(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	d.Booking = bookingRowOf(b)
	switch script := r.Header.Get("HX-Request") == "true"; {
	case script && d.Form.Bad():
		s.draw(r.Context(), w, code, views.DenyAgain(d))
	case script:
		s.draw(r.Context(), w, code, views.DenyDialog(d))
	default:
		drawnAt(r, views.StaffApprovalsURL(""))
		return s.render(w, r, code, views.StaffDenyPage(d))
	}
	return nil
}

func (s *Server) postDeny(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "quick", "reason")
	if err != nil {
		return err
	}
	if in["next"] == "" {
		in["next"] = views.StaffApprovalsURL("")
	}
	b, err := s.Rooms.Deny(r.Context(), actor(r), chi.URLParam(r, "id"), in.denial())
	if domain.CodeOf(err) == domain.Invalid {
		e, code := told(r.Context(), err)
		return s.drawDeny(w, r, code, views.Denial{Form: views.Refused(langOf(r), in, e), Key: keyOf(r.Context()), Next: in.next()})
	}
	return s.decided(w, r, in, b, "roomstaff.done.deny", err)
}

// decided tells what became of a decision: to a script with the row as it is now, else on
// the page it was asked on, with the state in force.
func (s *Server) decided(w http.ResponseWriter, r *http.Request, in input, b rooms.Booking, done string, err error) error {
	code, family, text := http.StatusOK, "g", views.T(r.Context(), done, "title", b.Title, "name", b.UserName)
	if err != nil {
		if c := domain.CodeOf(err); c != domain.Conflict && c != domain.Forbidden {
			return err
		}
		var e *domain.Error
		e, code = told(r.Context(), err)
		family, text = "r", messages.Error(langOf(r), e)
		if b, err = s.Rooms.Find(r.Context(), actor(r), chi.URLParam(r, "id")); err != nil {
			return err
		}
	}
	if r.Header.Get("HX-Request") == "true" {
		return s.answerDecided(w, r, code, b, family, text)
	}
	s.flash(r, family, "flash.raw", "text", text)
	if code == http.StatusOK {
		return see(w, r, in.next())
	}
	drawnAt(r, views.StaffApprovalsURL(""))
	return s.drawApprovals(w, r, code, views.Inbox{})
}

// answerDecided answers a decision that a script sent.
func (s *Server) answerDecided(w http.ResponseWriter, r *http.Request, code int, b rooms.Booking, family, text string) error {
	row, err := s.approvalOf(r.Context(), b)
	if err != nil {
		return err
	}
	s.draw(r.Context(), w, code, views.Decided(row, family, text))
	return nil
}

// approvalOf is a booking with what an approver wants to know of it. Its state is that of
// the booking itself: the list may not have it yet.
func (s *Server) approvalOf(ctx context.Context, b rooms.Booking) (lists.Approval, error) {
	rows, err := s.Lists.ApprovalsByID(ctx, []string{b.ID})
	if err != nil {
		return lists.Approval{}, err
	}
	var row lists.Approval
	if len(rows) > 0 {
		row = rows[0]
	}
	row.Booking = bookingRowOf(b)
	return row, nil
}

// bookingRowOf is a booking as the lists will have it.
func bookingRowOf(b rooms.Booking) lists.Booking {
	row := lists.Booking{BookingFacts: b.Facts(), CancelledByName: b.CancelledName, CancelledAt: b.CancelledAt,
		UpdatedAt: b.UpdatedAt, Version: b.Version}
	if u := b.Use; u != nil {
		row.UseID, row.RealStart, row.RealEnd = u.ID, u.StartAt, u.EndAt
		row.StartedByName, row.EndedBy, row.EndedByName = u.StartedByName, u.EndedBy, u.EndedByName
		if len(u.Corrections) > 0 {
			row.FixedStart, row.FixedEnd = u.Times().StartAt, u.Times().EndAt
		}
	}
	return row
}

// bookingCounts draws the counts of a list's tabs, and what waits for an approver in the
// rail.
func bookingCounts(list string) func(s *Server, ctx context.Context) []part {
	return func(s *Server, ctx context.Context) []part {
		n, err := s.Lists.Counters(ctx, lists.Bookings)
		if err != nil {
			return nil // the next change draws them again
		}
		waiting := int(n[event.BookingStateRequested])
		out := []part{{id: "rail-approvals", Component: views.RailCount(lists.Approvals, waiting)}}
		if list == lists.Approvals {
			return append(out, tabCount(list, event.BookingStateRequested, waiting))
		}
		n = views.StaffCounted(list, n)
		for _, tab := range views.StaffTabs(list) {
			out = append(out, tabCount(list, tab, views.StaffTabCount(n, tab)))
		}
		return out
	}
}

func tabCount(list, tab string, n int) part {
	return part{id: "count-" + list + "-" + tab, Component: views.TabCount(list, tab, n)}
}
