package regfile

import (
	"bytes"
	"math"
	"testing"
)

// TestSkip compares scans with and without the fast way on every sequence of a few
// tokens, between lines as exporters write them.
func TestSkip(t *testing.T) {
	tokens := []string{`"a"=`, `"`, `\`, `;`, `=`, `,`, ` `, "\r", "\n", "\r\n", "\x00", "č", "0", "hex:", "hex(7):", "dword:", "12345678", "-",
		"@=", "[", "]", "[HKEY_USERS", `"Reserved\Ports"=`}
	for _, first := range tokens {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			for _, second := range tokens {
				for _, third := range tokens {
					for _, depth := range depths {
						sameSkipped(t, first+second+third, depth)
					}
					for _, fourth := range tokens {
						sameSkipped(t, first+second+third+fourth, search)
					}
				}
			}
		})
	}
}

func sameSkipped(t *testing.T, text string, depth depth) {
	text = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_USERS\\k]\r\n\"b\"=dword:12345678\r\n" + text +
		"\r\n\"c\"=hex:01,\\\r\n  02\r\n\r\n[HKEY_LOCAL_MACHINE\\k]\r\n\"ReservedPorts\"=dword:00000001\r\n"
	for _, src := range [][]byte{[]byte(text), utf16LE(text)} {
		fastEqualsSlow(t, src, Selection{Names: []string{"ReservedPorts"}}, depth)
	}
}

// fastEqualsSlow compares scans in small windows with and without the fast way.
func fastEqualsSlow(t *testing.T, src []byte, sel Selection, depth depth) {
	t.Helper()
	fast := func(o ScanOptions) (Summary, error) {
		s := scanner{name: "x.reg", r: bytes.NewReader(src), window: make([]byte, maxHeader)}
		if err := s.begin(o); err != nil {
			return Summary{}, err
		}
		err := s.run(math.MaxInt64)
		return s.end(), err
	}
	if got, want := heard(fast, sel, depth), heard(slowScan(src, maxHeader), sel, depth); got != want {
		t.Fatalf("depth %d:\n%s\nwant\n%s\n%q", depth, got, want, src)
	}
}
