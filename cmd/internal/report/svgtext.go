package report

import (
	"fmt"
	"strings"
	"unicode"

	"portreg/ranges"
)

// escapeXML makes printable text XML.
var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;")

func escapeXML(text string) string { return xmlEscapes.Replace(text) }

// clipped is what a title says of a text from a file.
func clipped(text string) string { return shortened(Printable(text), 64) }

// few names the first of the ranges and counts the others.
func few(rr []ranges.Range, most int) string {
	var b strings.Builder
	for i, r := range rr[:min(len(rr), most)] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(r.String())
	}
	if more := len(rr) - most; more > 0 {
		fmt.Fprintf(&b, " and %s more", Thousands(more))
	}
	return b.String()
}

// fitRanges names as many of the ranges as there is room for.
func fitRanges(rr []ranges.Range, size, pixels int) string {
	most := 1
	for most < len(rr) && widthOf(few(rr, most+1), size) <= pixels {
		most++
	}
	return few(rr, most)
}

// fit shortens a text that needs more pixels in letters of a size.
func fit(text string, size, pixels int) string {
	if widthOf(text, size) <= pixels {
		return text
	}
	rr := []rune(text)
	for widthOf(string(rr)+"…", size) > pixels {
		rr = rr[:len(rr)-1]
	}
	return strings.TrimRight(string(rr), " ") + "…"
}

// widthOf is about how many pixels wide a text is in letters of a size, if their
// typeface is a wide one.
func widthOf(text string, size int) (pixels int) {
	for _, r := range text {
		pixels += emOf(r) * size
	}
	return (pixels + 99) / 100
}

// emOf is the width of a character in hundredths of the letters' size.
func emOf(r rune) int {
	switch {
	case strings.ContainsRune("ijl .,:;'|!I", r):
		return 34
	case strings.ContainsRune("frt()[]{}/-\\", r):
		return 42
	case r >= 0x1F000: // emoji
		return 140
	case strings.ContainsRune("mwMW@%", r), r >= 0x1100:
		return 105
	case r < unicode.MaxASCII && (unicode.IsLower(r) || unicode.IsDigit(r)):
		return 64
	}
	return 85
}
