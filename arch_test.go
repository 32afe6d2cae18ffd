package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// An importRule says what the files of one place may import. The first rule whose
// pattern matches a file counts, and a file without a rule is a mistake.
//
// In files, * stands for one name and ** for any rest. In may, std is the standard
// library without what needs a right of its own (see guarded), {1} is what the
// first * of files stood for, a path with /... includes what is below it, and a
// path after ! is refused whatever else is said.
type importRule struct {
	files string
	may   []string
	// example is a file this rule is for, and refused are imports it must not
	// have: TestImportRulesCatchBreaks plants each of them.
	example string
	refused []string
}

// guarded are the standard packages that std does not include: who may open a
// database or speak HTTP is what the architecture is about.
var guarded = []string{"database/sql/...", "net/http/...", "net/smtp", "testing/...", "net/rpc/...", "plugin"}

// A context decides in its <ctx>.go, stores in store.go, and never sees another
// context: it speaks to them in events, or through an interface that main fills.
var importRules = []importRule{
	{
		files: "domain/*.go", may: []string{"std"},
		example: "domain/id.go",
		refused: []string{"net/http", "database/sql", "daybreak/domain/event", "github.com/google/uuid", "testing"},
	},
	{
		files: "domain/event/*.go", may: []string{"std", "daybreak/domain"},
		example: "domain/event/orders.go",
		refused: []string{"daybreak/domain/db", "daybreak/domain/orders", "database/sql"},
	},
	{
		files:   "domain/event/eventtest/*.go",
		may:     []string{"std", "testing/...", "daybreak/domain", "daybreak/domain/event"},
		example: "domain/event/eventtest/states.go",
		refused: []string{"daybreak/domain/db", "daybreak/domain/orders", "net/http"},
	},
	{
		files: "domain/db/dbtest/*.go",
		may: []string{"std", "testing/...", "database/sql/...", "daybreak/domain", "daybreak/domain/event",
			"daybreak/domain/db", "modernc.org/sqlite/...", "github.com/jackc/pgx/v5/..."},
		example: "domain/db/dbtest/dbtest.go",
		refused: []string{"daybreak/domain/stock", "daybreak/queue", "net/http"},
	},
	{
		files: "domain/db/*.go",
		may: []string{"std", "database/sql/...", "daybreak/domain", "daybreak/domain/event",
			"modernc.org/sqlite/...", "github.com/jackc/pgx/v5/...", "github.com/pressly/goose/v3/..."},
		example: "domain/db/open.go",
		refused: []string{"daybreak/domain/orders", "daybreak/queue", "net/http", "testing"},
	},
	{
		// The decisions: pure, so that a table can test them.
		files: "domain/*/{1}.go", may: []string{"std", "daybreak/domain", "daybreak/domain/event"},
		example: "domain/orders/orders.go",
		refused: []string{"daybreak/domain/db", "database/sql", "net/http", "daybreak/domain/stock", "github.com/go-chi/chi/v5"},
	},
	{
		files: "domain/accounts/*.go",
		may: []string{"std", "daybreak/domain", "daybreak/domain/event", "daybreak/domain/db", "golang.org/x/text/...",
			"github.com/alexedwards/argon2id"},
		example: "domain/accounts/passwords.go",
		refused: []string{"github.com/alexedwards/scs/v2", "net/http", "daybreak/domain/orders"},
	},
	{
		files: "domain/rooms/*.go",
		may: []string{"std", "daybreak/domain", "daybreak/domain/event", "daybreak/domain/db",
			"github.com/arran4/golang-ical"},
		example: "domain/rooms/feeds.go",
		refused: []string{"net/http", "database/sql", "daybreak/domain/orders", "github.com/emersion/go-ical"},
	},
	{
		files:   "domain/*/*.go",
		may:     []string{"std", "daybreak/domain", "daybreak/domain/event", "daybreak/domain/db", "golang.org/x/text/..."},
		example: "domain/payment/commands.go",
		refused: []string{"daybreak/domain/orders", "daybreak/domain/payment/gateway", "database/sql", "net/http",
			"daybreak/queue", "daybreak/web", "daybreak/views", "github.com/jackc/pgx/v5"},
	},
	{
		files: "domain/payment/gateway/*.go",
		may: []string{"std", "net/http/...", "daybreak/domain", "daybreak/domain/payment",
			"github.com/failsafe-go/failsafe-go/..."},
		example: "domain/payment/gateway/client.go",
		refused: []string{"daybreak/domain/db", "daybreak/domain/orders", "daybreak/queue", "database/sql"},
	},
	{
		files: "domain/payment/stripe/*.go",
		may: []string{"std", "net/http/...", "daybreak/domain", "daybreak/domain/payment",
			"github.com/stripe/stripe-go/v85/..."},
		example: "domain/payment/stripe/stripe.go",
		refused: []string{"daybreak/domain/db", "daybreak/domain/payment/gateway", "daybreak/views", "database/sql"},
	},
	{
		files: "domain/notify/mail/*.go",
		may: []string{"std", "daybreak/domain", "daybreak/domain/notify", "github.com/wneessen/go-mail/...",
			"golang.org/x/net/idna"},
		example: "domain/notify/mail/mail.go",
		refused: []string{"net/http", "net/smtp", "daybreak/domain/db", "daybreak/domain/accounts", "daybreak/domain/notify/chat",
			"daybreak/views", "golang.org/x/net/proxy", "github.com/emersion/go-smtp"},
	},
	{
		files:   "domain/notify/chat/*.go",
		may:     []string{"std", "net/http/...", "daybreak/domain", "daybreak/domain/notify"},
		example: "domain/notify/chat/chat.go",
		refused: []string{"daybreak/domain/db", "daybreak/domain/accounts", "daybreak/domain/notify/mail", "daybreak/views",
			"database/sql", "net/smtp", "github.com/wneessen/go-mail"},
	},
	{
		// An adapter knows its own context and the world outside; only main knows it.
		files:   "domain/*/*/*.go",
		may:     []string{"std", "net/http/...", "daybreak/domain", "daybreak/domain/{1}"},
		example: "domain/payment/sandbox/sandbox.go",
		refused: []string{"daybreak/domain/db", "daybreak/domain/orders", "daybreak/domain/payment/gateway", "daybreak/views", "net/smtp"},
	},
	{
		files:   "queue/queuetest/*.go",
		may:     []string{"std", "testing/...", "daybreak/domain", "daybreak/domain/event", "daybreak/domain/db/...", "daybreak/queue"},
		example: "queue/queuetest/suite.go",
		refused: []string{"daybreak/domain/orders", "github.com/rabbitmq/amqp091-go", "daybreak/web"},
	},
	{
		files: "queue/amqp*.go",
		may: []string{"std", "daybreak/domain", "daybreak/domain/event", "daybreak/domain/db",
			"github.com/rabbitmq/amqp091-go"},
		example: "queue/amqp.go",
		refused: []string{"daybreak/domain/orders", "daybreak/web", "database/sql", "testing"},
	},
	{
		files:   "queue/*.go",
		may:     []string{"std", "daybreak/domain", "daybreak/domain/event", "daybreak/domain/db"},
		example: "queue/memory.go",
		refused: []string{"github.com/rabbitmq/amqp091-go", "daybreak/domain/orders", "daybreak/views", "daybreak/domain/db/dbtest"},
	},
	{
		files: "static/*.go", may: []string{"std"},
		example: "static/embed.go",
		refused: []string{"daybreak/domain", "daybreak/views", "net/http"},
	},
	{
		files: "views/messages/*.go", may: []string{"std", "daybreak/domain", "golang.org/x/text/..."},
		example: "views/messages/messages.go",
		refused: []string{"daybreak/domain/orders", "daybreak/views", "github.com/a-h/templ", "net/http"},
	},
	{
		// Contexts' types to draw, but nothing that could fetch or change anything.
		files: "views/**.go",
		may: []string{"std", "daybreak/domain", "daybreak/domain/*", "!daybreak/domain/db", "daybreak/views/...",
			"daybreak/static", "github.com/a-h/templ/...", "github.com/boombuler/barcode/code128", "github.com/boombuler/barcode/qr"},
		example: "views/ui/table.go",
		refused: []string{"daybreak/domain/db", "daybreak/queue", "daybreak/web", "net/http", "database/sql", "daybreak/domain/payment/gateway"},
	},
	{
		files: "web/**.go",
		may: []string{"std", "net/http/...", "daybreak/domain", "daybreak/domain/*", "!daybreak/domain/db",
			"daybreak/views/...", "daybreak/static", "daybreak/web/...", "github.com/a-h/templ/...",
			"github.com/alexedwards/scs/v2/...", "github.com/danielgtaylor/huma/v2/...", "github.com/go-chi/chi/v5/...",
			"github.com/go-chi/httprate/...", "golang.org/x/text/...", "github.com/klauspost/compress/gzhttp/...",
			"github.com/prometheus/client_golang/..."},
		example: "web/orders.go",
		refused: []string{"daybreak/domain/db", "daybreak/queue", "database/sql", "daybreak/domain/payment/gateway",
			"daybreak/domain/notify/mail", "testing", "github.com/rabbitmq/amqp091-go"},
	},
	// The load generator is a program of its own, outside the house.
	{files: "bench/**.go", may: []string{"all"}, example: "bench/main.go"},
	// main and the files beside it wire everything.
	{files: "*.go", may: []string{"all"}, example: "main.go"},
}

