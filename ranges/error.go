package ranges

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Error is one thing wrong with a list, at its place.
type Error struct {
	Name      string // of the list, as given to the reader
	Line, Col int    // from 1, Col in characters; 0 where there are no lines
	Msg       string
}

// Error gives "name:line:col: message", or "name: message" where there are no lines.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Name + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Col, e.Msg)
}

// Errors is everything wrong with a list, in the order of the places.
type Errors []*Error

// Error gives one line per error.
func (ee Errors) Error() string {
	var b strings.Builder
	for i, e := range ee {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(e.Error())
	}
	return b.String()
}

// Unwrap gives the single errors to [errors.Is] and [errors.As].
func (ee Errors) Unwrap() []error {
	all := make([]error, len(ee))
	for i, e := range ee {
		all[i] = e
	}
	return all
}

// maxErrors is how many errors of one list are told singly; the next one counts the rest.
const maxErrors = 10_000

// findings gathers the first maxErrors errors, in order, and counts the rest.
type findings struct {
	shown Errors
	rest  int
	next  *Error // the first of the rest
}

func (f *findings) add(e *Error) {
	if len(f.shown) < maxErrors {
		f.shown = append(f.shown, e)
		return
	}
	if f.rest == 0 {
		f.next = e
	}
	f.rest++
}

// err gives the Errors, or nil if there are none.
func (f *findings) err() error {
	if len(f.shown) == 0 {
		return nil
	}
	if f.rest == 0 {
		return f.shown
	}
	last := *f.next
	last.Msg = fmt.Sprintf("more than %d errors; not shown from here on: %d", maxErrors, f.rest)
	return append(f.shown, &last)
}

// merge puts together what was found in two parts of one list whose lines interleave.
func merge(a, b findings) findings {
	all := append(slices.Clone(a.shown), b.shown...)
	for _, f := range [...]findings{a, b} {
		if f.next != nil {
			all = append(all, f.next)
		}
	}
	slices.SortStableFunc(all, func(x, y *Error) int {
		return cmp.Or(cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col))
	})
	var m findings
	for _, e := range all {
		m.add(e)
	}
	m.rest += max(0, a.rest-1) + max(0, b.rest-1)
	return m
}
