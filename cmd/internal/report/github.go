package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"portreg/cmd/internal/lint"
)

// maxAnnotations is how many annotations of a kind GitHub keeps of a step
// (actions/toolkit, docs/problem-matchers.md).
const maxAnnotations = 10

// commands are the workflow commands that annotate, the most severe first.
var commands = [...]struct {
	severity lint.Severity
	name     string
}{
	{lint.Error, "error"},
	{lint.Warning, "warning"},
	{lint.Info, "notice"},
}

// FindingsGitHub writes workflow commands for GitHub Actions. They annotate the files
// of a pull request with the first ten findings of each severity, of which the tenth
// says how many more there are; these follow as lines of the log, which are no commands.
func FindingsGitHub(w io.Writer, ff []lint.Finding) error {
	b := bufio.NewWriter(w)
	var rest []lint.Finding
	for _, c := range commands {
		of := withSeverity(ff, c.severity)
		n := min(len(of), maxAnnotations)
		for i, f := range of[:n] {
			text := Printable(f.Text)
			if more := len(of) - n; more > 0 && i == n-1 {
				text += "\nThe log of this step has " + Count(more, "more "+c.name) + "."
			}
			fmt.Fprintln(b, commandOf(c.name, f, text))
		}
		rest = append(rest, of[n:]...)
	}
	for _, f := range rest {
		fmt.Fprintln(b, textOf(f, false))
	}
	return b.Flush()
}

func withSeverity(ff []lint.Finding, s lint.Severity) (of []lint.Finding) {
	for _, f := range ff {
		if f.Severity == s {
			of = append(of, f)
		}
	}
	return of
}

// commandOf gives a command. Of standard input there is no file to annotate.
func commandOf(name string, f lint.Finding, text string) string {
	title := "title=portreg " + escapeProperty.Replace(f.Rule)
	if f.File == "-" {
		return fmt.Sprintf("::%s %s::%s", name, title, escapeData.Replace(placeOf(f)+": "+text))
	}
	return fmt.Sprintf("::%s file=%s,line=%d,col=%d,%s::%s",
		name, escapeProperty.Replace(annotatedName(f.File)), f.Line, f.Col, title, escapeData.Replace(text))
}

// annotatedName gives the name of a file for a property: one that no log should hold as
// it is has no annotation, and is quoted.
func annotatedName(file string) string {
	name := clean(file)
	line := strings.NewReplacer("\r", "", "\n", "").Replace(name) // which are escaped
	if !utf8.ValidString(name) || strings.ContainsFunc(line, unicode.IsControl) {
		return FileName(name)
	}
	return name
}

// As actions/toolkit escapes them, packages/core/src/command.ts.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
