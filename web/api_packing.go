package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/lists"
	"daybreak/domain/packing"
	"daybreak/views"
	"daybreak/views/messages"
)

type packingIn struct {
	Status string `query:"status" enum:"REQUESTED,IN_PROGRESS,SHORT,PACKED,CANCELLED,UNPACKING,UNPACKED"`
	Sort   string `query:"sort" enum:"newest,oldest"`
	Cursor string `query:"cursor"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

type scanIn struct {
	ID   string `path:"id"`
	Body struct {
		Code    string `json:"code" maxLength:"200" doc:"The barcode or SKU, in whatever case."`
		Gesture string `json:"gesture" maxLength:"64" doc:"An id of your own for this one scan: sent again, it counts once."`
	}
}

type countIn struct {
	ID   string `path:"id"`
	Body struct {
		ProductID string `json:"productId"`
		Qty       int    `json:"qty" doc:"How many units are put into the box; negative: taken out."`
		Gesture   string `json:"gesture" maxLength:"64" doc:"An id of your own for this one count: sent again, it counts once."`
	}
}

type undoIn struct {
	ID   string `path:"id"`
	Body struct {
		Gesture string `json:"gesture" maxLength:"64"`
	}
}

type shortageIn struct {
	ID   string `path:"id"`
	Body struct {
		ProductID string `json:"productId"`
		Qty       int    `json:"qty" doc:"How many of it lack or are not fit to be sent."`
		Reason    string `json:"reason" maxLength:"200" doc:"bench.reason.missing, bench.reason.damaged, or your own words."`
	}
}

type boxIn struct {
	ID   string `path:"id"`
	Body struct {
		Box    *int `json:"box,omitempty" minimum:"0" maximum:"4" doc:"The size of the box; 0 for none."`
		Weight *int `json:"weight,omitempty" minimum:"0" maximum:"100000" doc:"In grams; 0 if nobody weighed it."`
	}
}

// apiScan is the answer to a scan.
type apiScan struct {
	Result   string       `json:"result" enum:"counted,done,undone,opened,wrong,over,unknown,nothing,missing,other,cancelled,taken,closed,waiting"`
	Message  string       `json:"message" doc:"The result as a sentence."`
	Gesture  string       `json:"gesture"`
	Code     string       `json:"code,omitempty"`
	Line     *apiTaskLine `json:"line,omitempty" doc:"The line it was counted on."`
	Expected *apiTaskLine `json:"expected,omitempty" doc:"What was to be scanned instead."`
	Got      string       `json:"got,omitempty" doc:"The product that was scanned, if it is not of this order."`
	OtherID  string       `json:"otherTaskId,omitempty" doc:"The task of the order whose number was scanned."`
	ByHand   bool         `json:"byHand"`
	Rest     int          `json:"rest" doc:"Units that are not in the box yet."`
	By       string       `json:"by"`
	At       time.Time    `json:"at"`
	Task     apiTask      `json:"task"`
}

func scanJSON(lang messages.Lang, v packing.Verdict, t packing.Task) apiScan {
	head, do := views.VerdictText(lang, v, t)
	if do != "" {
		head += " " + do
	}
	out := apiScan{Result: string(v.Result), Message: head, Gesture: v.Gesture, Code: v.Code, Got: views.Named(lang, v.Got, v.GotEn),
		OtherID: v.OtherID, ByHand: v.ByHand, Rest: v.Rest, By: v.By, At: inZone(v.At), Task: taskJSON(lang, t)}
	if v.Line != nil {
		l := taskLine(v.Line.Line, v.Line.Scanned)
		out.Line = &l
	}
	if v.Expected != nil {
		l := expectedLine(*v.Expected, t)
		out.Expected = &l
	}
	return out
}

// expectedLine is a line with how many of it are in the box.
func expectedLine(l event.Line, t packing.Task) apiTaskLine {
	for _, now := range t.Lines {
		if now.ProductID == l.ProductID {
			return taskLine(now.Line, now.Scanned)
		}
	}
	return taskLine(l, 0)
}

func (s *Server) apiPacking(a *api) {
	const tag = "Staff: packing"
	add(a, operation{method: http.MethodGet, path: "/staff/packing", tag: tag, summary: "List packing tasks", who: warehouse, status: http.StatusOK},
		func(ctx context.Context, c caller, in *packingIn) (apiPage[apiTask], error) {
			s.await(ctx)
			p, err := s.Lists.Packing(ctx, lists.WorkFilter{Status: in.Status, Oldest: in.Sort == "oldest", Cursor: in.Cursor, Limit: in.Limit})
			return pageJSON(p.Items, p.Next, func(t lists.Task) apiTask { return apiTaskRow(c.lang, t) }), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/packing/{id}", tag: tag, summary: "Read a packing task", who: warehouse,
		status: http.StatusOK, missing: "task"},
		func(ctx context.Context, c caller, in *orderIn) (apiTask, error) {
			t, err := s.Packing.Get(ctx, in.ID)
			return taskJSON(c.lang, t), err
		})
	for _, act := range []struct {
		name, summary string
		run           func(context.Context, domain.Actor, string) (packing.Task, error)
	}{
		{"start", "Take a task", s.Packing.Start},
		{"release", "Put a task back for everyone", s.Packing.Release},
		{"complete", "Everything is in the box, also what was not scanned", s.Packing.Complete},
		{"reopen", "Open a box again that has not left yet", s.Packing.Reopen},
		{"resume", "What lacked is there: the task can be packed again", s.Packing.Resume},
		{"unpacked", "The box of a cancelled order is empty again", s.Packing.ConfirmUnpacked},
	} {
		add(a, operation{method: http.MethodPost, path: "/staff/packing/{id}/" + act.name, tag: tag, summary: act.summary, who: warehouse,
			status: http.StatusOK, missing: "task", bare: true},
			func(ctx context.Context, c caller, in *actIn) (apiTask, error) {
				t, err := act.run(ctx, c.Actor, in.ID)
				return taskJSON(c.lang, t), err
			})
	}
	s.apiBench(a)
	s.apiPapers(a)
}

// apiBench has the calls of who scans. What is refused is answered as a result, not as an
// error: the packer has to be told, and the scan is kept.
func (s *Server) apiBench(a *api) {
	post := func(name, summary string) operation {
		return operation{method: http.MethodPost, path: "/staff/packing/{id}/" + name, tag: "Staff: packing", summary: summary, who: warehouse,
			status: http.StatusOK, missing: "task"}
	}
	add(a, post("scan", "Scan one unit; the last one closes the box"),
		func(ctx context.Context, c caller, in *scanIn) (apiScan, error) {
			v, t, err := s.Packing.Scan(ctx, c.Actor, in.ID, in.Body.Code, in.Body.Gesture)
			return scanJSON(c.lang, v, t), err
		})
	add(a, post("count", "Count units by hand"),
		func(ctx context.Context, c caller, in *countIn) (apiScan, error) {
			v, t, err := s.Packing.Count(ctx, c.Actor, in.ID, in.Body.ProductID, in.Body.Qty, in.Body.Gesture)
			return scanJSON(c.lang, v, t), err
		})
	add(a, post("undo", "Take out again what was counted last"),
		func(ctx context.Context, c caller, in *undoIn) (apiScan, error) {
			v, t, err := s.Packing.Undo(ctx, c.Actor, in.ID, in.Body.Gesture)
			return scanJSON(c.lang, v, t), err
		})
	add(a, post("shortage", "Something lacks or is damaged: staff decide what becomes of the order"),
		func(ctx context.Context, c caller, in *shortageIn) (apiTask, error) {
			t, err := s.Packing.Shortage(ctx, c.Actor, in.ID, in.Body.ProductID, in.Body.Qty, in.Body.Reason)
			return taskJSON(c.lang, t), err
		})
	add(a, post("box", "Note the size of the box and its weight"),
		func(ctx context.Context, c caller, in *boxIn) (apiTask, error) {
			t, err := s.Packing.Box(ctx, c.Actor, in.ID, in.Body.Box, in.Body.Weight)
			return taskJSON(c.lang, t), err
		})
}
