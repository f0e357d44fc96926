package artefact

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"portreg/ranges"
)

// Directive is what a person wrote to portreg in a comment: see [ranges.CutDirective].
type Directive struct {
	Line, Col   int    // of "portreg:", counted from 1
	Text        string // what follows that
	First, Last int    // the lines that it is about; First is 0 for none
	Misplaced   bool   // it stands where directives do not count, and is about no line
	Surplus     bool   // it is the first of those that are too many to be read
}

const directive = "portreg:"

// listDirectives finds the directives of a list, each of which is about its own line.
// text is a list without errors, so that they can stand in comments only.
func listDirectives(text []byte) (all []Directive) {
	no, from := 1, 0
	text = bytes.TrimPrefix(text, utf8Mark)
	for at := index(text, 0); at < len(text); at = index(text, from) {
		no += bytes.Count(text[from:at], []byte("\n"))
		start := bytes.LastIndexByte(text[:at], '\n') + 1
		if from = len(text); bytes.IndexByte(text[at:], '\n') >= 0 {
			from = at + bytes.IndexByte(text[at:], '\n')
		}
		if d, ok := directiveOf(string(text[start:from])); ok {
			d.Line, d.First, d.Last = no, no, no
			all = append(all, d)
		}
	}
	return all
}

// index is where "portreg:" is from start on, or the end of text.
func index(text []byte, start int) int {
	if i := bytes.Index(text[start:], []byte(directive)); i >= 0 {
		return start + i
	}
	return len(text)
}

// directiveOf finds the directive in the comment of a line, or in a line, which has nothing
// else of that form.
func directiveOf(line string) (d Directive, ok bool) {
	_, after, ok := ranges.CutDirective(line)
	col := utf8.RuneCountInString(line[:len(line)-len(after)]) - len(directive) + 1
	return Directive{Col: col, Text: strings.TrimSpace(after)}, ok
}

// scriptDirectives finds the directives on the lines of a script that begin with one of
// the words for comments, in lower case. They are all misplaced.
func scriptDirectives(text []byte, words ...string) (all []Directive) {
	if !bytes.Contains(text, []byte(directive)) {
		return nil
	}
	for i, line := range lines(strings.TrimPrefix(string(text), "\uFEFF")) {
		bare := strings.ToLower(strings.TrimLeft(line, blanks+"@"))
		comment := slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(bare, word) })
		if d, ok := directiveOf(line); ok && comment {
			d.Line, d.Misplaced = i+1, true
			all = append(all, d)
		}
	}
	return all
}

// lines cuts text as regfile does: behind CRLF, LF or lone CR.
func lines(text string) []string {
	return strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
}
