package lists

import (
	"embed"

	"daybreak/domain/db"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of the lists.
var Schema = db.Schema{Name: "lists", FS: files}

// Service keeps and reads the lists. Changed, if set, is told after each commit
// which rows are different now; it must not block.
type Service struct {
	DB      *db.DB
	Changed func([]Change)
}
