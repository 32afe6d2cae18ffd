package db

import (
	"context"

	"daybreak/domain"
)

// laterRow is a row to be inserted before the commit.
type laterRow struct {
	head   string
	row    []any
	refuse *domain.Error
}

// Later inserts row right before the commit, in one statement with those of all the
// transactions that share the commit: a third of the cost of one by one. head is
// "insert into table (columns)". Until then nobody sees the row, tx neither. Should
// it be there already, Write returns refuse, if that is not nil.
func (tx *Tx) Later(head string, row []any, refuse *domain.Error) {
	tx.later = append(tx.later, laterRow{head, row, refuse})
}

// insertLater inserts the rows, those of one head together.
func (tx *Tx) insertLater(ctx context.Context, rows []laterRow) error {
	var heads []string
	by := map[string][][]any{}
	refuse := map[string]*domain.Error{}
	for _, r := range rows {
		if _, ok := by[r.head]; !ok {
			heads = append(heads, r.head)
			refuse[r.head] = r.refuse
		}
		by[r.head] = append(by[r.head], r.row)
	}
	for _, head := range heads {
		_, err := tx.Insert(ctx, head, "", by[head])
		if r := refuse[head]; r != nil && IsUnique(err) {
			return r.Because(err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// finish writes what the transactions of one commit have left to the end.
func (tx *Tx) finish(ctx context.Context, rows []laterRow, evs []stored) error {
	if err := tx.insertLater(ctx, rows); err != nil {
		return err
	}
	return tx.log(ctx, evs)
}
