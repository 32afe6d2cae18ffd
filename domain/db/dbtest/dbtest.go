// Package dbtest gives each test a database of its own, on SQLite and on PostgreSQL.
package dbtest

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Run runs fn on SQLite and on PostgreSQL, each with an own, migrated database.
// TEST_PG says where PostgreSQL is.
func Run(t *testing.T, fn func(t *testing.T, d *db.DB), schemas ...db.Schema) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, Open(t, SQLite(t), schemas...))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, Open(t, Postgres(t), schemas...))
	})
}

// Open opens dsn, with the tables of schemas, for the time of the test.
func Open(t testing.TB, dsn string, schemas ...db.Schema) *db.DB {
	t.Helper()
	return OpenWith(t, dsn, db.Options{}, schemas...)
}

// OpenWith is Open for tests with a clock of their own.
func OpenWith(t testing.TB, dsn string, o db.Options, schemas ...db.Schema) *db.DB {
	t.Helper()
	done, err := fromTemplate(dsn, schemas)
	if err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if !done {
		if err := d.Migrate(t.Context(), schemas...); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// SQLite returns the URL of a new file.
func SQLite(t testing.TB) string {
	return "sqlite:" + filepath.Join(t.TempDir(), "test.db")
}

// Postgres returns the URL of a new schema on the server at TEST_PG, dropped
// after the test. Commits do not wait for the disk there: tests kill no server.
func Postgres(t testing.TB) string {
	t.Helper()
	base := os.Getenv("TEST_PG")
	if base == "" {
		base = "postgres://postgres@127.0.0.1:5432/postgres?sslmode=disable"
	}
	admin, err := sql.Open("pgx", base)
	if err != nil {
		t.Fatal(err)
	}
	schema := "t_" + strings.ToLower(domain.NewID())
	if _, err := admin.ExecContext(t.Context(), "create schema "+schema); err != nil {
		admin.Close()
		t.Fatalf("PostgreSQL is needed (make test provides it; TEST_PG says where it is): %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(context.Background(), "drop schema "+schema+" cascade"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	q.Set("synchronous_commit", "off")
	u.RawQuery = q.Encode()
	return u.String()
}
