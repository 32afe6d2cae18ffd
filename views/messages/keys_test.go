package messages

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// uses finds the keys that code and templates name in so many words. The last group of
// each pattern is the key.
var uses = []*regexp.Regexp{
	regexp.MustCompile(`\b(?:views\.)?T\(ctx,\s*"([^"]+)"`),
	regexp.MustCompile(`\bmessages\.Text\([^,"]+,\s*"([^"]+)"`),
	regexp.MustCompile(`\bRefuse\([\w.]+,\s*"([^"]+)"`),
	regexp.MustCompile(`\.(?:Add|Must)\((?:[^"\n]*,\s*)?"[^"]*",\s*"(err\.[^"]+)"`),
	regexp.MustCompile(`\.Must\([^\n]*?,\s*[^,\n]+,\s*"(err\.[^"]+)"`),
	regexp.MustCompile(`\.Line\([^,\n]+,\s*"([^"]+)"`),
	regexp.MustCompile(`\bLabel\("([^"]+)"\)`),
	regexp.MustCompile(`\b(?:Label|Hint|Key|Title):\s*"([a-z_]+\.[a-zA-Z_.0-9]+)"`),
	regexp.MustCompile(`"(err\.[a-z0-9_]+(?:\.[a-z0-9_]+)*)"`),
}

// missingKind finds domain.Missing("order"), whose key is err.missing.order.
var missingKind = regexp.MustCompile(`\bMissing\("([^"]+)"\)`)

// Every key that is named anywhere must have its row, or a person reads the key.
func TestEveryKeyInTheSourceHasItsSentence(t *testing.T) {
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the source is not where this test looks for it: %v", err)
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if n := d.Name(); n != "." && n != ".." && strings.HasPrefix(n, ".") || n == "testdata" {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") ||
			!strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for _, key := range keysIn(string(b)) {
			if !Has(key) {
				t.Errorf("%s names %q, which has no row", strings.TrimPrefix(path, root+"/"), key)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("looked at %d files only", files)
	}
}

func keysIn(src string) (keys []string) {
	var lines []string
	for _, l := range strings.Split(src, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(l), "//") {
			lines = append(lines, l)
		}
	}
	src = strings.Join(lines, "\n")
	for _, re := range uses {
		for _, m := range re.FindAllStringSubmatch(src, -1) {
			if k := m[len(m)-1]; !strings.HasSuffix(k, ".") {
				keys = append(keys, k)
			}
		}
	}
	for _, m := range missingKind.FindAllStringSubmatch(src, -1) {
		keys = append(keys, "err.missing."+m[1])
	}
	return keys
}

func TestKeysAreFound(t *testing.T) {
	src := `
	// T(ctx, "not.in.a.comment")
	views.T(ctx, "a.b") messages.Text(lang, "c.d", "n", 1)
	domain.Refuse(domain.Conflict, "err.e")
	c.Add("qty", "err.f") ; c.Must(x > 0, "qty", "err.g") ; c.Line("name", "auth.h", s, true, 80)
	domain.Missing("order") ; domain.Label("i.j")
	FieldProps{Label: "k.l", Hint: "m.n"} ; T(ctx, "status."+x)
	`
	got := map[string]bool{}
	for _, k := range keysIn(src) {
		got[k] = true
	}
	for _, want := range []string{"a.b", "c.d", "err.e", "err.f", "err.g", "auth.h", "err.missing.order", "i.j", "k.l", "m.n"} {
		if !got[want] {
			t.Errorf("%s was not found", want)
		}
	}
	for _, not := range []string{"not.in.a.comment", "status."} {
		if got[not] {
			t.Errorf("%s was found", not)
		}
	}
}
