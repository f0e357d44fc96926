package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"portreg/cmd/internal/lint"
)

// hostile holds names of files and texts that would be something else in some form.
var hostile = []string{
	"ports.txt", "-", "./-", "a b/ä€.reg", "100%", "%0A%2C%3a%25", "a,b=c;d]e", "::error file=x::y", " ::add-mask::y", "##[add-path]/tmp", "#[x", "a::b",
	"x\n::error::y", "x\r::stop-commands::y", "x\r\n##[group]y", "\u202egnp.txt", "\x1b]0;x\a", "\u2028::error::x", "\u00a0::error::x", "\u009b31m\U000e0041", `"a\x1b"`, "a\xffb", "\x00",
	`"quoted"`, `back\slash`, "<b>&amp;", "[x](https://example.com)", "{0} {{1}}", "`${x}`", "x:1:2: error: y [z]", "C:a", "a?b#c", strings.Repeat("x", 3000),
}

var places = [...]int{1, 2, 65536, 1 << 31}

// hostileFindings gives every name with every text.
func hostileFindings() (ff []lint.Finding) {
	for i, name := range hostile {
		for j, text := range hostile {
			ff = append(ff, lint.Finding{File: name, Line: places[i%4], Col: places[j%4], Rule: "some-rule", Severity: lint.Severity((i + j) % 3), Text: text})
		}
	}
	return ff
}

// form gives what a func writes.
func form(t *testing.T, write func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var escapeSequence = regexp.MustCompile("\x1b\\[[0-9]*m")

// Each finding is a line that can be taken apart again, unless a name is made to look
// like a place; colour is around the word for the severity, and changes nothing else.
func TestFindingsText(t *testing.T) {
	line := regexp.MustCompile(`^(.+?):([0-9]+):([0-9]+): (error|warning|info): (.*) \[([a-z-]+)\]$`)
	ff := hostileFindings()
	plain := form(t, func(b *bytes.Buffer) error { return FindingsText(b, ff, false) })
	for i, got := range strings.Split(strings.TrimSuffix(plain, "\n"), "\n") {
		f := ff[i]
		want := []string{FileName(f.File), strconv.Itoa(f.Line), strconv.Itoa(f.Col), f.Severity.String(), Printable(f.Text), f.Rule}
		m := line.FindStringSubmatch(got)
		if f.File != "x:1:2: error: y [z]" && (m == nil || fmt.Sprint(m[1:]) != fmt.Sprint(want)) {
			t.Errorf("%q of %+v", got, f)
		}
		if isCommand(got) {
			t.Errorf("%q is a command", got)
		}
	}
	colour := form(t, func(b *bytes.Buffer) error { return FindingsText(b, ff, true) })
	if escapeSequence.ReplaceAllString(colour, "") != plain || strings.Count(colour, "\x1b[31merror\x1b[0m: ") == 0 {
		t.Error("colour changes the text")
	}
	if got := strings.Count(colour, "\x1b"); got != 2*len(ff) {
		t.Errorf("%d escape sequences in %d lines", got, len(ff))
	}
}

func TestFindingsJSON(t *testing.T) {
	ff := hostileFindings()
	got := form(t, func(b *bytes.Buffer) error { return FindingsJSON(b, ff) })
	var back []struct {
		File, Severity, Rule, Text string
		Line, Column               int
	}
	if err := json.Unmarshal([]byte(got), &back); err != nil || len(back) != len(ff) {
		t.Fatalf("%d findings, %v", len(back), err)
	}
	for i, b := range back {
		f := ff[i]
		text := f.Text
		if !utf8.ValidString(text) {
			text = strings.ToValidUTF8(text, "\uFFFD")
		}
		file := f.File
		switch {
		case file == "-":
			file = "<stdin>"
		case !utf8.ValidString(file):
			file = strconv.Quote(file)
		}
		if b.File != file || b.Line != f.Line || b.Column != f.Col || b.Severity != f.Severity.String() || b.Rule != f.Rule || b.Text != text {
			t.Errorf("%+v is %+v", f, b)
		}
	}
	for line := range strings.Lines(got) {
		if isCommand(line) || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), func(r rune) bool { return !unicode.IsPrint(r) }) {
			t.Errorf("%q is a command, or not text", line)
		}
	}
	if got := form(t, func(b *bytes.Buffer) error { return FindingsJSON(b, nil) }); got != "[]\n" {
		t.Errorf("no finding: %q", got)
	}
}
