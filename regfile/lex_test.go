package regfile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// lexed lists the pieces of a body fed in windows of size bytes, with runs of
// hex and text joined.
func lexed(body []byte, width, size int) []string {
	var out []string
	var run []byte
	var runKind kind
	flush := func() {
		if len(run) > 0 {
			out = append(out, fmt.Sprintf("%d run %q", runKind, run))
		}
		run = nil
	}
	l := lexer{width: width, place: place{line: 1}, emit: func(p piece) {
		if p.kind == hexPiece || p.kind == textPiece {
			if p.kind != runKind {
				flush()
			}
			runKind, run = p.kind, append(run, p.text...)
			return
		}
		flush()
		out = append(out, fmt.Sprintf("%d %+v %v %q %q", p.kind, p.place, p.typ, p.rule, p.text))
	}}
	for len(body) > size {
		n := l.feed(body[:size], false)
		body = body[n:]
	}
	if n := l.feed(body, true); n != len(body)&^(width-1) {
		out = append(out, fmt.Sprintf("%d of %d bytes used", n, len(body)))
	}
	flush()
	return out
}

// sameInWindows checks that windows of the sizes given, in units, give the same
// pieces as the whole.
func sameInWindows(t *testing.T, src []byte, sizes ...int) {
	t.Helper()
	for _, width := range []int{1, 2} {
		want := lexed(src, width, len(src)+width)
		for _, units := range sizes {
			if got := lexed(src, width, units*width); !slices.Equal(got, want) {
				t.Fatalf("%q\nwidth %d, windows of %d units:\n%s\nwant\n%s", src, width, units,
					strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
	}
}

// Every window size gives the same pieces, in either unit width.
func TestWindows(t *testing.T) {
	var sizes []int
	for units := range 64 {
		sizes = append(sizes, units+1)
	}
	for _, src := range caseFiles(t) {
		if len(src) < 100_000 || !testing.Short() {
			sameInWindows(t, src, sizes...)
		}
	}
	for _, c := range ruleCases {
		if src := utf16LE(strings.ReplaceAll(c.text(), "§", "")); len(src) < 10_000 {
			sameInWindows(t, src, 1, 2, 3, 5, 7)
			sameInWindows(t, narrow(src, 2), 1, 2, 3, 5, 7)
		}
	}
}

// mutated changes, moves, drops and doubles some units of a file.
func mutated(r *rand.Rand, src []byte) []byte {
	src = slices.Clone(src)
	const units = "\x00\t\n\r \"#,-/0;=@[\\]adhx\xff"
	for range 1 + r.IntN(6) {
		i := r.IntN(len(src)/2+1) &^ 1
		j := min(len(src), i+r.IntN(20))
		switch r.IntN(4) {
		case 0:
			src = slices.Delete(src, i, j)
		case 1:
			src = slices.Insert(src, i, src[i:j]...)
		case 2:
			src = slices.Insert(src, i, units[r.IntN(len(units))], 0)
		case 3:
			if i < len(src) {
				src[i] = units[r.IntN(len(units))]
			}
		}
	}
	return src
}

func TestWindowsMutated(t *testing.T) {
	for id, src := range caseFiles(t) {
		if len(src) > 2_000 {
			continue
		}
		for seed := range uint64(20) {
			sameInWindows(t, mutated(rand.New(rand.NewPCG(seed, uint64(len(id)))), src), 1, 2, 3, 4, 7, 16)
		}
	}
}

// parsed checks what holds of every input.
func parsed(t *testing.T, src []byte) *File {
	t.Helper()
	f, err := Parse("x.reg", src)
	if err != nil {
		return nil
	}
	if !bytes.Equal(f.Bytes(), src) {
		t.Fatalf("%q became %q", src, f.Bytes())
	}
	last := int64(-1)
	for _, n := range f.Notes() {
		checkPos(t, f, n.Pos)
		if n.Pos.Offset < last || n.Text == n.Rule {
			t.Fatalf("note %v %q behind one at %d", n, n.Rule, last)
		}
		last = n.Pos.Offset
	}
	for _, op := range f.Ops() {
		checkPos(t, f, op.Pos)
	}
	return f
}

// checkPos checks that the line and column of a place are those of its offset.
func checkPos(t *testing.T, f *File, p Pos) {
	t.Helper()
	form, src := f.form, f.Bytes()
	if p.Offset < int64(form.mark) || p.Offset > int64(len(src)) {
		t.Fatalf("place %d of %d bytes", p.Offset, len(src))
	}
	if len(src) > 10_000 {
		return
	}
	before := string(narrow(src[form.mark:p.Offset], form.width))
	before = strings.ReplaceAll(before, "\r\n", "\n")
	line := 1 + strings.Count(before, "\n") + strings.Count(before, "\r")
	text := form.text(src[form.mark:p.Offset])
	col := 1 + utf8.RuneCountInString(text[strings.LastIndexAny(text, "\r\n")+1:])
	countable := form.ansi || utf8.Valid(src) || form.width == 2 && utf8.ValidString(text)
	if p.Line != line || countable && p.Col != col {
		t.Fatalf("%q: place %v at byte %d, which is %d:%d", src, p, p.Offset, line, col)
	}
}

// A file cut anywhere is read up to there: but for the last, its operations are
// those of the whole.
func TestCuts(t *testing.T) {
	for id, src := range caseFiles(t) {
		whole := parsed(t, src)
		for _, n := range cuts(src) {
			f := parsed(t, src[:n])
			if f == nil || whole == nil {
				continue
			}
			for i, op := range f.Ops()[:max(0, len(f.Ops())-1)] {
				if fmt.Sprint(op) != fmt.Sprint(whole.Ops()[i]) {
					t.Fatalf("%s cut at %d: operation %d is %v, want %v", id, n, i, op, whole.Ops()[i])
				}
			}
		}
	}
}

// cuts are all places of a small file, and those next to each piece of a large
// one.
func cuts(src []byte) (at []int) {
	if len(src) <= 8<<10 {
		for n := range src {
			at = append(at, n)
		}
		return at
	}
	l := lexer{width: 2, place: place{line: 1}, emit: func(p piece) {
		for n := p.off - 2; n <= p.off+2; n++ {
			at = append(at, int(min(max(n, 0), int64(len(src)))))
		}
	}}
	l.feed(src, true)
	return at
}
