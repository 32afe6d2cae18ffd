package db_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"daybreak/domain/db"
	"daybreak/domain/db/dbtest"
)

// A file that fails leaves nothing of itself behind, is named, and is run again next
// time; those before it are not.
func TestMigrationFilesRunWholeAndOnce(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		shelves := func(second string) db.Schema {
			return db.Schema{Name: "shelves", FS: fstest.MapFS{
				"schema/0001_init.sql": {Data: []byte("CREATE TABLE shelves (id TEXT PRIMARY KEY);\nINSERT INTO shelves VALUES ('a;b');")},
				"schema/0002_more.sql": {Data: []byte(second)},
				"schema/0003_here.sql": {Data: []byte("{{if postgres}}CREATE TABLE alone (id BIGINT);{{end}}")},
			}}
		}
		err := d.Migrate(t.Context(), shelves("CREATE TABLE boards (id TEXT PRIMARY KEY); INSERT INTO nowhere VALUES (1);"))
		if err == nil || !strings.Contains(err.Error(), "shelves") || !strings.Contains(err.Error(), "0002_more.sql") {
			t.Fatalf("a broken file: %v", err)
		}
		for range 2 {
			if err := d.Migrate(t.Context(), shelves("CREATE TABLE boards (id TEXT PRIMARY KEY); -- mended\n")); err != nil {
				t.Fatal(err)
			}
		}
		err = d.Write(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, `/* board */ insert into boards (id) select id from shelves where id = 'a;b'`)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		n, err := db.One(t.Context(), d, db.Int64, "select count(*) from shelves s join boards b on b.id = s.id")
		if err != nil || n != 1 {
			t.Errorf("%d on both, %v", n, err)
		}
	})
}
