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
	for _, dir := range []string{"../artefact", "../../../regfile", "../../../regfile/gpo", "../../../ranges/unattend", "../../../regfile/gpp", "../../../regfile/hive", "../../../regfile/lgpo", "../../../regfile/pol", "../../../regfile/samba"} {
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
var noting = map[string]int{"noteOdd": 1, "addNote": 1, "add": 0, "note": 0, "drop": 1, "noteOf": 2, "noteAt": 2}

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
		c, err := artefact.Read(file, strings.NewReader(string(src)), artefact.Options{Proto: 1, Written: true, Faults: true})
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

// ignoredLines are bodies of a key that each have one note of the rule ignored-line, at
// the mark; the file's first four lines stand before them. What regedit does is tested
// where the notes are given.
var ignoredLines = map[string]string{
	"stray-line":          "§ReservedPorts=hex(7):00,00",
	"swallowed-line":      "\"A\"=hex:31,\\\n§\"ReservedPorts\"=hex(7):00,00",
	"key-unclosed":        "§[HKEY_USERS\\A",
	"key-blank":           "§[ HKEY_USERS\\A]",
	"key-too-long":        "§[HKEY_USERS\\" + strings.Repeat("x", 70_000) + "]",
	"key-nul":             "§[HKEY_USERS\\A\x00]",
	"name-unclosed":       "§\"A=hex(7):00,00",
	"name-too-long":       "§\"" + strings.Repeat("n", 70_000) + "\"=\"\"",
	"name-escape":         "\"A§\\0\"=\"\"",
	"name-nul":            "\"A§\x00\"=\"\"",
	"no-equals":           "\"A\" §hex:31",
	"no-data":             "\"A\"=§",
	"no-key":              "[-HKEY_USERS\\A]\n§\"A\"=\"\"",
	"unknown-type":        "\"A\"=§DWORD:1",
	"delete-junk":         "\"A\"=-§x",
	"delete-root":         "§[-HKEY_USERS]",
	"dword-empty":         "\"A\"=dword:§",
	"dword-digits":        "\"A\"=dword:§0x1",
	"hex-digits":          "\"A\"=hex:§100",
	"hex-comma":           "\"A\"=hex:31,§,32",
	"hex-blank":           "\"A\"=hex:31 §,32",
	"hex-line-blank":      "\"A\"=hex:31,\\\n  32,§ ",
	"hex-semicolon":       "\"A\"=hex:31;00§;32;00",
	"continuation-comma":  "\"A\"=hex:31§\\",
	"continuation-junk":   "\"A\"=hex:31,\\§x",
	"continuation-broken": "\"A\"=hex:31,\\\n§#\n",
	"open-quote":          "§\"A\"=\"open",
	"string-escape":       "\"A\"=\"§\\0\"",
	"string-nul":          "\"A\"=\"§\x00\"",
	"string-junk":         "\"A\"=\"a\"§b",
}

func TestIgnoredLines(t *testing.T) {
	i := slices.IndexFunc(Rules(), func(r Rule) bool { return r.Name == "ignored-line" })
	if names := slices.Sorted(maps.Keys(ignoredLines)); !slices.Equal(names, slices.Sorted(slices.Values(Rules()[i].notes))) {
		t.Errorf("%q", names)
	}
	for name, body := range ignoredLines {
		before, after, _ := strings.Cut(body, "§")
		text := "REGEDIT4\n\n[HKEY_USERS\\B]\n\n" + before + after + "\n\n"
		c, err := artefact.Read("", strings.NewReader(text), artefact.Options{Faults: true})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(before, "\n")
		line, col := 4+len(lines), 1+len(lines[len(lines)-1])
		at := func(n artefact.Note) bool { return n.Rule == name && n.Line == line && n.Col == col }
		if !slices.ContainsFunc(c.Notes, at) {
			t.Errorf("%s: %.60q has the notes %+v", name, body, c.Notes)
		}
		found := func(f Finding) bool {
			return f.Rule == "ignored-line" && f.Severity == Error && f.Line == line && f.Col == col
		}
		if ff := Check(c, Options{}); !slices.ContainsFunc(ff, found) {
			t.Errorf("%s: %.60q finds %+v", name, body, ff)
		}
	}
}
