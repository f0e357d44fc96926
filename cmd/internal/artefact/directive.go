package artefact

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Directive is what a person wrote to portreg in a comment of a list or .reg file.
type Directive struct {
	Line, Col   int    // of "portreg:", counted from 1
	Text        string // what follows that
	First, Last int    // the lines that it is about; First is 0 for none
}

const directive = "portreg:"

// listDirectives finds the directives of a list, each of which is about its own line.
// text is a list without errors, so that they can stand in comments only.
func listDirectives(text []byte) (all []Directive) {
	line, from := 1, 0
	text = bytes.TrimPrefix(text, utf8Mark)
	for at := index(text, 0); at < len(text); at = index(text, from) {
		line += bytes.Count(text[from:at], []byte("\n"))
		start := bytes.LastIndexByte(text[:at], '\n') + 1
		end := at + len(directive)
		if from = len(text); bytes.IndexByte(text[end:], '\n') >= 0 {
			from = end + bytes.IndexByte(text[end:], '\n')
		}
		all = append(all, Directive{line, utf8.RuneCount(text[start:at]) + 1, strings.TrimSpace(string(text[end:from])), line, line})
	}
	return all
}

// index is the place of the first directive from start on, or the end of text.
func index(text []byte, start int) int {
	if i := bytes.Index(text[start:], []byte(directive)); i >= 0 {
		return start + i
	}
	return len(text)
}

// regDirectives finds the directives of a .reg file: in comments on lines of their own,
// about the next line that is neither blank nor a comment and those that continue it.
func regDirectives(src []byte) (all []Directive) {
	text := string(src)
	if EncodingOf(src) == UTF16LE {
		d := decoder{}
		text = string(d.decode(nil, src[:len(src)&^1], true))
	}
	if !strings.Contains(text, directive) {
		return nil
	}
	begun, ended := 0, 0 // how many of all have their first line, and their last one
	statements := lines(strings.TrimPrefix(text, "\uFEFF"))
	for i, line := range statements {
		bare := strings.TrimLeft(line, blanks)
		comment := strings.HasPrefix(bare, ";")
		before, after, found := strings.Cut(line, directive)
		switch {
		case comment && found:
			all = append(all, Directive{Line: i + 1, Col: utf8.RuneCountInString(before) + 1, Text: strings.TrimSpace(after)})
		case comment || bare == "":
		default:
			for ; begun < len(all); begun++ {
				all[begun].First = i + 1
			}
			for ; ended < len(all) && !continues(line); ended++ {
				all[ended].Last = i + 1
			}
		}
	}
	for ; ended < begun; ended++ {
		all[ended].Last = len(statements)
	}
	return all
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
