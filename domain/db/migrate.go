package db

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"text/template"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// Schema is the tables a context owns: numbered files in FS under schema/, each run
// once and whole. In them {{serial}} is a growing BIGINT primary key and {{norowid}}
// ends a table that is found by its primary key and has rows of less than some 200
// bytes: SQLite keeps them inside the index, and its inner nodes hold whole rows too.
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
		target := d.write
		if !d.pg {
			var err error
			if target, err = d.migrator(); err != nil {
				return err
			}
			defer target.Close()
		}
		for _, s := range append([]Schema{{Name: "db", FS: ownFiles}}, schemas...) {
			if err := d.migrate(ctx, target, s); err != nil {
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

// migrate brings the tables of s up to date on target, a transaction a file.
func (d *DB) migrate(ctx context.Context, target *sql.DB, s Schema) error {
	files, err := fs.Glob(s.FS, "schema/*.sql")
	if err != nil {
		return err
	}
	var steps []*goose.Migration
	for _, file := range files {
		version, err := goose.NumericComponent(file)
		if err != nil {
			return err
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			text, err := d.statements(s.FS, file)
			if err == nil {
				_, err = tx.ExecContext(ctx, text)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			return nil
		}}, nil))
	}
	dialect := database.DialectSQLite3
	if d.pg {
		dialect = database.DialectPostgres
	}
	store, err := database.NewStore(dialect, "schema_"+s.Name)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectCustom, target, nil, goose.WithStore(store), goose.WithDisableGlobalRegistry(true),
		goose.WithGoMigrations(steps...))
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

// statements returns the text of a file of schema, with the few words filled in in
// which the DDL of the two databases differs.
func (d *DB) statements(schema fs.FS, file string) (string, error) {
	b, err := fs.ReadFile(schema, file)
	if err != nil {
		return "", err
	}
	serial, norowid := "INTEGER PRIMARY KEY AUTOINCREMENT", "WITHOUT ROWID"
	if d.pg {
		serial, norowid = "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", ""
	}
	t, err := template.New(file).Funcs(template.FuncMap{
		"serial":   func() string { return serial },
		"norowid":  func() string { return norowid },
		"postgres": func() bool { return d.pg },
	}).Parse(string(b))
	if err != nil {
		return "", err
	}
	var text strings.Builder
	if err := t.Execute(&text, nil); err != nil {
		return "", err
	}
	return text.String(), nil
}
