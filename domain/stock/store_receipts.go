package stock

import (
	"context"

	"daybreak/domain/db"
)

const scanColumns = `id, receipt_id, product_id, qty, code, by_id, by_name, at, undone`

func scanScan(r db.Row) (v Scan, err error) {
	var at, undone int64
	err = r.Scan(&v.ID, &v.ReceiptID, &v.ProductID, &v.Qty, &v.Code, &v.ByID, &v.By, &at, &undone)
	v.At, v.Undone = db.Time(at), db.Time(undone)
	return v, err
}

func insertScan(ctx context.Context, tx *db.Tx, v Scan) error {
	_, err := tx.Exec(ctx, `/* stock.scan */ insert into stock_scans (id, receipt_id, product_id, qty, code, by_id, by_name, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, v.ID, v.ReceiptID, v.ProductID, v.Qty, v.Code, v.ByID, v.By, db.Micros(v.At))
	return err
}

// undo marks a scan as taken back; db.ErrNone if there is none, or it is already.
func undo(ctx context.Context, tx *db.Tx, id string) (Scan, error) {
	return db.One(ctx, tx, scanScan, `/* stock.undo */ update stock_scans set undone = $2 where id = $1 and undone = 0
		returning `+scanColumns, id, db.Micros(tx.Now))
}

func loadScan(ctx context.Context, q db.Querier, id string) (Scan, error) {
	return db.One(ctx, q, scanScan, `/* stock.scan_by_id */ select `+scanColumns+` from stock_scans where id = $1`, id)
}

func loadScans(ctx context.Context, q db.Querier, receiptID string, limit int) ([]Scan, error) {
	return db.All(ctx, q, scanScan, `/* stock.scans */ select `+scanColumns+` from stock_scans
		where receipt_id = $1 order by id desc limit $2`, receiptID, limit)
}

func lastScan(ctx context.Context, q db.Querier, byID string) (Scan, error) {
	return db.One(ctx, q, scanScan, `/* stock.last_scan */ select `+scanColumns+` from stock_scans
		where by_id = $1 order by id desc limit 1`, byID)
}

// loadHolding returns the newest movements by which orders took and gave back a product.
func loadHolding(ctx context.Context, q db.Querier, productID string, limit int) ([]Movement, error) {
	return db.All(ctx, q, scanMovement, `/* stock.holding */ select `+movementColumns+` from stock_ledger
		where product_id = $1 and kind in ('reserve', 'release', 'commit') order by version desc limit $2`, productID, limit)
}
