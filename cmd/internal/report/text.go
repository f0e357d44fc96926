// Package report writes what the commands find, in forms for people, programs and
// forges. Text that came from a file, or is a file's name, can say nothing in any of
// them but itself: each form escapes it in its own way.
package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Printable gives text for one line of a terminal, of a range list or of a workflow's
// log: what cannot be printed is escaped as in Go, and so is what would make a line a
// workflow command for GitHub's runner: "::" at its start, "##[" anywhere.
func Printable(text string) string {
	var b []byte
	if strings.HasPrefix(strings.TrimLeft(text, " "), "::") {
		text = strings.Replace(text, ":", `\x3a`, 1)
	}
	text = strings.ReplaceAll(text, "##[", `#\x23[`)
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if unicode.IsPrint(r) && (r != utf8.RuneError || n > 1) {
			b = append(b, text[:n]...)
		} else {
			quoted := strconv.Quote(text[:n])
			b = append(b, quoted[1:len(quoted)-1]...)
		}
		text = text[n:]
	}
	return string(b)
}

// FileName gives the name of an input or output for messages: "<stdin>" for -, and
// quoted as in Go if it could not be printed as it is, with the colon of a place after it.
func FileName(name string) string {
	switch {
	case name == "-":
		return "<stdin>"
	case name+":" != Printable(name+":"):
		return `"` + Printable(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)) + `"`
	}
	return name
}

// Count is "1 port range", "2,000 port ranges".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + one + "s"
}

// Thousands writes n, which is not negative, with a comma per thousand.
func Thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Alternatives is "reg", "reg or json", "reg, netsh or json".
func Alternatives(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// FirstFew joins the first eight labels, and says how many more there are.
func FirstFew(labels []string) string {
	const most = 8
	if extra := len(labels) - most; extra > 0 {
		labels = append(slices.Clone(labels[:most]), fmt.Sprintf("and %s more", Thousands(extra)))
	}
	return strings.Join(labels, ", ")
}
