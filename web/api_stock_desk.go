package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"daybreak/domain/stock"
)

type receiptScanIn struct {
	Body struct {
		Code      string `json:"code" maxLength:"64" doc:"A barcode or an SKU of a product for sale, in any case."`
		Qty       int64  `json:"qty,omitempty" minimum:"1" maximum:"1000000000" doc:"1 if left out."`
		ReceiptID string `json:"receiptId,omitempty" doc:"The receipt of the scan before; left out, a new one begins."`
	}
}

type apiReceiptScan struct {
	ID        string     `json:"id"`
	ReceiptID string     `json:"receiptId"`
	ProductID string     `json:"productId"`
	Qty       int64      `json:"qty"`
	Code      string     `json:"code"`
	By        string     `json:"by"`
	At        time.Time  `json:"at"`
	Undone    *time.Time `json:"undone,omitempty" doc:"When it was taken back."`
	OnHand    int64      `json:"onHand" doc:"What there was after it."`
	Available int64      `json:"available"`
}

func receiptScanJSON(s stock.Scan) apiReceiptScan {
	out := apiReceiptScan{ID: s.ID, ReceiptID: s.ReceiptID, ProductID: s.ProductID, Qty: s.Qty, Code: s.Code, By: s.By, At: inZone(s.At),
		OnHand: s.Level.OnHand, Available: s.Level.Available}
	if !s.Undone.IsZero() {
		at := inZone(s.Undone)
		out.Undone = &at
	}
	return out
}

func (s *Server) apiStockDesk(a *api) {
	const tag = "Stock"
	add(a, operation{method: http.MethodPost, path: "/stock/scans", tag: tag, summary: "Receive goods by a scan", who: warehouse,
		status: http.StatusCreated, missing: "receipt"},
		func(ctx context.Context, c caller, in *receiptScanIn) (apiReceiptScan, error) {
			qty := ""
			if in.Body.Qty != 0 {
				qty = strconv.FormatInt(in.Body.Qty, 10)
			}
			sc, err := s.scanned(ctx, c.Actor, in.Body.ReceiptID, in.Body.Code, qty)
			return receiptScanJSON(sc), err
		})
	add(a, operation{method: http.MethodPost, path: "/stock/scans/{id}/undo", tag: tag, summary: "Take a scan back", who: warehouse,
		status: http.StatusOK, missing: "receipt", bare: true},
		func(ctx context.Context, c caller, in *actIn) (apiReceiptScan, error) {
			sc, err := s.Stock.UndoScan(ctx, c.Actor, in.ID)
			return receiptScanJSON(sc), err
		})
	s.apiCounts(a)
}
