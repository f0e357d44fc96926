package netsh

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
)

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// TestFixturesJoinedLines joins lines of the fixtures as web pages do: the same is
// read.
func TestFixturesJoinedLines(t *testing.T) {
	join := map[string]func(string) string{
		"all":          oneLine,
		"all, indent":  func(s string) string { return "\t" + oneLine(s) + " \r\n" },
		"wide":         func(s string) string { return strings.NewReplacer("\r", "", "\n", "   ").Replace(s) },
		"below dashes": func(s string) string { i := strings.LastIndex(s, "---") + 3; return s[:i] + "\n" + oneLine(s[i:]) },
		"from dashes": func(s string) string {
			i := strings.Index(s, "---")
			return s[:i] + "\n" + oneLine(s[i:])
		},
		"header": func(s string) string { i := strings.LastIndex(s, "---") + 3; return oneLine(s[:i]) + s[i:] },
		"glued":  func(s string) string { return strings.ReplaceAll(oneLine(s), "* * ", "** ") },
		"no footer": func(s string) string {
			s = oneLine(s)
			if i := max(strings.LastIndex(s, "* -"), strings.LastIndex(s, "* \u2014")); i > 0 {
				s = s[:i]
			}
			return s
		},
	}
	for _, f := range readFixtures(t) {
		for name, change := range join {
			src := change(string(f.src))
			c, err := ParseCapture(f.name, []byte(src), 0)
			if err != nil {
				t.Errorf("%s, %s: %v", f.name, name, err)
			} else if got := show(c); !slices.Equal(got, f.rows) {
				t.Errorf("%s, %s\n got %s\nwant %s", f.name, name, got, f.rows)
			}
			if name != "header" && !IsCapture([]byte(src)) && len(f.rows) > 0 {
				t.Errorf("%s, %s: is not taken for a capture: %q", f.name, name, src)
			}
		}
	}
}

// TestFixturesInOneLine joins all fixtures into one line.
func TestFixturesInOneLine(t *testing.T) {
	var src string
	var rows, dynamic []string
	for _, f := range readFixtures(t) {
		if strings.HasPrefix(f.name, "dynamicport") {
			dynamic = append(dynamic, f.rows...)
		} else {
			rows = append(rows, f.rows...)
		}
		src += oneLine(string(f.src)) + " "
	}
	c, err := ParseCapture("all.txt", []byte(src), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := show(c), append(rows, dynamic...); !slices.Equal(got, want) || tables(c) != ranges.Both {
		t.Errorf("got  %s of %s\nwant %s", got, tables(c), want)
	}
}

// TestJoinedPlaces: places are those of the line as it is.
func TestJoinedPlaces(t *testing.T) {
	src := "é tcp --- ---  80 90 * 91\t92 ** - é. udp: --- --- 7 7 * \u2013 x tcp ---- é: 1024 ü: 64512 udp ---\né : 1025\nx: 8"
	c, err := ParseCapture("x.txt", []byte(src), 0)
	if err != nil {
		t.Fatal(err)
	}
	row := func(first, last uint16, star bool, col int) Row {
		return Row{Range: ranges.Range{First: first, Last: last}, Proto: ranges.TCP, Administered: star, Line: 1, Col: col}
	}
	udp := row(7, 7, false, 51)
	udp.Proto = ranges.UDP
	want := Capture{
		Tables: []Table{
			{Name: "x.txt", Proto: ranges.TCP, Line: 1, Col: 7, Rows: []Row{row(80, 90, true, 16), row(91, 92, true, 24)}},
			{Name: "x.txt", Proto: ranges.UDP, Line: 1, Col: 43, Rows: []Row{udp}},
		},
		Dynamic: []DynamicRange{
			{Name: "x.txt", Proto: ranges.TCP, Range: ranges.Range{First: 1024, Last: 65535}, Line: 1, Col: 73},
			{Name: "x.txt", Proto: ranges.UDP, Range: ranges.Range{First: 1025, Last: 1032}, Line: 2, Col: 5},
		},
	}
	if fmt.Sprintf("%#v", *c) != fmt.Sprintf("%#v", want) {
		t.Errorf("got  %+v\nwant %+v", *c, want)
	}
}

// TestJoinedErrors: what could be read in two ways, or would be left out, is an error.
func TestJoinedErrors(t *testing.T) {
	const (
		table  = "tcp\n" + ruler
		notRow = ` is not a row of a table; a row is "50000 50059", or "50000 50059 *" if administered`
	)
	tests := []struct{ src, want string }{
		{table + "80 90 * Protocol\n", `3:1: "80 90 * Protocol"` + notRow},
		{table + "80 90 * \x97 x\n", `3:1: "80 90 * \x97 x"` + notRow},
		{table + "80 90 100 110 x\n", `3:1: "80 90 100 110 x"` + notRow},
		{table + "80 90 100 110 120\n", `3:1: "80 90 100 110 120"` + notRow},
		{table + "80 90 *** - x\n", `3:1: "80 90 *** - x"` + notRow},
		{table + "80 90 ** - x 100 110\n", `3:1: "80 90 ** - x 100 110"` + notRow},
		{table + "80 90 * - x 100\n", `3:1: "80 90 * - x 100"` + notRow},
		{table + "80 90 * 100-110\n", `3:1: "80 90 * 100-110"` + notRow},
		{table + "80-90 100-110\n", `3:1: "80-90 100-110"` + notRow},
		{table + "80 90 70000 80000 *\n", `3:7: "70000" is not a port; ports are 1 to 65535` + "\n" + `3:13: "80000" is not a port; ports are 1 to 65535`},
		{table + "1 2 90 80 * * - x\n", `3:5: "90 80 *": the last port is below the first; a row is first port, last port`},
		{"tcp --- --- 80 90 * udp --- --- 7 7\n", `1:13: "80 90 * udp"` + notRow + "\n" + "1:25: the header of this table names neither tcp nor udp; say which it is with --protocol tcp or --protocol udp"},
		{"--- --- 80 90\n", "1:1: the header of this table names neither tcp nor udp; say which it is with --protocol tcp or --protocol udp"},
		{"tcp ---\n", "1:8: the capture ends below the dashes of a table"},
		{"tcp --- a: 1024 b\n", "1:1: no table of netsh int ipv4 show excludedportrange or show dynamicport found"},
		{"tcp --- a: 1024 b: 0 x\n", `1:20: "0" is not a number of ports; it is 1 to 65535`},
		{"tcp --- a: 60000 b: 16384 x\n", "1:21: 16384 ports from 60000 on end at 76383; the last port is 65535"},
	}
	for _, test := range tests {
		c, err := ParseCapture("x.txt", []byte(test.src), 0)
		want := "x.txt:" + strings.ReplaceAll(test.want, "\n", "\nx.txt:")
		if err == nil || err.Error() != want || c != nil {
			t.Errorf("%q\n got %v, %v\nwant %v", test.src, c, err, want)
		}
	}
}

// TestJoinedLong: the time grows with the length, not with its square.
func TestJoinedLong(t *testing.T) {
	for _, part := range []string{"80 90 * ", "--- a ", "--- --- ", "- --- x: ", "a: 1 ", "* - ", "---x ---- "} {
		for _, head := range []string{"tcp ", "tcp --- --- "} {
			src := []byte(head + strings.Repeat(part, 200_000))
			ParseCapture("x.txt", src, 0)
			IsCapture(src)
		}
	}
}
