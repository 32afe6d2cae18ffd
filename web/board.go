package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/httprate"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/domain/rooms"
	"daybreak/views"
	"daybreak/views/messages"
)

// Limits of one room's board. Who has its address may stand at the door, or be anybody to
// whom it was passed on.
const (
	maxBoardStreams = 40
	boardTouches    = 30 // a minute
)

// routeBoards adds the boards: pages without a login, each by the secret in its address.
func (s *Server) routeBoards(r chi.Router) {
	r.Route("/board/{token}", func(r chi.Router) {
		r.With(compress).Get("/", s.board(s.getBoard))
		r.Get("/live", s.board(s.getBoardLive))
		r.Head("/live", s.methodNotAllowed)
		r.With(compress).Get("/{do}", s.board(s.toBoard)) // a refused post, loaded again
		r.Group(func(r chi.Router) {
			r.Use(compress, s.fewTouches())
			r.Post("/now", s.board(s.postBoardNow))
			r.Post("/start", s.board(s.postBoardStart))
			r.Post("/extend", s.board(s.postBoardExtend))
			r.Post("/end", s.board(s.postBoardEnd))
		})
	})
}

// fewTouches bounds how often a board is acted at.
func (s *Server) fewTouches() middlewareFunc {
	return httprate.LimitBy(boardTouches, time.Minute,
		func(r *http.Request) (string, error) { return chi.URLParam(r, "token"), nil },
		httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
			s.fail(w, r, domain.Refuse(domain.TooMany, "err.429").After(time.Minute))
		}))
}

// boardHandler is a handler for the room whose board is asked for.
type boardHandler func(w http.ResponseWriter, r *http.Request, room rooms.Room) error

// board finds the room by the secret in the address. Whoever stands there acts as its
// board, in the language named in the address or that of the house.
func (s *Server) board(h boardHandler) http.HandlerFunc {
	return s.page(func(w http.ResponseWriter, r *http.Request) error {
		w.Header().Set("X-Robots-Tag", "noindex")
		e := s.bareEnv(r)
		e.Lang = messages.Ko
		if l := messages.Lang(r.URL.Query().Get("lang")); l.Valid() {
			e.Lang = l
		}
		w.Header().Set("Content-Language", string(e.Lang))
		r = r.WithContext(views.With(r.Context(), e))
		room, err := s.Rooms.AtBoard(r.Context(), chi.URLParam(r, "token"))
		if err != nil {
			s.fail(w, r, err)
			return nil
		}
		domain.TraceOf(r.Context()).Actor = room.Board()
		return h(w, r, room)
	})
}

func (s *Server) getBoard(w http.ResponseWriter, r *http.Request, room rooms.Room) error {
	return s.drawBoard(w, r, room, http.StatusOK, "")
}

func (s *Server) drawBoard(w http.ResponseWriter, r *http.Request, room rooms.Room, code int, problem string) error {
	e, token := views.From(r.Context()), chi.URLParam(r, "token")
	e.Since, e.Stream = s.live.position(), views.BoardLiveURL(token)
	s.await(r.Context())
	b, err := s.boardOf(r.Context(), room)
	if err != nil {
		return err
	}
	s.draw(r.Context(), w, code, views.BoardPage(views.BoardPageProps{Board: b, Token: token, Problem: problem,
		Address: strings.TrimSuffix(s.BaseURL, "/") + views.BoardURL(token)}))
	return nil
}

// boardOf reads what a room's board shows now.
func (s *Server) boardOf(ctx context.Context, room rooms.Room) (views.Board, error) {
	b := views.Board{Room: room, House: s.Rooms.Settings(), Now: s.Rooms.DB.Now()}
	rows, err := s.Lists.Boards(ctx, []string{room.ID}, b.Now)
	if err != nil {
		return b, err
	}
	for _, row := range rows { // none for a room of which the lists have not heard yet
		b.Bookings = row.Bookings
	}
	day := b.Now.In(domain.Zone(room.TimeZone))
	if b.Today, err = s.Rooms.Day(ctx, room.Board(), room.ID, day.Format(time.DateOnly)); err == nil {
		b.Tomorrow, err = s.Rooms.Day(ctx, room.Board(), room.ID, day.AddDate(0, 0, 1).Format(time.DateOnly))
	}
	return b, err
}

