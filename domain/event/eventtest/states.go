// Package eventtest has the tables that say what every decision of a context does in
// every state. What a table leaves out is found in the source, so that a state or a
// command cannot be added without saying what it does.
package eventtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

// Table says what the decisions about an aggregate do in each of its states.
type Table struct {
	States []string
	// Decisions are the methods that decide. Parts are those of them that are steps of
	// others.
	Decisions, Parts []string
	// Commands are what people can ask the service for, each with the decision it comes
	// to; "" if that does not depend on a state.
	Service  any
	Commands map[string]string
	Rows     []Row
}

// Row is a decision in all states. Name begins with that of the method.
type Row struct {
	Name string
	// Do lets an aggregate in the state decide and returns what Said says of it.
	Do func(from string) string
	// Want is what is to be said, by states with spaces between them.
	Want map[string]string
}

// Said puts what a decision did into a word: "PLACED placed" is the new state and the
// events, without their context; "= changed" is an event that leaves the state as it is,
// "=" nothing at all. A refusal is its message key; it is a Conflict that names the state.
func Said(from, to string, err error, evs ...event.Event) string {
	if err != nil {
		e, ok := err.(*domain.Error)
		switch {
		case !ok:
			return "failed: " + err.Error()
		case e.Code != domain.Conflict || e.Current != from:
			return fmt.Sprintf("%s, but %s of one in state %q", e.Key, e.Code, e.Current)
		case to != from:
			return fmt.Sprintf("%s, but now %s", e.Key, to)
		}
		return e.Key
	}
	words := []string{to}
	if to == from {
		words[0] = "="
	}
	for _, ev := range evs {
		if ev == nil {
			continue
		}
		_, name, _ := strings.Cut(strings.TrimSuffix(ev.Name(), ".v1"), ".")
		words = append(words, name)
	}
	return strings.Join(words, " ")
}

// Check fails t with all that Wrong finds.
func (tab Table) Check(t *testing.T) {
	t.Helper()
	for _, what := range tab.Wrong() {
		t.Error(what)
	}
}

// Wrong tells what is missing in the table, or done otherwise than it says.
func (tab Table) Wrong() (wrong []string) {
	rows := map[string]bool{}
	for _, r := range tab.Rows {
		decision, _, _ := strings.Cut(r.Name, " ")
		rows[decision] = true
		wrong = append(wrong, r.wrong(tab.States)...)
	}
	for _, d := range tab.Decisions {
		if !rows[d] && !slices.Contains(tab.Parts, d) {
			wrong = append(wrong, d+" decides, and there is no row for it")
		}
	}
	if tab.Service == nil {
		return wrong
	}
	for _, c := range commands(tab.Service) {
		switch d, known := tab.Commands[c]; {
		case !known:
			wrong = append(wrong, c+" is a command, and nobody says what decides about it")
		case d != "" && !rows[d]:
			wrong = append(wrong, c+" comes to "+d+", and there is no row for it")
		}
	}
	return wrong
}

func (r Row) wrong(states []string) (wrong []string) {
	want := map[string]string{}
	for in, outcome := range r.Want {
		for _, state := range strings.Fields(in) {
			if want[state] != "" || !slices.Contains(states, state) {
				wrong = append(wrong, fmt.Sprintf("%s: %s is there twice, or no state", r.Name, state))
			}
			want[state] = outcome
		}
	}
	for _, state := range states {
		got := r.Do(state)
		switch {
		case want[state] == "":
			wrong = append(wrong, fmt.Sprintf("%s when %s: %s, and the table does not know the state", r.Name, state, got))
		case want[state] != got:
			wrong = append(wrong, fmt.Sprintf("%s when %s: %s, want %s", r.Name, state, got, want[state]))
		}
	}
	return wrong
}

// commands are the exported methods of a service that are told who asks.
func commands(service any) (names []string) {
	typ := reflect.TypeOf(service)
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		for j := range m.Type.NumIn() {
			if m.Type.In(j) == reflect.TypeFor[domain.Actor]() {
				names = append(names, m.Name)
			}
		}
	}
	return names
}

// States returns the states of "an order", "a payment", …: the constants of package
// event of which its source says so. The package that is tested lies beside event.
func States(t *testing.T, of string) (states []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "event", "status.go"), nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		d, ok := decl.(*ast.GenDecl)
		if !ok || d.Tok != token.CONST || !strings.HasPrefix(d.Doc.Text(), "The states of "+of+".") {
			continue
		}
		for _, spec := range d.Specs {
			for _, v := range spec.(*ast.ValueSpec).Values {
				state, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				states = append(states, state)
			}
		}
	}
	if len(states) < 3 {
		t.Fatalf("the states of %s are not where they should be: %v", of, states)
	}
	return states
}

// Decisions returns the methods of a type of the package that is tested which return
// made: event.Event, or what stands for it there.
func Decisions(t *testing.T, typ, made string) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv != nil && text(f.Recv.List[0].Type) == typ && returns(f, made) {
				names = append(names, f.Name.Name)
			}
		}
	}
	if len(names) == 0 {
		t.Fatalf("no method of %s returns %s", typ, made)
	}
	return names
}

func returns(f *ast.FuncDecl, made string) bool {
	return f.Type.Results != nil && slices.ContainsFunc(f.Type.Results.List, func(r *ast.Field) bool { return text(r.Type) == made })
}

// text is a type as it is written, without what says that there may be many of it.
func text(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return text(e.X)
	case *ast.ArrayType:
		return text(e.Elt)
	case *ast.SelectorExpr:
		return text(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return ""
}
