package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/ops"
)

type eventsIn struct {
	After       string `query:"after" doc:"Cursor: next of the page before."`
	Name        string `query:"name" example:"orders.placed.v1"`
	Correlation string `query:"correlation" doc:"The id of an order: its whole chain."`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type apiEvent struct {
	EventID       string          `json:"eventId"`
	Name          string          `json:"name"`
	Aggregate     event.Aggregate `json:"aggregate"`
	CorrelationID string          `json:"correlationId"`
	CausationID   string          `json:"causationId,omitempty"`
	OccurredAt    time.Time       `json:"occurredAt"`
	Actor         event.Actor     `json:"actor"`
	Data          any             `json:"data"`
}

func eventJSON(e event.Envelope) apiEvent {
	return apiEvent{EventID: e.ID, Name: e.Name, Aggregate: e.Aggregate, CorrelationID: e.Correlation, CausationID: e.Causation,
		OccurredAt: inZone(e.At), Actor: e.Actor, Data: e.Data}
}

type apiDeadLetter struct {
	ID       string    `json:"id"`
	Consumer string    `json:"consumer"`
	Event    apiEvent  `json:"event"`
	Attempts int       `json:"attempts"`
	Error    string    `json:"error"`
	FirstAt  time.Time `json:"firstAt"`
	LastAt   time.Time `json:"lastAt"`
}

type deadLettersIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type deadLetterIn struct {
	ID   string `path:"id" format:"dead-letter"`
	Body nothing
}

type discardIn struct {
	ID   string `path:"id" format:"dead-letter"`
	Body struct {
		Reason string `json:"reason" maxLength:"200"`
	}
}

type apiDecided struct {
	ID    string `json:"id"`
	State string `json:"state" enum:"retry,discarded"`
}

type apiInvariants struct {
	Items []ops.Invariant `json:"items"`
}

func (s *Server) apiOperations(a *api) {
	const tag = "Operations"
	get := func(path, summary string) operation {
		return operation{method: http.MethodGet, path: path, tag: tag, summary: summary, who: admins, status: http.StatusOK}
	}
	add(a, get("/staff/events", "The log of everything that happened, newest first"),
		func(ctx context.Context, _ caller, in *eventsIn) (apiPage[apiEvent], error) {
			p, err := s.Ops.Events(ctx, ops.Filter{After: in.After, Name: in.Name, Correlation: in.Correlation, Limit: in.Limit})
			return pageJSON(p.Items, p.Next, eventJSON), err
		})
	add(a, get("/staff/invariants", "The rules that must always hold, with how often each is broken"),
		func(ctx context.Context, _ caller, _ *struct{}) (apiInvariants, error) {
			found, err := s.Ops.Invariants(ctx)
			return apiInvariants{found}, err
		})
	add(a, get("/staff/status", "Queues, consumers, the payment provider and live streams"),
		func(ctx context.Context, _ caller, _ *struct{}) (any, error) { return s.Queues.Status(ctx) })
	s.apiDeadLetters(a, tag)
	s.apiConsumers(a, tag)
	s.apiViews(a, tag)
	if s.Payment != nil {
		s.apiPayments(a, tag)
	}
	if s.Sandbox != nil {
		s.apiSandbox(a, tag)
	}
}

func (s *Server) apiDeadLetters(a *api, tag string) {
	add(a, operation{method: http.MethodGet, path: "/staff/dead-letters", tag: tag, who: admins, status: http.StatusOK,
		summary: "Events a consumer could not handle; a person decides about them"},
		func(ctx context.Context, _ caller, in *deadLettersIn) (apiPage[apiDeadLetter], error) {
			if in.Limit == 0 {
				in.Limit = 50
			}
			parked, err := s.Ops.Parked(ctx, in.Limit)
			return pageJSON(parked, "", func(p ops.Parked) apiDeadLetter {
				return apiDeadLetter{ID: p.Consumer + ":" + p.Event.ID, Consumer: p.Consumer, Event: eventJSON(p.Event),
					Attempts: p.Attempts, Error: p.Error, FirstAt: inZone(p.First), LastAt: inZone(p.Last)}
			}), err
		})
	add(a, operation{method: http.MethodPost, path: "/staff/dead-letters/{id}/retry", tag: tag, summary: "Have the event handled again",
		who: admins, status: http.StatusOK, missing: "backlog", bare: true},
		func(ctx context.Context, c caller, in *deadLetterIn) (apiDecided, error) {
			consumer, id, _ := strings.Cut(in.ID, ":")
			return apiDecided{in.ID, "retry"}, s.Ops.Retry(ctx, c.Actor, consumer, id)
		})
	add(a, operation{method: http.MethodPost, path: "/staff/dead-letters/{id}/discard", tag: tag, summary: "Decide that the event is not handled",
		who: admins, status: http.StatusOK, missing: "backlog"},
		func(ctx context.Context, c caller, in *discardIn) (apiDecided, error) {
			consumer, id, _ := strings.Cut(in.ID, ":")
			return apiDecided{in.ID, "discarded"}, s.Ops.Discard(ctx, c.Actor, consumer, id, in.Body.Reason)
		})
}

type consumerIn struct {
	Name string `path:"name" format:"name"`
	Body nothing
}

type apiConsumer struct {
	Name   string `json:"name"`
	Paused bool   `json:"paused"`
}

func (s *Server) apiConsumers(a *api, tag string) {
	for _, act := range []struct {
		name, summary string
		paused        bool
		run           func(context.Context, string) error
	}{
		{"pause", "Hold a consumer's events back; they are kept", true, s.Queues.Pause},
		{"resume", "Let a consumer go on, first with what waited", false, s.Queues.Resume},
	} {
		add(a, operation{method: http.MethodPost, path: "/staff/consumers/{name}/" + act.name, tag: tag, summary: act.summary, who: admins,
			status: http.StatusOK, missing: "consumer", bare: true},
			func(ctx context.Context, _ caller, in *consumerIn) (apiConsumer, error) {
				all, err := s.Ops.Backlog(ctx)
				if err != nil {
					return apiConsumer{}, err
				}
				if !slices.ContainsFunc(all, func(c ops.Consumer) bool { return c.Name == in.Name }) {
					return apiConsumer{}, domain.Missing("consumer")
				}
				return apiConsumer{in.Name, act.paused}, act.run(ctx, in.Name)
			})
	}
}

type apiView struct {
	Name string `json:"name"`
}

type apiViews struct {
	Items []apiView `json:"items"`
}

type viewIn struct {
	Name string `path:"name" format:"name"`
	Body nothing
}

type apiRebuilt struct {
	Name        string `json:"name"`
	Rows        int64  `json:"rows"`
	Differences int64  `json:"differences" doc:"Rows that were wrong; they are right now."`
	Behind      int64  `json:"behind" doc:"Rows that only had not heard the newest events."`
	Took        string `json:"took" example:"1.2s"`
}

func (s *Server) apiViews(a *api, tag string) {
	add(a, operation{method: http.MethodGet, path: "/staff/views", tag: tag, summary: "The lists that can be made again from the log",
		who: admins, status: http.StatusOK},
		func(context.Context, caller, *struct{}) (out apiViews, err error) {
			for _, v := range lists.Views {
				out.Items = append(out.Items, apiView{v})
			}
			return out, nil
		})
	add(a, operation{method: http.MethodPost, path: "/staff/views/{name}/rebuild", tag: tag, summary: "Replay the log into a list",
		who: admins, status: http.StatusOK, missing: "view", bare: true},
		func(ctx context.Context, _ caller, in *viewIn) (apiRebuilt, error) {
			if !slices.Contains(lists.Views, in.Name) {
				return apiRebuilt{}, domain.Missing("view")
			}
			r, err := s.Lists.Rebuild(ctx, in.Name)
			return apiRebuilt{r.Name, r.Rows, r.Differences, r.Behind, r.Took.Round(time.Millisecond).String()}, err
		})
}
