package web

import (
	"context"
	"net/http"
	"time"

	"daybreak/domain/packing"
	"daybreak/views"
	"daybreak/views/messages"
)

type printIn struct {
	Body struct {
		Kind     string   `json:"kind" enum:"slip,label"`
		Size     string   `json:"size" enum:"a4,a6,80mm"`
		OrderIDs []string `json:"orderIds" minItems:"1" maxItems:"1000" doc:"At most 1,000, in the order in which they are to be printed."`
	}
}

type pickIn struct {
	Body struct {
		OrderIDs []string `json:"orderIds,omitempty" maxItems:"1000" doc:"The orders to be picked in one round, at most 50 of them."`
		Oldest   int      `json:"oldest,omitempty" minimum:"1" maximum:"50" doc:"Instead: how many of the orders that have waited longest."`
	}
}

// apiRefusal is an order that was not taken, and why.
type apiRefusal struct {
	OrderID string `json:"orderId"`
	OrderNo string `json:"orderNo,omitempty"`
	Status  string `json:"taskStatus,omitempty"`
	Message string `json:"message" doc:"The reason as a sentence."`
}

// apiPrint is a print job.
type apiPrint struct {
	ID       string       `json:"id"`
	Kind     string       `json:"kind" enum:"slip,label"`
	Size     string       `json:"size" enum:"a4,a6,80mm"`
	OrderIDs []string     `json:"orderIds" doc:"The orders that have a paper."`
	Refused  []apiRefusal `json:"refused" doc:"The orders that have none."`
	Page     string       `json:"page" doc:"Where the papers are, for a browser that prints them."`
	By       string       `json:"by"`
	At       time.Time    `json:"at"`
}

// apiPickList is a pick list.
type apiPickList struct {
	ID      string        `json:"id"`
	No      int64         `json:"no"`
	Open    bool          `json:"open" doc:"Something on it is to be packed still."`
	Packed  int           `json:"packed" doc:"How many of its orders are packed."`
	Picks   []apiPick     `json:"picks" doc:"What is to be fetched, along the shelves."`
	Tasks   []apiPickSlot `json:"tasks" doc:"The orders by their slots."`
	Refused []apiRefusal  `json:"refused" doc:"The orders that were to be on it, too."`
	By      string        `json:"by"`
	At      time.Time     `json:"at"`
}

// apiPick is so many of a product from one bin.
type apiPick struct {
	ProductID string     `json:"productId"`
	Name      string     `json:"name"`
	NameEn    string     `json:"nameEn,omitempty"`
	Code      string     `json:"code,omitempty"`
	Bin       string     `json:"bin,omitempty"`
	Qty       int        `json:"qty"`
	Scanned   int        `json:"scanned" doc:"How many of them are in their boxes."`
	Split     []apiShare `json:"split"`
}

// apiShare is how many units go into a slot.
type apiShare struct {
	Slot    string `json:"slot"`
	Qty     int    `json:"qty"`
	Scanned int    `json:"scanned"`
}

// apiPickSlot is an order on a pick list.
type apiPickSlot struct {
	Slot        string `json:"slot"`
	TaskID      string `json:"taskId"`
	OrderID     string `json:"orderId"`
	OrderNo     string `json:"orderNo"`
	Status      string `json:"status"`
	StatusLabel string `json:"statusLabel"`
	Packer      string `json:"packer,omitempty"`
}

func refusalsJSON(lang messages.Lang, rs []packing.Refusal) []apiRefusal {
	out := make([]apiRefusal, len(rs))
	for i, r := range rs {
		out[i] = apiRefusal{OrderID: r.OrderID, OrderNo: r.OrderNo, Status: r.Status, Message: messages.Text(lang, r.Key)}
	}
	return out
}

