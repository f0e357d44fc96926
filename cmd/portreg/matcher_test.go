package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"portreg/cmd/internal/report"
)

// A matcher is a problem matcher of a single pattern; the numbers are those of groups.
type matcher struct {
	Owner, Severity string // the severity where the pattern has none
	Pattern         []struct {
		Regexp                                      regexp.Regexp
		File, Line, Column, Severity, Message, Code int
	}
}

// An annotation is what GitHub shows at a place.
type annotation struct {
	File, Kind, Text, Rule string
	Line, Column           int
}

// annotate reads a line as actions/runner does, IssueMatcher and
// OutputManager.ConvertToIssue: a severity that it does not know makes no annotation,
// and the next matcher is tried.
func annotate(matchers []matcher, line string) (all []annotation) {
	for _, m := range matchers {
		p := m.Pattern[0]
		groups := p.Regexp.FindStringSubmatch(line)
		if groups == nil || groups[p.Message] == "" {
			continue
		}
		kind := "error"
		if m.Severity != "" {
			kind = m.Severity
		}
		if p.Severity > 0 && groups[p.Severity] != "" {
			kind = groups[p.Severity]
		}
		if kind != "error" && kind != "warning" && kind != "notice" {
			continue
		}
		at, err := strconv.Atoi(groups[p.Line])
		column, columnErr := strconv.Atoi(groups[p.Column])
		if err == nil && columnErr == nil {
			all = append(all, annotation{groups[p.File], kind, groups[p.Message], groups[p.Code], at, column})
		}
	}
	return all
}

func matchers(t *testing.T) []matcher {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(moduleRoot, ".github", "portreg-matcher.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ ProblemMatcher []matcher }
	if err := json.Unmarshal(src, &file); err != nil {
		t.Fatal(err)
	}
	return file.ProblemMatcher
}

// What GitHub makes of the lines of lint is what lint -f json says, in any order of the
// matchers. The SARIF of each rule is checked, too.
func TestLintForms(t *testing.T) {
	t.Parallel()
	ms := matchers(t)
	backwards := []matcher{ms[1], ms[0]}
	sarif, err := jsonschema.NewCompiler().Compile(filepath.Join(testdata, "schema", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	kinds, rules := map[string]bool{}, map[string]bool{}
	for _, file := range someFiles(t) {
		args := []string{"lint", "-t", "2003", "--protocol", "tcp", file, "-f"}
		status, text, _ := portreg("", append(args, "text")...)
		if status == statusTrouble {
			continue
		}
		var findings []struct {
			File, Severity, Rule, Text string
			Line, Column               int
		}
		_, out, _ := portreg("", append(args, "json")...)
		if err := json.Unmarshal([]byte(out), &findings); err != nil {
			t.Fatal(err)
		}
		news := false
		for i, f := range findings {
			line, rest, _ := strings.Cut(text, "\n")
			text = rest
			kind := strings.Replace(f.Severity, "info", "notice", 1)
			news = news || !rules[f.Rule]
			kinds[kind], rules[f.Rule] = true, true
			want := annotation{f.File, kind, report.Printable(f.Text), f.Rule, f.Line, f.Column}
			for _, ms := range [][]matcher{ms, backwards} {
				if got := annotate(ms, line); len(got) != 1 || got[0] != want {
					t.Errorf("%s: finding %d, %q is %+v, want %+v", file, i, line, got, want)
				}
			}
		}
		if text != "" {
			t.Errorf("%s: more than the findings: %q", file, text)
		}
		if !news {
			continue
		}
		_, log, _ := portreg("", append(args, "sarif")...)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(log))
		if err == nil {
			err = sarif.Validate(value)
		}
		if n := strings.Count(log, `"ruleIndex"`); err != nil || n != len(findings) {
			t.Errorf("%s: %d results of %d findings, %v", file, n, len(findings), err)
		}
	}
	if len(kinds) != 3 || len(rules) < 20 {
		t.Errorf("the findings are %v of %v", kinds, rules)
	}
}

// What cannot be read is an error at its place; a line without one is none.
func TestMatcherOfMessages(t *testing.T) {
	ms := matchers(t)
	_, _, errors := portreg("80\n1433:1434\n", "gen", "-t", "2003", "-")
	if got := annotate(ms, strings.TrimSpace(errors)); len(got) != 1 || got[0].File != "<stdin>" || got[0].Line != 2 || got[0].Column != 1 || got[0].Kind != "error" || !strings.Contains(got[0].Text, "1433-1434") {
		t.Errorf("%q is %+v", errors, got)
	}
	for _, line := range []string{"portreg: 2 warnings", "", "ports.txt differs", "::error::x"} {
		if got := annotate(ms, line); got != nil {
			t.Errorf("%q is %+v", line, got)
		}
	}
}
