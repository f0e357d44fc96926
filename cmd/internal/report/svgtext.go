package report

import (
	"slices"
	"strings"

	"portreg/ranges"
)

// escapeXML makes printable text XML.
var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;")

func escapeXML(text string) string { return xmlEscapes.Replace(text) }

// clipped is what a title says of a text from a file.
func clipped(text string) string { return shortened(Printable(text), 64) }

// few names the first of the ranges and counts the others.
func few(rr []ranges.Range, most int) string { return first(most, len(rr), slices.Values(rr)) }

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

// emWidths are the widths of ' ' to '~' in DejaVu Sans, one of the widest, in hundredths
// of the letters' size.
var emWidths = [...]uint8{
	32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34,
	64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 54,
	100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79,
	61, 79, 70, 64, 62, 74, 69, 99, 69, 62, 69, 40, 34, 40, 84, 50,
	50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62,
	64, 64, 42, 53, 40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
}

// emOf is the width of a printable character in hundredths of the letters' size.
func emOf(r rune) int {
	switch {
	case r <= '~':
		return int(emWidths[r-' '])
	case r >= 0x1F000: // emoji
		return 140
	case r >= 0x1100: // from Hangul on
		return 105
	}
	return 85
}
