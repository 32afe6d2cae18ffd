package web

import (
	"io"
	"net/http"

	"github.com/go-chi/chi/v5"

	"daybreak/domain"
	"daybreak/domain/notify"
	"daybreak/views"
)

// routeMessages has the pages of what went out, for admins.
func (s *Server) routeMessages(r chi.Router) {
	r.Get("/messages", s.admin(s.getMessages))
	r.Get("/messages/channels", s.admin(s.getChannels))
	r.Post("/messages/channels", s.admin(s.postChannel))
	r.Get("/messages/{id}", s.admin(s.getMessage))
	r.Get("/messages/{id}/mail", s.admin(s.getMessageMail))
	r.Post("/messages/{id}/resend", s.admin(s.postResend))
}

func (s *Server) getMessages(w http.ResponseWriter, r *http.Request) error {
	v := views.Messages{Kept: !s.Notify.Mails(), Filter: notify.LedgerFilter{To: asked(r, "to"), Kind: notify.Kind(asked(r, "kind")),
		Channel: notify.Channel(asked(r, "channel")), State: notify.State(asked(r, "state")), Cursor: asked(r, "cursor"), Limit: staffPageSize}}
	var err error
	v.Ledger, err = s.Notify.Ledger(r.Context(), actor(r), v.Filter)
	if domain.CodeOf(err) == domain.Invalid { // what nobody can choose shows everything
		return see(w, r, views.StaffMessagesURL("", "", "", "", ""))
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffMessagesPage(v))
}

func (s *Server) getMessage(w http.ResponseWriter, r *http.Request) error {
	var v views.MessageView
	var err error
	if v.Entry, v.Message, err = s.Notify.Preview(r.Context(), actor(r), chi.URLParam(r, "id")); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, views.StaffMessagePage(v))
}

// mailCSP lets a mail do nothing: what stands in it was typed by people.
const mailCSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-top-navigation-by-user-activation"

func (s *Server) getMessageMail(w http.ResponseWriter, r *http.Request) error {
	_, m, err := s.Notify.Preview(r.Context(), actor(r), chi.URLParam(r, "id"))
	if err != nil {
		return err
	}
	if m.HTML == "" {
		return domain.Missing("message")
	}
	w.Header().Set("Content-Security-Policy", mailCSP)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = io.WriteString(w, m.HTML)
	return err
}

func (s *Server) postResend(w http.ResponseWriter, r *http.Request) error {
	_, r, err := s.form(r)
	if err != nil {
		return err
	}
	id := chi.URLParam(r, "id")
	e, err := s.Notify.Resend(r.Context(), actor(r), id)
	if err != nil {
		return s.refused(w, r, err, views.StaffMessageURL(id))
	}
	s.flash(r, "g", "msg.resent")
	return see(w, r, views.StaffMessageURL(e.ID))
}

func (s *Server) getChannels(w http.ResponseWriter, r *http.Request) error {
	return s.drawChannels(w, r, http.StatusOK, "", views.Form{})
}

func (s *Server) drawChannels(w http.ResponseWriter, r *http.Request, code int, wrong notify.Kind, f views.Form) error {
	teams, err := s.Notify.Teams(r.Context(), actor(r))
	if err != nil {
		return err
	}
	secrets, err := s.Notify.TeamSecrets(r.Context(), actor(r))
	if err != nil {
		return err
	}
	return s.render(w, r, code, views.StaffChannelsPage(views.Channels{Teams: teams, Secrets: secrets, Wrong: wrong, Form: f}))
}

func (s *Server) postChannel(w http.ResponseWriter, r *http.Request) error {
	in, r, err := s.form(r, "kind", "format", "url")
	if err != nil {
		return err
	}
	kind := notify.Kind(in["kind"])
	_, err = s.Notify.SetTeam(r.Context(), actor(r), notify.Team{Kind: kind, Format: in["format"], URL: in["url"]})
	if e, code, ok := again(r, err); ok {
		return s.drawChannels(w, r, code, kind, views.Refused(langOf(r), in, e))
	}
	if err != nil {
		return err
	}
	s.flash(r, "g", "msg.saved")
	return see(w, r, views.StaffChannelsURL())
}
