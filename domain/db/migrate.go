package db

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Schema is the tables a context owns: numbered goose files in FS under schema/.
// In them {{serial}} is a growing BIGINT primary key and {{norowid}} ends a table
// that is found by its primary key and has rows of less than some 200 bytes: SQLite
// keeps them inside the index, and its inner nodes hold whole rows too.
// What only one of the databases has stands between {{if postgres}}, {{else}} and {{end}}.
type Schema struct {
	Name string
	FS   fs.FS
}

//go:embed schema/*.sql
var ownFiles embed.FS

// Migrate brings the tables of this package and of schemas up to date. Processes
// that start together wait for each other.
func (d *DB) Migrate(ctx context.Context, schemas ...Schema) error {
	return d.Exclusive(ctx, func(ctx context.Context) error {
		for _, s := range append([]Schema{{Name: "db", FS: ownFiles}}, schemas...) {
			if err := d.migrate(ctx, s); err != nil {
				return fmt.Errorf("migrate %s: %w", s.Name, err)
			}
		}
		return nil
	})
}

// Exclusive runs fn while no other process sharing the database is in an Exclusive
// or a Migrate: for what a start does once.
func (d *DB) Exclusive(ctx context.Context, fn func(ctx context.Context) error) error {
	release, err := d.lockStart(ctx)
	if err != nil {
		return err
	}
	defer release()
	return fn(ctx)
}

func (d *DB) migrate(ctx context.Context, s Schema) error {
	sub, err := fs.Sub(s.FS, "schema")
	if err != nil {
		return err
	}
	dialect := database.DialectSQLite3
	if d.pg {
		dialect = database.DialectPostgres
	}
	store, err := database.NewStore(dialect, "schema_"+s.Name)
	if err != nil {
		return err
	}
	target := d.write
	if !d.pg {
		if target, err = d.migrator(); err != nil {
			return err
		}
		defer target.Close()
	}
	p, err := goose.NewProvider(goose.DialectCustom, target, dialectFS{sub, d.pg}, goose.WithStore(store), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// lockStart makes starting processes take turns.
func (d *DB) lockStart(ctx context.Context) (release func(), err error) {
	if !d.pg {
		return d.lockFile(ctx, "start")
	}
	c, err := d.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := c.ExecContext(ctx, `/* db.lock_start */ select pg_advisory_lock(hashtext(current_schema()))`); err != nil {
		c.Close()
		return nil, fmt.Errorf("lock start: %w", err)
	}
	return func() {
		c.ExecContext(context.WithoutCancel(ctx), `/* db.unlock_start */ select pg_advisory_unlock(hashtext(current_schema()))`) //nolint:errcheck // closing the session unlocks too
		c.Close()
	}, nil
}

// migrator opens a connection of its own: the writer's only one belongs to the group.
func (d *DB) migrator() (*sql.DB, error) {
	m, err := sql.Open("sqlite", "file:"+d.path+pragmas)
	if err != nil {
		return nil, err
	}
	m.SetMaxOpenConns(1)
	return m, nil
}

// dialectFS fills in the few words in which the DDL of the two databases differs.
type dialectFS struct {
	fs.FS
	pg bool
}

func (f dialectFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	defer file.Close()
	b, err := fs.ReadFile(f.FS, name)
	if err != nil {
		return nil, err
	}
	serial, norowid := "INTEGER PRIMARY KEY AUTOINCREMENT", "WITHOUT ROWID"
	if f.pg {
		serial, norowid = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", ""
	}
	t, err := template.New(name).Funcs(template.FuncMap{
		"serial":   func() string { return serial },
		"norowid":  func() string { return norowid },
		"postgres": func() bool { return f.pg },
	}).Parse(string(b))
	if err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, nil); err != nil {
		return nil, err
	}
	return &textFile{Reader: bytes.NewReader(text.Bytes()), name: name, size: int64(text.Len())}, nil
}

// textFile is a file made of text.
type textFile struct {
	*bytes.Reader
	name string
	size int64
}

// Stat implements fs.File.
func (f *textFile) Stat() (fs.FileInfo, error) { return f, nil }

// Close implements fs.File.
func (f *textFile) Close() error { return nil }

// Name implements fs.FileInfo.
func (f *textFile) Name() string { return f.name }

// Size implements fs.FileInfo.
func (f *textFile) Size() int64 { return f.size }

// Mode implements fs.FileInfo.
func (f *textFile) Mode() fs.FileMode { return 0o444 }

// ModTime implements fs.FileInfo.
func (f *textFile) ModTime() time.Time { return time.Time{} }

// IsDir implements fs.FileInfo.
func (f *textFile) IsDir() bool { return false }

// Sys implements fs.FileInfo.
func (f *textFile) Sys() any { return nil }
