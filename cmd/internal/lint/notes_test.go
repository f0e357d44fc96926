package lint

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"portreg/cmd/internal/artefact"
)

// rows counts the rows of the table that have a note.
func rows(note string) (n int) {
	for _, r := range Rules() {
		if slices.Contains(r.notes, note) {
			n++
		}
	}
	return n
}

// Every note that the code can give, by its name, is a finding of one rule, and no rule
// waits for a note that nothing gives.
func TestNotesHaveRows(t *testing.T) {
	given := map[string]bool{}
	for _, dir := range []string{"../artefact", "../../../regfile", "../../../ranges/unattend"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, file := range files {
			if !strings.HasSuffix(file, "_test.go") {
				noteNames(t, file, given)
			}
		}
	}
	if len(given) < 55 {
		t.Errorf("only %d names found: %q", len(given), slices.Sorted(maps.Keys(given)))
	}
	for name := range given {
		if n := rows(name); n != 1 {
			t.Errorf("note %q is in %d rows", name, n)
		}
	}
	for _, r := range Rules() {
		for _, name := range r.notes {
			if !given[name] {
				t.Errorf("%s: no note is called %q", r.Name, name)
			}
		}
	}
}

// noteNames finds the names of notes in a file: they are the constants of fields and
// variables called rule, of the functions that note things, and of the tables of rules.
func noteNames(t *testing.T, file string, given map[string]bool) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	add := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if name, _ := strconv.Unquote(lit.Value); name != "" {
				given[name] = true
			}
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if name, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(name.Name, "rule") {
				add(n.Value)
			}
		case *ast.AssignStmt:
			if at, ok := n.Lhs[0].(*ast.SelectorExpr); ok && at.Sel.Name == "rule" {
				add(n.Rhs[0])
			}
		case *ast.FuncDecl:
			if n.Name.Name == "ruleText" {
				caseNames(n, add)
			}
		case *ast.CallExpr:
			if i, ok := noting[calledName(n)]; ok && i < len(n.Args) {
				add(n.Args[i])
			}
		case *ast.CompositeLit:
			tableNames(n, add)
		}
		return true
	})
}

// noting are the functions that note things, and which of their arguments is the name.
var noting = map[string]int{"noteOdd": 1, "addNote": 1, "add": 0}

func calledName(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// caseNames adds the constants of a switch.
func caseNames(f *ast.FuncDecl, add func(ast.Expr)) {
	ast.Inspect(f, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			for _, e := range c.List {
				add(e)
			}
		}
		return true
	})
}

// tableNames adds the first constant of a fault{…} and of each row of a []rule{…}.
func tableNames(c *ast.CompositeLit, add func(ast.Expr)) {
	if typ, ok := c.Type.(*ast.Ident); ok && typ.Name == "fault" && len(c.Elts) > 0 {
		add(c.Elts[0])
	}
	typ, ok := c.Type.(*ast.ArrayType)
	if !ok {
		return
	}
	if of, ok := typ.Elt.(*ast.Ident); ok && of.Name == "rule" {
		for _, row := range c.Elts {
			add(row.(*ast.CompositeLit).Elts[0])
		}
	}
}

// Each note of the fixtures is a finding at its place.
func TestNotesAreFindings(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/*/*.*")
	if err != nil {
		t.Fatal(err)
	}
	notes := 0
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		c, err := artefact.Read(file, strings.NewReader(string(src)), artefact.Options{Proto: 1, Written: true})
		if err != nil {
			continue
		}
		notes += len(c.Notes)
		checkFindings(t, c, Options{})
	}
	if notes < 30 {
		t.Errorf("the fixtures have %d notes only", notes)
	}
}

var oneLine = regexp.MustCompile(`^[^\n\r]+$`)

// checkFindings checks what holds for the findings in any file.
func checkFindings(t *testing.T, c *artefact.Content, o Options) {
	t.Helper()
	ff := Check(c, o)
	for i, f := range ff {
		if rank := slices.IndexFunc(Rules(), func(r Rule) bool { return r.Name == f.Rule }); rank < 0 || f.File != c.File || f.Line < 1 || f.Col < 1 || !oneLine.MatchString(f.Text) {
			t.Errorf("%s: %+v", c.File, f)
		}
		if i > 0 && (ff[i-1].Line > f.Line || ff[i-1].Line == f.Line && ff[i-1].Col > f.Col) {
			t.Errorf("%s: %+v stands behind %+v", c.File, f, ff[i-1])
		}
	}
	for _, n := range c.Notes {
		told := slices.ContainsFunc(ff, func(f Finding) bool { return f.Line == n.Line && f.Col == n.Col && f.Text == n.Text })
		ignored := slices.ContainsFunc(c.Directives, func(d artefact.Directive) bool { return d.First <= n.Line && n.Line <= d.Last })
		if !told && !ignored && len(ff) < maxFindings {
			t.Errorf("%s: the note %+v is no finding", c.File, n)
		}
	}
}
