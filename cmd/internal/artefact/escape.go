package artefact

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// escaped makes comments safe to stand in a .reg file: what cannot be printed or
// is above last becomes \uXXXX, and so does a backslash at the end of a line,
// which some readers take for a continuation.
func escaped(comments []string, last rune) []string {
	out := make([]string, len(comments))
	for i, c := range comments {
		out[i] = escape(c, last)
	}
	return out
}

func escape(text string, last rune) string {
	var b strings.Builder
	for i, r := range text {
		end := i+utf8.RuneLen(r) == len(text)
		if unicode.IsPrint(r) && r <= last && !(r == '\\' && end) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04X`, unit)
		}
	}
	return b.String()
}
