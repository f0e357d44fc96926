package main

import (
	"errors"
	"fmt"
	"io"

	"portreg/cmd/internal/report"
	"portreg/ranges"
	"portreg/regfile"
)

// printError prints an error, or each of several, on a line. One about the inside of
// a file begins with its place, any other with the program's name.
func printError(w io.Writer, err error) {
	var several interface{ Unwrap() []error }
	var inList *ranges.Error
	var inReg *regfile.Error
	switch {
	case errors.As(err, &several):
		for _, one := range several.Unwrap() {
			printError(w, one)
		}
	case errors.As(err, &inList):
		fmt.Fprintln(w, report.Printable(inList.Error()))
	case errors.As(err, &inReg):
		fmt.Fprintln(w, report.Printable(inReg.Error()))
	default:
		fmt.Fprintf(w, "portreg: %s\n", report.Printable(err.Error()))
	}
}