// match reports whether the rule is for file, and what its wildcards stood for.
func (r importRule) match(file string) (parts []string, ok bool) {
	re := regexp.QuoteMeta(r.files)
	re = strings.ReplaceAll(re, `\*\*`, `(.+)`)
	re = strings.ReplaceAll(re, `\*`, `([^/]*)`)
	re = strings.ReplaceAll(re, `\{1\}`, `([^/]+)`)
	m := regexp.MustCompile("^" + re + "$").FindStringSubmatch(file)
	if m == nil || strings.Contains(r.files, "{1}") && m[1] != m[2] {
		return nil, false
	}
	return m[1:], true
}

// allows reports whether a file whose wildcards stood for parts may import imp.
func (r importRule) allows(imp string, parts []string) bool {
	ok := false
	for _, may := range r.may {
		if len(parts) > 0 {
			may = strings.ReplaceAll(may, "{1}", parts[0])
		}
		not, refuses := strings.CutPrefix(may, "!")
		switch {
		case refuses && covers(not, imp):
			return false
		case refuses:
		case may == "all", may == "std" && plainStd(imp), covers(may, imp):
			ok = true
		}
	}
	return ok
}

// covers reports whether the pattern of a path, which may end in /... or /*, is for imp.
func covers(pattern, imp string) bool {
	if base, tree := strings.CutSuffix(pattern, "/..."); tree {
		return imp == base || strings.HasPrefix(imp, base+"/")
	}
	ok, _ := filepath.Match(pattern, imp)
	return ok
}

