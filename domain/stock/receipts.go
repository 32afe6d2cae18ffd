package stock

import (
	"context"
	"errors"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Scan is one scan of goods that came in.
type Scan struct {
	ID        string    `json:"id"`
	ReceiptID string    `json:"receiptId"`
	ProductID string    `json:"productId"`
	Qty       int64     `json:"qty"`
	Code      string    `json:"code"`
	ByID      string    `json:"byId"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Undone    time.Time `json:"undone"` // zero if nobody took it back
	Level     Level     `json:"level"`  // what it left, in the answer to the scan
}

// receiptFor is how long a stay at the desk goes on after its last scan.
const receiptFor = 12 * time.Hour

// maxScans is how many scans of a receipt are listed.
const maxScans = 200

// ReceiveScan puts qty of a product on the shelf of which the code was scanned, in a
// receipt; receiptID "" begins one.
func (s *Service) ReceiveScan(ctx context.Context, actor domain.Actor, receiptID, productID, code string, qty int64) (Scan, error) {
	if err := checkReceive(actor, qty); err != nil {
		return Scan{}, err
	}
	if receiptID != "" && !domain.IsID(receiptID) {
		return Scan{}, domain.Missing("receipt")
	}
	if err := s.known(ctx, productID); err != nil {
		return Scan{}, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Scan, error) {
		l, err := add(ctx, tx, productID, qty, db.Micros(tx.Now))
		if err != nil {
			return Scan{}, err
		}
		v := Scan{ID: domain.NewID(), ReceiptID: receiptID, ProductID: productID, Qty: qty, Code: code,
			ByID: actor.ID, By: actor.Name, At: tx.Now, Level: l.Level}
		if v.ReceiptID == "" {
			v.ReceiptID = domain.NewID()
		}
		received(ctx, tx, l, qty, actor, Source{FromReceipt, v.ReceiptID})
		return v, insertScan(ctx, tx, v)
	})
}

// UndoScan takes a scan back, once, by a correction that names the receipt.
func (s *Service) UndoScan(ctx context.Context, actor domain.Actor, id string) (Scan, error) {
	if err := mayMove(actor); err != nil {
		return Scan{}, err
	}
	if !domain.IsID(id) {
		return Scan{}, domain.Missing("receipt")
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Scan, error) {
		v, err := undo(ctx, tx, id)
		if errors.Is(err, db.ErrNone) {
			if _, err = loadScan(ctx, tx, id); errors.Is(err, db.ErrNone) {
				return v, domain.Missing("receipt")
			}
			if err == nil {
				err = domain.Refuse(domain.Conflict, "err.stock.undone").InState("UNDONE")
			}
		}
		if err != nil {
			return v, err
		}
		v.Level, err = adjust(ctx, tx, v.ProductID, -v.Qty, actor, "", Source{FromUndo, v.ReceiptID})
		return v, err
	})
}

// Receipt returns the scans of a receipt, newest first, at most maxScans; more tells that
// there are others.
func (s *Service) Receipt(ctx context.Context, id string) (scans []Scan, more bool, err error) {
	if !domain.IsID(id) {
		return nil, false, nil
	}
	scans, err = loadScans(ctx, s.DB, id, maxScans+1)
	if len(scans) > maxScans {
		return scans[:maxScans], true, err
	}
	return scans, false, err
}

// OpenReceipt returns the receipt somebody is at, "" if they have not scanned lately.
func (s *Service) OpenReceipt(ctx context.Context, actor domain.Actor, now time.Time) (string, error) {
	v, err := lastScan(ctx, s.DB, actor.ID)
	if errors.Is(err, db.ErrNone) || err == nil && now.Sub(v.At) > receiptFor {
		return "", nil
	}
	return v.ReceiptID, err
}

// holderDepth is how far back Holders looks for who holds a product.
const holderDepth = 1000

// Holders returns which orders hold the units of a product that are reserved, the newest
// first; rest is how many more older ones hold.
func (s *Service) Holders(ctx context.Context, l Level) (held []Holding, rest int64, err error) {
	if l.Reserved == 0 {
		return nil, 0, nil
	}
	ms, err := loadHolding(ctx, s.DB, l.ProductID, holderDepth)
	held, rest = holders(ms, l.Reserved)
	return held, rest, err
}
