package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"portreg/cmd/internal/lint"
)

// command is a workflow command as GitHub's runner understands it.
type command struct {
	name, data string
	properties map[string]string
}

// parseCommand reads a line as actions/runner does, ActionCommand.TryParseV2.
func parseCommand(line string) (c command, ok bool) {
	line, ok = strings.CutPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
	if !ok {
		return c, false
	}
	info, data, ok := strings.Cut(line, "::")
	if !ok {
		return c, false
	}
	c.data = unescape(data, "\r", "%0D", "\n", "%0A", "%", "%25")
	name, properties, _ := strings.Cut(info, " ")
	c.name, c.properties = name, map[string]string{}
	for p := range strings.SplitSeq(strings.TrimSpace(properties), ",") {
		if key, value, ok := strings.Cut(p, "="); ok {
			c.properties[key] = unescape(value, "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C", "%", "%25")
		}
	}
	return c, true
}

// unescape replaces, one after the other.
func unescape(text string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, pairs[i+1], pairs[i])
	}
	return text
}

// isCommand tells whether a line could be a command, in either form that the runner
// knows (ActionCommand.TryParse). Their names are words such as error and add-mask.
func isCommand(line string) bool {
	c, ok := parseCommand(line)
	return ok && strings.Trim(c.name, "abcdefghijklmnopqrstuvwxyz-") == "" || strings.Contains(line, "##[")
}

// runnerLines are the lines that the runner sees: StreamReader.ReadLine ends one at
// CR, too.
func runnerLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func TestFindingsGitHub(t *testing.T) {
	for _, f := range hostileFindings() {
		annotates(t, f)
	}
}

// Whatever a name and a text are, they are read back, and are nothing else.
func FuzzFindings(f *testing.F) {
	for _, text := range hostile {
		f.Add(text, text)
	}
	f.Add("\xf4\x8b\xa5\r\x89", "") // the halves of a character, a line end between them
	f.Fuzz(func(t *testing.T, name, text string) {
		if name == "" {
			t.Skip() // which no file is called
		}
		finding := lint.Finding{File: name, Line: 3, Col: 4, Rule: "some-rule", Severity: lint.Warning, Text: text}
		if !strings.HasPrefix(name, "=") { // of which the runner eats some
			annotates(t, finding)
		}
		line := form(t, func(b *bytes.Buffer) error { return FindingsText(b, []lint.Finding{finding}, false) })
		if len(runnerLines(line)) != 1 || isCommand(line) || Printable(strings.TrimSuffix(line, "\n"))+"\n" != line {
			t.Errorf("%q", line)
		}
		plainText(t, messageOf(text).Text)
	})
}

// annotates checks that the runner makes just the finding of its command.
func annotates(t *testing.T, f lint.Finding) {
	t.Helper()
	got := form(t, func(b *bytes.Buffer) error { return FindingsGitHub(b, []lint.Finding{f}) })
	lines := runnerLines(got)
	c, ok := parseCommand(lines[0])
	if len(lines) != 1 || !ok {
		t.Fatalf("%+v is %q", f, got)
	}
	file := clean(f.File)
	if bare := strings.NewReplacer("\r", "", "\n", "").Replace(file); !utf8.ValidString(file) || strings.ContainsFunc(bare, unicode.IsControl) {
		file = FileName(file)
	}
	if raw := strings.TrimSuffix(got, "\n"); !utf8.ValidString(raw) || strings.ContainsFunc(raw, unicode.IsControl) {
		t.Errorf("%q is not text", got)
	}
	want := command{map[lint.Severity]string{lint.Error: "error", lint.Warning: "warning", lint.Info: "notice"}[f.Severity], Printable(f.Text),
		map[string]string{"file": file, "line": fmt.Sprint(f.Line), "col": fmt.Sprint(f.Col), "title": "portreg some-rule"}}
	if f.File == "-" {
		want.data = fmt.Sprintf("<stdin>:%d:%d: %s", f.Line, f.Col, want.data)
		want.properties = map[string]string{"title": "portreg some-rule"}
	}
	if fmt.Sprint(c) != fmt.Sprint(want) {
		t.Errorf("%+v is\n%+v, want\n%+v", f, c, want)
	}
}

// GitHub keeps ten annotations of each severity; the log has everything.
func TestFindingsGitHubLimit(t *testing.T) {
	for _, n := range []int{0, 1, 9, 10, 11, 12, 5000} {
		var ff []lint.Finding
		for i := range 3 * n {
			ff = append(ff, lint.Finding{File: "f", Line: i + 1, Col: 1, Rule: "some-rule", Severity: lint.Severity(i % 3), Text: "\n::error::x"})
		}
		got := form(t, func(b *bytes.Buffer) error { return FindingsGitHub(b, ff) })
		lines := runnerLines(got)
		if n == 0 {
			if got != "" {
				t.Errorf("no findings: %q", got)
			}
			continue
		}
		if len(lines) != len(ff) {
			t.Errorf("%d findings, %d lines", len(ff), len(lines))
		}
		for i, kind := range [...]struct{ name, word string }{{"error", "error"}, {"warning", "warning"}, {"notice", "info"}} {
			for j := range n {
				line := j*3 + 3 - i
				shown := min(n, 10)
				if j < shown {
					c, _ := parseCommand(lines[i*shown+j])
					more := ""
					if j == 9 && n > 10 {
						more = fmt.Sprintf("\nThe log of this step has %s.", Count(n-10, "more "+kind.name))
					}
					if c.name != kind.name || c.properties["line"] != fmt.Sprint(line) || c.data != `\n::error::x`+more {
						t.Errorf("%d: %s %d is %+v", n, kind.name, j, c)
					}
					continue
				}
				got := lines[3*shown+i*(n-shown)+j-shown]
				if want := fmt.Sprintf(`f:%d:1: %s: \n::error::x [some-rule]`, line, kind.word); got != want || isCommand(got) {
					t.Errorf("%d: %q, want %q", n, got, want)
				}
			}
		}
	}
}
