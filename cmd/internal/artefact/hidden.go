package artefact

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden are the characters that show text otherwise than it is, or not at all: C1
// controls, what sets the direction of writing, ends of lines that are none, and what
// has no width (CVE-2021-42574).
var hidden = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x80, Hi: 0x9F, Stride: 1},
	{Lo: 0x200B, Hi: 0x200F, Stride: 1},
	{Lo: 0x2028, Hi: 0x202E, Stride: 1},
	{Lo: 0x2066, Hi: 0x2069, Stride: 1},
	{Lo: 0xFEFF, Hi: 0xFEFF, Stride: 1},
}, LatinOffset: 1}

// maxHidden is how many lines with hidden characters are told.
const maxHidden = 20_000

// hiddenCharacters notes the hidden characters of the lines of a list that have a comment:
// the first one of each line at its place, and how many more there are. A code page has
// none.
func hiddenCharacters(text string) (notes []Note) {
	text = strings.TrimPrefix(text, "\uFEFF")
	if !utf8.ValidString(text) || !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(hidden, r) }) {
		return nil
	}
	for i, line := range lines(text) {
		if col, first, all := hiddenIn(line); all > 0 && strings.Contains(line, "#") && len(notes) < maxHidden {
			notes = append(notes, hiddenNote(i+1, col, first, all))
		}
	}
	return notes
}

// hiddenNote notes the hidden characters of a line, of which the first stands there.
func hiddenNote(line, col int, first rune, all int) Note {
	rest := ""
	switch {
	case all == 2:
		rest = ", and 1 more such character stands behind it"
	case all > 2:
		rest = fmt.Sprintf(", and %d more such characters stand behind it", all-1)
	}
	return Note{Line: line, Col: col, Rule: "hidden-character", Text: fmt.Sprintf("U+%04X makes this line show something else than it says%s", first, rest)}
}

// hiddenIn gives the first hidden character of a line with its column, and how many
// there are. Joiners behind a character that is not ASCII are part of a script or a
// picture.
func hiddenIn(line string) (col int, first rune, all int) {
	no, before := 0, ' '
	for _, r := range line {
		no++
		joins := (r == '\u200C' || r == '\u200D') && before >= utf8.RuneSelf
		if r >= utf8.RuneSelf && unicode.Is(hidden, r) && !joins {
			if all == 0 {
				col, first = no, r
			}
			all++
		}
		before = r
	}
	return col, first, all
}
