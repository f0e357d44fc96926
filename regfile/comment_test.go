package regfile

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Comments and what follows those on lines of their own, in 8-bit text and in UTF-16.
func TestComments(t *testing.T) {
	for body, want := range map[string][]string{
		"\n;a\n ; b;c\n#d\n": {"2:1 lone a", "3:2 lone  b;c", "4:1 lone d"},
		"\n;a\n\n;b\n[HKEY_USERS\\A;b] ; c\n\"x;\"=\"; y\" ;d\n": {"2:1 lone a", "4:1 lone b", "5:18 behind  c", "is 5-5", "6:12 behind d"},
		"\n;a\n\"x\"=hex:31,\\ ;b\n;c\n\n  32,\\\n ;d\n33;z\n\"y\"=-;f\n;g\n": {
			"2:1 lone a", "3:14 behind b", "4:1 lone c", "7:2 lone d", "8:3 behind z", "is 3-8", "9:6 behind f", "10:1 lone g"},
		"\n\"x\"=hex:31,\\\n;c\n\n  32,\\\n  33\n\"y\"=-\n": {"3:1 lone c", "is 5-6"},
		"\n;a\n\"x\"=\"1\n;no\n2\"\n":                       {"2:1 lone a", "is 3-5"},
		"\n;a\nstray ; no\n;b\n":                            {"2:1 lone a", "is 3-3", "4:1 lone b"},
		"\n;a\n\"x\"=dword:1;b\n;\"y\n\"open":               {"2:1 lone a", "3:12 behind b", "is 3-3", "4:1 lone \"y", "is 5-5"},
		"\n;ä€\n":                                           {"2:1 lone ä€"},
		"\n;" + strings.Repeat("x", 2*maxText) + "\n":       {"2:1 lone " + strings.Repeat("x", maxText)},
	} {
		for _, header := range []string{"REGEDIT4", "Windows Registry Editor Version 5.00"} {
			for _, wide := range []bool{false, true} {
				src, want := []byte(header+body), want
				if wide {
					src = append([]byte{0xff, 0xfe}, AppendUTF16(nil, header+body)...)
					if len(body) > maxText {
						want = []string{want[0][:len(want[0])-maxText/2]}
					}
				}
				if got := commented(t, src); !slices.Equal(got, want) {
					t.Errorf("%.100q: %.500q, want %.500q", src, got, want)
				}
			}
		}
	}
}

func commented(t *testing.T, src []byte) (got []string) {
	t.Helper()
	o := ScanOptions{Full: true, Op: func(Op) {}, Note: func(Note) {},
		Comment: func(c Comment) {
			where := "behind"
			if c.Lone {
				where = "lone"
			}
			got = append(got, fmt.Sprintf("%d:%d %s %s", c.Pos.Line, c.Pos.Col, where, c.Text))
		},
		Statement: func(first, last int) { got = append(got, fmt.Sprintf("is %d-%d", first, last)) },
	}
	if _, err := Scan("x.reg", bytes.NewReader(src), o); err != nil {
		t.Fatal(err)
	}
	return got
}
