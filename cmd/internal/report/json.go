package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// JSON writes a form as JSON for people and programs: indented by two spaces, without
// characters that cannot be printed, and with no text that a runner of GitHub Actions
// takes for a command (see [Printable]).
func JSON(w io.Writer, form any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(form); err != nil {
		return err
	}
	text := strings.ReplaceAll(b.String(), "##[", `##\u005b`)
	_, err := io.WriteString(w, escapeUnprintable(text))
	return err
}

// escapeUnprintable writes as JSON escapes what encoding/json leaves as it is although it
// cannot be printed; all of that stands in strings.
func escapeUnprintable(text string) string {
	unprintable := func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !unprintable(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}
