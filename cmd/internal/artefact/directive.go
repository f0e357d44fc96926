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
		if d, ok := directiveOf(string(text[start:from]), 0); ok {
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

// directiveOf finds the directive in a comment, which begins at a byte of its line.
func directiveOf(line string, comment int) (d Directive, ok bool) {
	_, after, ok := ranges.CutDirective(line[comment:])
	col := utf8.RuneCountInString(line[:len(line)-len(after)]) - len(directive) + 1
	return Directive{Col: col, Text: strings.TrimSpace(after)}, ok
}

// regDirectives finds the directives of a .reg file: in comments on lines of their own,
// about the next line that is neither blank nor a comment and those that continue it. In
// comments behind something they are misplaced.
func regDirectives(src []byte) (all []Directive) {
	text := regText(src)
	if !strings.Contains(text, directive) {
		return nil
	}
	begun, ended := 0, 0 // how many of all have their first line, and their last one
	var misplaced []Directive
	statements := lines(strings.TrimPrefix(text, "\uFEFF"))
	for i, line := range statements {
		comment := regComment(line)
		d, found := directiveOf(line, len(line)-len(strings.TrimLeft(line[comment:], ";")))
		d.Line = i + 1
		if strings.Trim(line[:comment], blanks) == "" {
			if found {
				all = append(all, d)
			}
			continue
		}
		if found {
			d.Misplaced = true
			misplaced = append(misplaced, d)
		}
		for ; begun < len(all); begun++ {
			all[begun].First = i + 1
		}
		for ; ended < len(all) && !continues(line); ended++ {
			all[ended].Last = i + 1
		}
	}
	for ; ended < begun; ended++ {
		all[ended].Last = len(statements)
	}
	return append(all, misplaced...)
}

// regComment is where the comment of a line begins, or the end of the line: behind the
// last bracket of a key, and not in a name or a string.
func regComment(line string) int {
	start := 0
	if strings.HasPrefix(strings.TrimLeft(line, blanks), "[") {
		start = strings.LastIndexByte(line, ']') + 1
	}
	quoted := false
	for i := start; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			return i
		}
	}
	return len(line)
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
		if d, ok := directiveOf(line, 0); ok && comment {
			d.Line, d.Misplaced = i+1, true
			all = append(all, d)
		}
	}
	return all
}

// regText gives the text of a .reg file; what is in a code page stays as it is.
func regText(src []byte) string {
	if EncodingOf(src) == UTF16LE {
		d := decoder{}
		return string(d.decode(nil, src[:len(src)&^1], true))
	}
	return string(src)
}

// continues tells whether a statement goes on in the next line.
func continues(line string) bool {
	data, _, _ := strings.Cut(line, ";")
	return strings.HasSuffix(strings.TrimRight(data, blanks), `\`)
}

// lines cuts text as regfile does: behind CRLF, LF or lone CR.
func lines(text string) []string {
	return strings.Split(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
}
