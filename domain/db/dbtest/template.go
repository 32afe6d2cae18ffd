package dbtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"daybreak/domain/db"
)

// templates holds, for each set of schemas this process has asked for, a function that
// returns the bytes of a SQLite file with their tables.
var templates sync.Map

// fromTemplate writes the file of dsn with the tables of schemas, if there is none yet.
// They are made once: a migration waits for the disk some thirty times.
func fromTemplate(dsn string, schemas []db.Schema) (done bool, err error) {
	path, ok := strings.CutPrefix(dsn, "sqlite:")
	if !ok {
		return false, nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	key, err := digest(schemas)
	if err != nil {
		return false, err
	}
	made, _ := templates.LoadOrStore(key, sync.OnceValues(func() ([]byte, error) { return makeTemplate(schemas) }))
	b, err := made.(func() ([]byte, error))()
	if err != nil {
		return false, err
	}
	return true, os.WriteFile(path, b, 0o600)
}

// digest tells sets of schemas apart: tests have schemas of their own, of the same name.
func digest(schemas []db.Schema) (key [sha256.Size]byte, err error) {
	h := sha256.New()
	for _, s := range schemas {
		files, err := fs.Glob(s.FS, "schema/*.sql")
		if err != nil {
			return key, err
		}
		for _, file := range files {
			b, err := fs.ReadFile(s.FS, file)
			if err != nil {
				return key, err
			}
			fmt.Fprintf(h, "%s %s %d %s", s.Name, file, len(b), b)
		}
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}

func makeTemplate(schemas []db.Schema) (b []byte, err error) {
	dir, err := os.MkdirTemp("", "dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	ctx := context.Background() // of no single test
	d, err := db.Open(ctx, "sqlite:"+path, db.Options{})
	if err != nil {
		return nil, err
	}
	err = d.Migrate(ctx, schemas...)
	if err := errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
		return nil, fmt.Errorf("%s is closed, but its log has %d bytes", path, log.Size())
	}
	return os.ReadFile(path)
}
