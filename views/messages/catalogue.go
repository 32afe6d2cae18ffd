package messages

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed *.tsv
var tables embed.FS

// entry is one sentence, split once so that printing it is only joining.
type entry struct{ ko, en, one []segment }

// segment is literal text, or a placeholder with an optional pair of particles.
type segment struct{ text, name, josa string }

var catalogue = load(tables)

// load reads every table. The catalogue is part of the program: a table that cannot be
// read is a bug of the program, so it panics and no test or start gets past it.
func load(fsys fs.FS) map[string]*entry {
	names, err := fs.Glob(fsys, "*.tsv")
	if err != nil {
		panic(err)
	}
	all := map[string]*entry{}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			panic(err)
		}
		if err := read(all, string(b)); err != nil {
			panic(fmt.Sprintf("messages: %s: %v", name, err))
		}
	}
	return all
}

const header = "key\tko\ten\ten_one"

// read adds the lines of one table: key, ko, en and, for a sentence that counts, en_one.
func read(all map[string]*entry, table string) error {
	for i, line := range strings.Split(strings.TrimRight(table, "\n"), "\n") {
		line = strings.TrimSuffix(line, "\r")
		if line == "" || line == header || strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		if len(cells) == 4 && cells[3] == "" {
			cells = cells[:3]
		}
		if len(cells) < 3 || len(cells) > 4 {
			return fmt.Errorf("line %d has %d columns, want key, ko, en[, en_one]", i+1, len(cells))
		}
		key := cells[0]
		if all[key] != nil {
			return fmt.Errorf("line %d: %s is there twice", i+1, key)
		}
		var parts [4][]segment
		for j, c := range cells[1:] {
			var err error
			if parts[j+1], err = split(c); err != nil {
				return fmt.Errorf("line %d, %s: %w", i+1, key, err)
			}
		}
		all[key] = &entry{ko: parts[1], en: parts[2], one: parts[3]}
	}
	return nil
}

// split cuts a sentence at its placeholders {name} and {name:을/를}.
func split(s string) (out []segment, err error) {
	if strings.TrimSpace(s) != s || s == "" {
		return nil, fmt.Errorf("cell %q is empty or has spaces around it", s)
	}
	for s != "" {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			return append(out, segment{text: s}), nil
		}
		if open > 0 {
			out = append(out, segment{text: s[:open]})
		}
		end := strings.IndexByte(s, '}')
		if end < open {
			return nil, fmt.Errorf("a brace is not closed in %q", s)
		}
		name, josa, _ := strings.Cut(s[open+1:end], ":")
		if name == "" || josa != "" && !strings.Contains(josa, "/") {
			return nil, fmt.Errorf("{%s} is not a placeholder", s[open+1:end])
		}
		out = append(out, segment{name: name, josa: josa})
		s = s[end+1:]
	}
	return out, nil
}
