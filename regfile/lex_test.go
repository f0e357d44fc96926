package regfile

import (
	"fmt"
	"slices"
	"strings"
	"testing"
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

// Every window size gives the same pieces, in either unit width.
func TestWindows(t *testing.T) {
	for id, src := range caseFiles(t) {
		if len(src) > 100_000 && testing.Short() {
			continue
		}
		for _, width := range []int{1, 2} {
			want := lexed(src, width, len(src)+width)
			for units := 1; units <= 64; units++ {
				if got := lexed(src, width, units*width); !slices.Equal(got, want) {
					t.Fatalf("%s, width %d, windows of %d units:\n%s\nwant\n%s", id, width, units,
						strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		}
	}
}
