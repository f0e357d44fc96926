// Package report writes what the commands find, in forms for people, programs and
// forges. Text that came from a file, or is a file's name, can say nothing in any of
// them but itself: each form escapes it in its own way.
package report

import (
	"fmt"
	"iter"
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
// quoted as in Go if it could not be printed as it is, with the colon of a place after it,
// or begins with a quote.
func FileName(name string) string {
	switch {
	case name == "-":
		return "<stdin>"
	case name+":" != Printable(name+":"), strings.HasPrefix(name, `"`):
		return `"` + Printable(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name)) + `"`
	}
	return name
}

// TrueName gives the name that FileName gave as shown, if it is UTF-8, as JSON is; else
// what is shown.
func TrueName(shown string) string {
	if strings.HasPrefix(shown, `"`) {
		if name, err := strconv.Unquote(shown); err == nil && utf8.ValidString(name) {
			return name
		}
	}
	return shown
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

// FirstFew joins the first eight of n items, and says how many more there are: a line is
// no place for thousands of them.
func FirstFew[T any](n int, items iter.Seq[T]) string { return first(8, n, items) }

func first[T any](most, n int, items iter.Seq[T]) string {
	var texts []string
	for item := range items {
		if len(texts) == most {
			texts = append(texts, fmt.Sprintf("and %s more", Thousands(n-most)))
			break
		}
		texts = append(texts, fmt.Sprint(item))
	}
	return strings.Join(texts, ", ")
}

// shortened cuts text behind its first most characters.
func shortened(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text)[:most-1]) + "…"
}
