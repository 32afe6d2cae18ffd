package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"daybreak/domain"
	"daybreak/domain/lists"
	"daybreak/views"
	"daybreak/views/messages"
)

// liveList is how a list appears on the stream.
type liveList struct {
	// may reports whether the actor may watch it.
	may func(domain.Actor) bool
	// personal: each change is for one account only.
	personal bool
	// onDemand: sent only to who names it.
	onDemand bool
	// rows reads the rows of ids, with one query.
	rows func(s *Server, ctx context.Context, ids []string) (map[string]any, error)
	// html draws a row for the pages.
	html func(row any) []part
	// extra draws what else of the list has changed, such as its counters.
	extra func(s *Server, ctx context.Context) []part
	// json is the row as the API shows it.
	json func(s *Server, lang messages.Lang, row any) any
}

// part is an element of a page, by its id, and what it is now; or, if added, what comes
// into it at the end.
type part struct {
	id string
	templ.Component
	added bool
}

// drawing is one batch of changes, drawn when somebody first needs it and then
// shared by all streams that show the same.
type drawing struct {
	ctx     context.Context
	s       *Server
	at      int64
	changes map[string][]lists.Change // by list
	rows    map[string]map[string]any // by list, by id
	failed  map[string]bool           // lists that could not be read
	done    map[variant][]byte
}

// variant is what a piece of a drawing depends on.
type variant struct {
	list, audience string
	lang           messages.Lang
	json           bool
}

func newDrawing(ctx context.Context, s *Server, at int64) *drawing {
	return &drawing{ctx: ctx, s: s, at: at, changes: map[string][]lists.Change{},
		rows: map[string]map[string]any{}, failed: map[string]bool{}, done: map[variant][]byte{}}
}

// read fetches the changed rows, one query a list.
func (d *drawing) read(batch []lists.Change) {
	ids := map[string][]string{}
	for _, c := range batch {
		d.changes[c.List] = append(d.changes[c.List], c)
		ids[c.List] = append(ids[c.List], c.ID)
	}
	for list, ids := range ids {
		rows, err := liveLists[list].rows(d.s, d.ctx, ids)
		if err != nil {
			slog.ErrorContext(d.ctx, "live rows not read", "list", list, "err", err)
			d.failed[list] = true
		}
		d.rows[list] = rows
	}
}

// frame is what the stream gets of the drawing: one message of partials for a
// page, a message a row for a program, a resync for lists that could not be read.
func (d *drawing) frame(s *sub) []byte {
	var body, again bytes.Buffer
	for list := range d.changes {
		switch {
		case !s.lists[list]:
		case d.failed[list]:
			again.WriteString(list + ",")
		default:
			v := variant{list: list, lang: s.lang, json: s.json}
			if liveLists[list].personal {
				v.audience = s.audience
			}
			body.Write(d.piece(v))
		}
	}
	id := strconv.FormatInt(d.at, 10)
	var out bytes.Buffer
	if again.Len() > 0 {
		out.WriteString("event: resync\nid: " + id + "\ndata: " + string(bytes.TrimRight(again.Bytes(), ",")) + "\n\n")
	}
	if body.Len() > 0 && !s.json {
		out.WriteString("id: " + id + "\n")
		body.WriteByte('\n')
	}
	out.Write(body.Bytes())
	return out.Bytes()
}

func (d *drawing) piece(v variant) []byte {
	if b, ok := d.done[v]; ok {
		return b
	}
	var b bytes.Buffer
	ctx := views.With(d.ctx, &views.Env{Lang: v.lang, Now: time.Now()})
	for _, c := range d.changes[v.list] {
		row, found := d.rows[v.list][c.ID]
		if c.Audience != v.audience || !found && !v.json {
			continue
		}
		if v.json {
			d.event(&b, c, v.lang, row, found)
			continue
		}
		d.partials(ctx, &b, liveLists[v.list].html(row))
	}
	if l := liveLists[v.list]; !v.json && l.extra != nil && b.Len() > 0 {
		d.partials(ctx, &b, l.extra(d.s, d.ctx))
	}
	d.done[v] = b.Bytes()
	return b.Bytes()
}

// counters are the counts of all lists the stream has, for a page that fetches its
// lists anew: they stand beside them.
func (d *drawing) counters(s *sub) []byte {
	if s.json {
		return nil
	}
	var b bytes.Buffer
	ctx := views.With(d.ctx, &views.Env{Lang: s.lang, Now: time.Now()})
	for list := range s.lists {
		if extra := liveLists[list].extra; extra != nil {
			d.partials(ctx, &b, extra(d.s, d.ctx))
		}
	}
	if b.Len() == 0 {
		return nil
	}
	return fmt.Appendf(nil, "id: %d\n%s\n", d.at, b.Bytes())
}

func (d *drawing) partials(ctx context.Context, b *bytes.Buffer, parts []part) {
	for _, p := range parts {
		var html bytes.Buffer
		swap := "outerMorph"
		if p.added {
			swap = "beforeend"
		}
		html.WriteString(`<hx-partial hx-target="#` + templ.EscapeString(p.id) + `" hx-swap="` + swap + `">`)
		if err := p.Render(ctx, &html); err != nil {
			slog.ErrorContext(ctx, "live row not drawn", "id", p.id, "err", err)
			continue
		}
		html.WriteString(`</hx-partial>`)
		data(b, html.Bytes())
	}
}

// liveEvent is a change as a program sees it; Row is null when it is gone.
type liveEvent struct {
	List    string `json:"list"`
	ID      string `json:"id"`
	Version int64  `json:"version"`
	Row     any    `json:"row"`
}

func (d *drawing) event(b *bytes.Buffer, c lists.Change, lang messages.Lang, row any, found bool) {
	e := liveEvent{List: c.List, ID: c.ID, Version: c.Version}
	if found {
		e.Row = liveLists[c.List].json(d.s, lang, row)
	}
	text, err := json.Marshal(e)
	if err != nil {
		slog.ErrorContext(d.ctx, "live row not encoded", "list", c.List, "err", err)
		return
	}
	b.WriteString("event: change\nid: " + strconv.FormatInt(d.at, 10) + "\n")
	data(b, text)
	b.WriteByte('\n')
}

// data writes text as data lines of a message. Every kind of line break ends a
// line, or text a person typed could start a field of its own.
func data(b *bytes.Buffer, text []byte) {
	for {
		i := bytes.IndexAny(text, "\r\n")
		b.WriteString("data: ")
		if i < 0 {
			b.Write(text)
			b.WriteByte('\n')
			return
		}
		b.Write(text[:i])
		b.WriteByte('\n')
		if text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
			i++
		}
		text = text[i+1:]
	}
}