func (s *Server) printJSON(lang messages.Lang, j packing.PrintJob) apiPrint {
	return apiPrint{ID: j.ID, Kind: j.Kind, Size: j.Size, OrderIDs: j.OrderIDs, Refused: refusalsJSON(lang, j.Refused),
		Page: s.site() + views.StaffPrintURL(j.ID), By: j.By, At: inZone(j.At)}
}

func pickListJSON(lang messages.Lang, b packing.Batch) apiPickList {
	out := apiPickList{ID: b.ID, No: b.No, Open: b.Open(), Picks: []apiPick{}, Tasks: []apiPickSlot{}, Refused: refusalsJSON(lang, b.Refused),
		By: b.By, At: inZone(b.At)}
	out.Packed, _, _ = b.Packed()
	for _, p := range b.Picks() {
		pick := apiPick{ProductID: p.ProductID, Name: p.Product, NameEn: p.ProductEn, Code: p.Code, Bin: p.Bin, Qty: p.Qty, Scanned: p.Done()}
		for _, x := range p.Split {
			pick.Split = append(pick.Split, apiShare{x.Slot, x.Qty, x.Scanned})
		}
		out.Picks = append(out.Picks, pick)
	}
	for _, t := range b.Tasks {
		out.Tasks = append(out.Tasks, apiPickSlot{Slot: t.Slot, TaskID: t.ID, OrderID: t.OrderID, OrderNo: t.OrderNo, Status: t.Status,
			StatusLabel: statusLabel(lang, "packing", t.Status), Packer: t.PackerName})
	}
	return out
}

// apiPapers has the calls of print jobs and pick lists.
func (s *Server) apiPapers(a *api) {
	const tag = "Staff: packing"
	add(a, operation{method: http.MethodPost, path: "/staff/print", tag: tag, summary: "Print a slip or a label for each of some orders", who: warehouse,
		status: http.StatusCreated, missing: "task"},
		func(ctx context.Context, c caller, in *printIn) (apiPrint, error) {
			j, err := s.Packing.Print(ctx, c.Actor, packing.PrintOrder(in.Body))
			return s.printJSON(c.lang, j), err
		})
	add(a, operation{method: http.MethodPost, path: "/staff/picking", tag: tag, summary: "Begin a pick list", who: warehouse,
		status: http.StatusCreated, missing: "task"},
		func(ctx context.Context, c caller, in *pickIn) (apiPickList, error) {
			start := func() (packing.Batch, []packing.BatchRefusal, error) {
				if in.Body.Oldest > 0 {
					return s.Packing.StartOldest(ctx, c.Actor, in.Body.Oldest)
				}
				return s.Packing.StartBatch(ctx, c.Actor, in.Body.OrderIDs)
			}
			b, _, err := start()
			return pickListJSON(c.lang, b), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/picking/{id}", tag: tag, summary: "Read a pick list", who: warehouse,
		status: http.StatusOK, missing: "batch"},
		func(ctx context.Context, c caller, in *orderIn) (apiPickList, error) {
			b, err := s.Packing.Batch(ctx, in.ID)
			return pickListJSON(c.lang, b), err
		})
	add(a, operation{method: http.MethodGet, path: "/staff/picking/{id}/next", tag: tag, summary: "What you are to pack next of a pick list", who: warehouse,
		status: http.StatusOK, missing: "batch"},
		func(ctx context.Context, c caller, in *orderIn) (apiTask, error) {
			t, err := s.Packing.NextOf(ctx, c.Actor, in.ID)
			return taskJSON(c.lang, t), err
		})
	add(a, operation{method: http.MethodPost, path: "/staff/picking/{id}/dissolve", tag: tag, summary: "Take what is not packed off a pick list", who: warehouse,
		status: http.StatusOK, missing: "batch", bare: true},
		func(ctx context.Context, c caller, in *actIn) (apiPickList, error) {
			b, err := s.Packing.Dissolve(ctx, c.Actor, in.ID)
			return pickListJSON(c.lang, b), err
		})
}