// boards reads what the boards of rooms show; rooms that are not there are left out.
func (s *Server) boards(ctx context.Context, ids []string) ([]views.Board, error) {
	var out []views.Board
	for _, id := range ids {
		room, err := s.Rooms.Room(ctx, id)
		if domain.CodeOf(err) == domain.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		b, err := s.boardOf(ctx, room)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func (s *Server) toBoard(w http.ResponseWriter, r *http.Request, _ rooms.Room) error {
	to := views.BoardURL(chi.URLParam(r, "token"))
	if q := r.URL.RawQuery; q != "" {
		to += "?" + q
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// touched answers a touch: with the board as it is now, or with what was wrong above it.
func (s *Server) touched(w http.ResponseWriter, r *http.Request, room rooms.Room, err error) error {
	if err == nil {
		return s.toBoard(w, r, room)
	}
	e, code := told(r.Context(), err)
	if e.Code == domain.Internal {
		return err
	}
	lang := views.From(r.Context()).Lang
	text := messages.Error(lang, e)
	if len(e.Fields) > 0 {
		text = messages.Field(lang, e.Fields[0])
	}
	return s.drawBoard(w, r, room, code, text)
}

func (s *Server) postBoardNow(w http.ResponseWriter, r *http.Request, room rooms.Room) error {
	in, r, err := s.form(r, "minutes")
	if err != nil {
		return err
	}
	minutes, _ := whole(in["minutes"])
	_, err = s.Rooms.BookNow(r.Context(), room.Board(), rooms.Now{RoomID: room.ID, Minutes: int(minutes),
		Title: messages.Text(views.From(r.Context()).Lang, "board.walk_in")})
	return s.touched(w, r, room, err)
}

func (s *Server) postBoardStart(w http.ResponseWriter, r *http.Request, room rooms.Room) error {
	return s.onBoard(w, r, room, func(ctx context.Context, id string, _ int) error {
		_, err := s.Rooms.Start(ctx, room.Board(), id)
		return err
	})
}

func (s *Server) postBoardExtend(w http.ResponseWriter, r *http.Request, room rooms.Room) error {
	return s.onBoard(w, r, room, func(ctx context.Context, id string, minutes int) error {
		_, err := s.Rooms.Extend(ctx, room.Board(), id, minutes)
		return err
	})
}

func (s *Server) postBoardEnd(w http.ResponseWriter, r *http.Request, room rooms.Room) error {
	return s.onBoard(w, r, room, func(ctx context.Context, id string, _ int) error {
		_, err := s.Rooms.End(ctx, room.Board(), id)
		return err
	})
}

// onBoard acts on the booking that the board showed when it was touched.
func (s *Server) onBoard(w http.ResponseWriter, r *http.Request, room rooms.Room, do func(ctx context.Context, id string, minutes int) error) error {
	in, r, err := s.form(r, "bookingId", "minutes")
	if err != nil {
		return err
	}
	minutes, _ := whole(in["minutes"])
	return s.touched(w, r, room, do(r.Context(), in["bookingId"], int(minutes)))
}

// getBoardLive streams the changes of one board, for as long as its address holds.
func (s *Server) getBoardLive(w http.ResponseWriter, r *http.Request, room rooms.Room) error {
	token := chi.URLParam(r, "token")
	sub := newStream(r, room.Board(), views.From(r.Context()).Lang)
	sub.audience, sub.lists, sub.credential = room.ID, map[string]bool{lists.Board: true}, token
	sub.still = func(r *http.Request) bool {
		_, err := s.Rooms.AtBoard(r.Context(), token)
		return domain.CodeOf(err) != domain.NotFound
	}
	own, _, all := s.live.count(sub.actor.ID, "")
	if all >= maxStreams || own >= maxBoardStreams {
		return domain.Refuse(domain.Unavailable, "err.503").After(30 * time.Second)
	}
	return s.stream(w, r, sub)
}