func plainStd(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	if strings.Contains(first, ".") || first == "daybreak" {
		return false
	}
	for _, g := range guarded {
		if covers(g, imp) {
			return false
		}
	}
	return true
}

// importBreaks tells which imports of the source break the rules.
func importBreaks(file string, src []byte) ([]string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	for _, r := range importRules {
		parts, ok := r.match(file)
		if !ok {
			continue
		}
		var breaks []string
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return nil, err
			}
			if !r.allows(imp, parts) {
				breaks = append(breaks, file+" ("+r.files+") must not import "+imp)
			}
		}
		return breaks, nil
	}
	return []string{file + " has no rule: is it in the right folder?"}, nil
}

// eachSource calls do with every file of the project that has one of the endings.
// The name is relative and has slashes.
func eachSource(t *testing.T, endings string, do func(file string, src []byte)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != "." && strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		ext := filepath.Ext(name)
		if ext == "" || !strings.Contains(endings+" ", ext+" ") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err == nil {
			do(filepath.ToSlash(path), src)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestImports(t *testing.T) {
	files := 0
	eachSource(t, ".go", func(file string, src []byte) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		files++
		breaks, err := importBreaks(file, src)
		if err != nil {
			t.Error(err)
		}
		for _, b := range breaks {
			t.Error(b)
		}
	})
	if files < 10 {
		t.Errorf("only %d files were read, so this proves nothing", files)
	}
}

// The rules are worth something only if they catch a break.
func TestImportRulesCatchBreaks(t *testing.T) {
	for i, r := range importRules {
		breaks, err := importBreaks(r.example, []byte("package x\n"))
		if err != nil || len(breaks) > 0 {
			t.Errorf("%s without imports: %v %v", r.example, breaks, err)
		}
		for j, other := range importRules {
			if _, ok := other.match(r.example); ok {
				if i != j {
					t.Errorf("%s, an example of %s, falls under %s", r.example, r.files, other.files)
				}
				break
			}
		}
		if len(r.refused) == 0 && r.may[0] != "all" {
			t.Errorf("%s refuses nothing", r.files)
		}
		for _, imp := range r.refused {
			breaks, err := importBreaks(r.example, []byte("package x\n\nimport _ \"fmt\"\nimport _ \""+imp+"\"\n"))
			if err != nil || len(breaks) != 1 {
				t.Errorf("%s importing %s went unseen: %v %v", r.example, imp, breaks, err)
			}
		}
	}
	for _, file := range []string{"cmd/tool/main.go", "domain/a/b/c/d.go", "util/util.go"} {
		if breaks, err := importBreaks(file, []byte("package x\n")); err != nil || len(breaks) != 1 {
			t.Errorf("%s is in no place of the architecture and went unseen", file)
		}
	}
}
