package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"strings"
	"testing"
)

// What a reader can take in at once. Generated and vendored files are not read.
const (
	maxFileLines = 400
	maxFuncLines = 80
)

var generatedBy = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// foreign reports whether nobody here writes the file by hand.
func foreign(file string, src []byte) bool {
	base := path.Base(file)
	return strings.Contains(file, "/vendor/") || strings.Contains(base, ".min.") || strings.HasPrefix(base, "htmx") ||
		strings.HasSuffix(base, "_templ.go") || generatedBy.Match(src)
}

// lengthBreak tells whether the file is too long for one file.
func lengthBreak(file string, src []byte) []string {
	if n := bytes.Count(src, []byte("\n")); n > maxFileLines {
		return []string{fmt.Sprintf("%s has %d lines; the limit is %d", file, n, maxFileLines)}
	}
	return nil
}

// goBreaks tells which functions of a file are too long and which exported names
// have no doc comment. It also returns the package's name and whether this file
// holds the package's comment.
func goBreaks(file string, src []byte) (breaks []string, pkg string, told bool, err error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, file, src, parser.ParseComments)
	if err != nil {
		return nil, "", false, err
	}
	report := func(pos token.Pos, format string, args ...any) {
		breaks = append(breaks, fmt.Sprintf("%s:%d: ", file, set.Position(pos).Line)+fmt.Sprintf(format, args...))
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if n := set.Position(d.End()).Line - set.Position(d.Pos()).Line + 1; n > maxFuncLines {
				report(d.Pos(), "%s has %d lines; the limit is %d", d.Name.Name, n, maxFuncLines)
			}
			if d.Doc == nil && d.Name.IsExported() && exportedReceiver(d) {
				report(d.Pos(), "%s has no doc comment", d.Name.Name)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if name := undocumented(d, spec); name != "" {
					report(spec.Pos(), "%s has no doc comment", name)
				}
			}
		}
	}
	return breaks, f.Name.Name, f.Doc != nil, nil
}

// exportedReceiver reports whether d is a function or the method of an exported type.
func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	typ := d.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.IndexListExpr:
			typ = t.X
		case *ast.Ident:
			return t.IsExported()
		default:
			return false
		}
	}
}

// undocumented returns the first exported name of the declaration that is told
// neither at the name, nor on its line, nor above its group.
func undocumented(d *ast.GenDecl, spec ast.Spec) string {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
			return s.Name.Name
		}
	case *ast.ValueSpec:
		for _, name := range s.Names {
			if name.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
				return name.Name
			}
		}
	}
	return ""
}

func TestFileLengths(t *testing.T) {
	eachSource(t, ".go .templ .css .js", func(file string, src []byte) {
		if foreign(file, src) {
			return
		}
		for _, b := range lengthBreak(file, src) {
			t.Error(b)
		}
	})
}

func TestFunctionsAndComments(t *testing.T) {
	told := map[string]bool{}
	eachSource(t, ".go", func(file string, src []byte) {
		if strings.HasSuffix(file, "_test.go") || foreign(file, src) {
			return
		}
		breaks, pkg, here, err := goBreaks(file, src)
		if err != nil {
			t.Error(err)
			return
		}
		for _, b := range breaks {
			t.Error(b)
		}
		place := path.Dir(file) + " (package " + pkg + ")"
		told[place] = told[place] || here
	})
	for place, ok := range told {
		if !ok {
			t.Errorf("%s has no package comment", place)
		}
	}
}

// The budgets are worth something only if they catch a break.
func TestBudgetsCatchBreaks(t *testing.T) {
	if got := lengthBreak("a.css", bytes.Repeat([]byte("\n"), maxFileLines+1)); len(got) != 1 {
		t.Errorf("a file of %d lines went unseen", maxFileLines+1)
	}
	if got := lengthBreak("a.css", bytes.Repeat([]byte("\n"), maxFileLines)); len(got) != 0 {
		t.Errorf("a file of %d lines: %v", maxFileLines, got)
	}
	long := "func f() {" + strings.Repeat("\n", maxFuncLines) + "}"
	for src, want := range map[string]int{
		long:                                    1,
		strings.Replace(long, "\n", "", 1):      0,
		"func F() {}":                           1,
		"// F is told.\nfunc F() {}":            0,
		"type T struct{}":                       1,
		"type t struct{}\nfunc (*t) F() {}":     0,
		"type t[K any] int\nfunc (t[K]) F() {}": 0,
		"// T is told.\ntype T[K any] int\nfunc (t *T[K]) F() {}": 1,
		"const A, b = 1, 2": 1,
		"// Both are told.\nconst (\n\tA = 1\n\tB = 2\n)": 0,
		"var (\n\tA = 1 // told\n\tB = 2\n)":              1,
	} {
		got, _, told, err := goBreaks("x.go", []byte("package x\n\n"+src+"\n"))
		if err != nil || told || len(got) != want {
			t.Errorf("%q: want %d breaks, got %v %v", src, want, got, err)
		}
	}
	if _, _, told, err := goBreaks("x.go", []byte("// Package x is told.\npackage x\n")); err != nil || !told {
		t.Errorf("a package comment went unseen: %v", err)
	}
}
