package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode"

	"portreg/ranges"
	"portreg/regfile"
)

// report prints errors, one line each. Those about the inside of a file begin with
// their place, all others with the program's name.
func report(w io.Writer, err error) {
	var several interface{ Unwrap() []error }
	var inList *ranges.Error
	var inReg *regfile.Error
	switch {
	case errors.As(err, &several):
		for _, one := range several.Unwrap() {
			report(w, one)
		}
	case errors.As(err, &inList):
		fmt.Fprintln(w, printable(inList.Error()))
	case errors.As(err, &inReg):
		fmt.Fprintln(w, printable(inReg.Error()))
	default:
		fmt.Fprintf(w, "portreg: %s\n", printable(err.Error()))
	}
}

// printable is text for one line of a terminal or of a range list: what cannot be
// printed is escaped as in Go.
func printable(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unprintable(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// count is "1 range", "2 ranges"; numbers have a comma per thousand.
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// some joins the first of n items; a message is no place for thousands of them.
func some[T fmt.Stringer](n int, items iter.Seq[T]) string {
	const most = 8
	var b strings.Builder
	i := 0
	for item := range items {
		if i == most {
			fmt.Fprintf(&b, " and %s more", thousands(n-most))
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(item.String())
		i++
	}
	return b.String()
}
