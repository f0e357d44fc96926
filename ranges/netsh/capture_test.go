package netsh

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
)

const fixtures = "../../testdata/netsh"

// fixture is a line of index.tsv: rows are "first-last", with * when administered.
type fixture struct {
	name, proto string
	rows        []string
	src         []byte
}

func readFixtures(t testing.TB) []fixture {
	t.Helper()
	index, err := os.ReadFile(filepath.Join(fixtures, "index.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	var ff []fixture
	for line := range strings.Lines(string(index)) {
		columns := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if columns[0] == "file" {
			continue
		}
		src, err := os.ReadFile(filepath.Join(fixtures, columns[0]))
		if err != nil {
			t.Fatal(err)
		}
		ff = append(ff, fixture{columns[0], columns[2], strings.Fields(columns[3]), src})
	}
	files, _ := filepath.Glob(filepath.Join(fixtures, "*.txt"))
	if len(ff) != len(files) {
		t.Fatalf("index.tsv has %d files, the folder %d", len(ff), len(files))
	}
	return ff
}

func allRows(c *Capture) (rows []Row) {
	for _, t := range c.Tables {
		rows = append(rows, t.Rows...)
	}
	return rows
}

// tables gives the protocols that have a table.
func tables(c *Capture) (protos ranges.Proto) {
	for _, t := range c.Tables {
		protos |= t.Proto
	}
	return protos
}

// show gives a capture in the form of index.tsv.
func show(c *Capture) []string {
	var rows []string
	for _, r := range allRows(c) {
		star := ""
		if r.Administered {
			star = "*"
		}
		rows = append(rows, fmt.Sprintf("%d-%d%s", r.Range.First, r.Range.Last, star))
	}
	for _, d := range c.Dynamic {
		rows = append(rows, fmt.Sprintf("%d-%d", d.Range.First, d.Range.Last))
	}
	return rows
}

func TestFixtures(t *testing.T) {
	for _, f := range readFixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			want := map[string]ranges.Proto{"tcp": ranges.TCP, "udp": ranges.UDP}[f.proto]
			// The header wins over the argument.
			c, err := ParseCapture(f.name, f.src, ranges.Both&^want)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(c); !slices.Equal(got, f.rows) {
				t.Errorf("got  %s\nwant %s", got, f.rows)
			}
			dynamic := strings.HasPrefix(f.name, "dynamicport")
			if dynamic != (len(c.Tables) == 0) || !dynamic && tables(c) != want || dynamic != (len(c.Dynamic) == 1) {
				t.Errorf("tables %v, dynamic %v", c.Tables, c.Dynamic)
			}
			for _, r := range allRows(c) {
				if r.Proto != want {
					t.Errorf("%v has another protocol", r)
				}
			}
			for _, d := range c.Dynamic {
				if d.Proto != want {
					t.Errorf("%v has another protocol", d)
				}
			}
			if !IsCapture(f.src) || IsScript(f.src) {
				t.Error("is not taken for a capture")
			}
		})
	}
}

// TestFixturesJoined reads all fixtures as one file, in both orders.
func TestFixturesJoined(t *testing.T) {
	ff := readFixtures(t)
	for range 2 {
		var src []byte
		var rows, dynamic []string
		for _, f := range ff {
			src = append(append(src, f.src...), '\n')
			if strings.HasPrefix(f.name, "dynamicport") {
				dynamic = append(dynamic, f.rows...)
			} else {
				rows = append(rows, f.rows...)
			}
		}
		c, err := ParseCapture("all.txt", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := show(c), append(rows, dynamic...); !slices.Equal(got, want) || tables(c) != ranges.Both {
			t.Errorf("got  %s of %s\nwant %s", got, tables(c), want)
		}
		slices.Reverse(ff)
	}
}

// TestFixturesCut cuts every fixture at every byte: there is an error, or the
// answer is the beginning of the whole one but for the last row, which a cut in a
// number or before its star changes.
func TestFixturesCut(t *testing.T) {
	for _, f := range readFixtures(t) {
		for n := range f.src {
			c, err := ParseCapture(f.name, f.src[:n], 0)
			checkErrors(t, f.src[:n], err)
			if err != nil {
				continue
			}
			got := show(c)
			whole := max(0, len(got)-1)
			if len(got) > len(f.rows) || !slices.Equal(got[:whole], f.rows[:whole]) {
				t.Errorf("%s cut at %d: %s", f.name, n, got)
			}
		}
	}
}

// TestFixturesReshaped changes what must not matter.
func TestFixturesReshaped(t *testing.T) {
	reshape := map[string]func(string) string{
		"LF":            func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") },
		"CRLF":          func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\n") },
		"CR CR LF":      func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\n", "\r\r\n") },
		"byte order":    func(s string) string { return "\ufeff" + s },
		"indent":        func(s string) string { return "  " + strings.ReplaceAll(s, "\n", "\n\t ") },
		"trailing":      func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), "\n", " \t\n") },
		"double spaced": func(s string) string { return strings.ReplaceAll(s, "\n", "\n\n") },
		"no blank lines": func(s string) string {
			return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(s, "\r", ""), "\n\n", "\n"), "\n\n", "\n")
		},
		"tabs":            func(s string) string { return strings.ReplaceAll(s, "   ", "\t") },
		"upper":           func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "tcp", "TCP"), "udp", "UDP") },
		"no-break spaces": func(s string) string { return strings.ReplaceAll(s, " ", "\u00a0") },
		"every other":     func(s string) string { return strings.ReplaceAll(s, "  ", "\u00a0 ") },
		"no end":          func(s string) string { return strings.TrimRight(s, "\r\n") },
		"wide colon":      func(s string) string { return strings.ReplaceAll(s, " : ", "\uff1a") },
		"foreign words": func(s string) string {
			return strings.NewReplacer("Port", "\xcf\xcb\x82", "port", "\x83\x7c").Replace(s)
		},
	}
	for _, f := range readFixtures(t) {
		for name, change := range reshape {
			src := []byte(change(string(f.src)))
			c, err := ParseCapture(f.name, src, 0)
			if err != nil {
				t.Errorf("%s, %s: %v", f.name, name, err)
			} else if got := show(c); !slices.Equal(got, f.rows) {
				t.Errorf("%s, %s\n got %s\nwant %s", f.name, name, got, f.rows)
			}
			if !IsCapture(src) {
				t.Errorf("%s, %s: is not taken for a capture", f.name, name)
			}
		}
	}
}

const ruler = "----------    --------\n"

func TestParseCaptureProto(t *testing.T) {
	const names = "x.txt:%s: the header of this table names %s; say which it is with --protocol tcp or --protocol udp"
	neither := func(place string) string { return fmt.Sprintf(names, place, "neither tcp nor udp") }
	both := func(place string) string { return fmt.Sprintf(names, place, "both tcp and udp") }
	tests := []struct {
		header string
		given  ranges.Proto
		want   ranges.Proto
		err    string
	}{
		{"Protocol tcp Port Exclusion Ranges\n", 0, ranges.TCP, ""},
		{"Protocol UDP Port Exclusion Ranges\n\n\n", 0, ranges.UDP, ""},
		{"C:\\>netsh int ipv4 show excludedportrange tcp\n", 0, ranges.TCP, ""},
		{"PS> netsh int ipv4 show excludedportrange protocol=udp\n", 0, ranges.UDP, ""},
		{"netsh int ipv4 show excludedportrange protocol=udp\nProtocol tcp\nStart End\n", 0, ranges.TCP, ""},
		{"\xd0\xad\xd2\xe9tcp\xb6\xcb\xbf\xda\n", 0, ranges.TCP, ""},
		{"\u201eUdp\u201c\n", 0, ranges.UDP, ""},
		{"tcp\n", ranges.UDP, ranges.TCP, ""},
		{"", ranges.UDP, ranges.UDP, ""},
		{"tcp udp\n", ranges.UDP, ranges.UDP, ""},
		{"", 0, 0, neither("1:1")},
		{"Start End\n", 0, 0, neither("2:1")},
		{"tcpip mptcp udp_ tcpx xudp tc\n", 0, ranges.UDP, ""},
		{"tcpip mptcp tcpx xudp tc p\n", 0, 0, neither("2:1")},
		{"a tcp and a udp table\n", 0, 0, both("2:1")},
	}
	for _, test := range tests {
		src := test.header + ruler + "80 90\n"
		c, err := ParseCapture("x.txt", []byte(src), test.given)
		switch {
		case fmt.Sprint(err) != test.err && !(err == nil && test.err == ""):
			t.Errorf("%q: got %v, want %v", src, err, test.err)
		case err == nil && (tables(c) != test.want || c.Tables[0].Rows[0].Proto != test.want):
			t.Errorf("%q: got %+v, want %s", src, c, test.want)
		}
	}
}

func TestParseCapturePlaces(t *testing.T) {
	src := "\ufeffé tcp\r\n" + ruler + "  80\t90  *\r\n\n\xff udp\n" + ruler + " 7 7\n * -\nudp\n---\né: 1024\n\nü :  64512 \n"
	c, err := ParseCapture("x.txt", []byte(src), 0)
	if err != nil {
		t.Fatal(err)
	}
	want := Capture{
		Tables: []Table{
			{Name: "x.txt", Proto: ranges.TCP, Line: 2, Col: 1, Rows: []Row{
				{Range: ranges.Range{First: 80, Last: 90}, Proto: ranges.TCP, Administered: true, Line: 3, Col: 3}}},
			{Name: "x.txt", Proto: ranges.UDP, Line: 6, Col: 1, Rows: []Row{
				{Range: ranges.Range{First: 7, Last: 7}, Proto: ranges.UDP, Line: 7, Col: 2}}},
		},
		Dynamic: []DynamicRange{{Name: "x.txt", Proto: ranges.UDP, Range: ranges.Range{First: 1024, Last: 65535}, Line: 11, Col: 4}},
	}
	if fmt.Sprintf("%#v", *c) != fmt.Sprintf("%#v", want) {
		t.Errorf("got  %+v\nwant %+v", *c, want)
	}
}

func TestParseCaptureErrors(t *testing.T) {
	const (
		table   = "tcp\n" + ruler
		dynamic = "udp\n--------\n"
		notRow  = ` is not a row of a table; a row is "50000 50059", or "50000 50059 *" if administered`
		outside = " stands outside a table; the line of dashes above it is missing"
		noTable = "1:1: no table of netsh int ipv4 show excludedportrange or show dynamicport found"
		noCount = "3:4: the number of ports is missing below this start of a dynamic port range"
	)
	tests := []struct{ src, want string }{
		{"", noTable},
		{"Ok.\r\n\r\n", noTable},
		{"tcp\n-- --\n", noTable},
		{"tcp\n----------  --------x\n", noTable},
		{"tcp\n---\u2003---\n", noTable},
		{"tcp\n--- --- ---\nIdx Met MTU\n", noTable},
		{"IPv4\n------\nHop limit : 128 hops\n", noTable},
		{table + "  80\n", `3:3: "80"` + notRow},
		{table + "80-90\r\n", `3:1: "80-90"` + notRow},
		{table + "80 90 100\n", `3:1: "80 90 100"` + notRow},
		{table + "80 90 **\n", `3:1: "80 90 **"` + notRow},
		{table + "80 90 x\n", `3:1: "80 90 x"` + notRow},
		{table + "80,5 90\n", `3:1: "80,5 90"` + notRow},
		{table + "\u200380\u200390\n", "3:1: \"\\u200380\\u200390\"" + notRow},
		{table + "| 80 | 90 |\n", `3:1: "| 80 | 90 |"` + notRow},
		{table + "* 80 90\n", `3:1: "* 80 90"` + notRow},
		{table + "80 \x00 90\n", `3:1: "80 \x00 90"` + notRow},
		{table + "80 65536\n", `3:4: "65536" is not a port; ports are 1 to 65535`},
		{table + "99999\t99999 *\n", `3:1: "99999" is not a port; ports are 1 to 65535` + "\n" + `3:7: "99999" is not a port; ports are 1 to 65535`},
		{table + "000080 90\n", `3:1: "000080" is not a port; ports are 1 to 65535`},
		{table + "0 90\n", `3:1: "0" is not a port; ports are 1 to 65535`},
		{table + " 90 80 *\n", `3:2: "90 80 *": the last port is below the first; a row is first port, last port`},
		{"80 90\n" + table, `1:1: "80 90"` + outside},
		{table + "80 90\nProtocol udp\n  91 92\n", `5:3: "91 92"` + outside},
		{table + "80 90\n--- --- ---\n  1  75\n", `5:3: "1  75"` + outside},
		{dynamic + "80 90\n", `3:1: "80 90"` + outside},
		{dynamic, "2:9: the capture ends below the dashes of a table"},
		{dynamic + "\n \n", "4:2: the capture ends below the dashes of a table"},
		{dynamic + "A: 1024\n", noCount},
		{dynamic + "A: 1024\n\n\n", noCount},
		{dynamic + "A: 1024\nOk.\nB: 8\n", noCount},
		{dynamic + "A: 1024\n" + ruler, noCount + "\n" + "4:1: the header of this table names neither tcp nor udp; say which it is with --protocol tcp or --protocol udp"},
		{dynamic + "A: 1024\n80 90\n", noCount + "\n" + `4:1: "80 90"` + outside},
		{dynamic + "A: 0\nB: 1\n", `3:4: "0" is not a port; ports are 1 to 65535`},
		{dynamic + "A: 70000\nB: 0\n", `3:4: "70000" is not a port; ports are 1 to 65535` + "\n" + `4:4: "0" is not a number of ports; it is 1 to 65535`},
		{dynamic + "A: 60000\nB : 16384\n", "4:5: 16384 ports from 60000 on end at 76383; the last port is 65535"},
		{dynamic + "A: 1\nB: 65536\n", `4:4: "65536" is not a number of ports; it is 1 to 65535`},
		{"------\nA: 49152\nB: 16384\n", "2:1: the header of this table names neither tcp nor udp; say which it is with --protocol tcp or --protocol udp"},
		{table + "x" + strings.Repeat("1", 5) + "\n0" + strings.Repeat("é", 80), `4:1: "0` + strings.Repeat("é", 59) + `"` + notRow},
	}
	for _, test := range tests {
		c, err := ParseCapture("x.txt", []byte(test.src), 0)
		want := "x.txt:" + strings.ReplaceAll(test.want, "\n", "\nx.txt:")
		if err == nil || err.Error() != want || c != nil {
			t.Errorf("%q\n got %v, %v\nwant %v", test.src, c, err, want)
		}
	}
}

// TestParseCaptureSkips: what stands around tables in the field.
func TestParseCaptureSkips(t *testing.T) {
	src := "Microsoft Windows [Version 10.0.19045.2364]\r\n(c) Microsoft Corporation.\r\n\r\n" +
		"C:\\Users\\bob1>netsh int ipv4 add excludedportrange tcp 8125 2\nOk.\n\n" +
		"C:\\Users\\bob1>netsh int ipv4 show excludedportrange tcp\n\n" +
		"Protocol tcp Port Exclusion Ranges\n\nStart Port    End Port\n" + ruler + "80 80\n8125 8126 *\n\n* - Administered port exclusions.\n\n" +
		"C:\\Users\\bob1>echo 7\n7z\n"
	_, err := ParseCapture("x.txt", []byte(src), 0)
	if want := `x.txt:19:1: "7z" is not a row of a table; a row is "50000 50059", or "50000 50059 *" if administered`; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %v", err, want)
	}
	c, err := ParseCapture("x.txt", []byte(strings.TrimSuffix(src, "7z\n")), 0)
	if err != nil || !slices.Equal(show(c), []string{"80-80", "8125-8126*"}) {
		t.Errorf("got %v, %v", c, err)
	}
}

// TestIsCaptureNot: range lists, and what a person may take for one.
func TestIsCaptureNot(t *testing.T) {
	for _, src := range []string{
		"", "80\n", "1-5\n80-90, 443/tcp # ---- ----\n", "# Start Port    End Port\n# ----------    --------\n80\n",
		"# a\n------ x\n80\n", "- -\n", "-\n", "---\n80\n", "--- --\n", "---\n# a : b\n", "Start : 1\nEnd : 2\n",
		"rem ---- ----\n", "net.ipv4.ip_local_reserved_ports = 80\n", "---\n80\nports: 80\n",
	} {
		if IsCapture([]byte(src)) {
			t.Errorf("%q is taken for a capture", src)
		}
	}
}

// FuzzParseCapture: an answer or an error for any bytes; what is read is written
// as Windows would and read again as the same; and no range list is taken for a
// capture.
func FuzzParseCapture(f *testing.F) {
	for _, x := range readFixtures(f) {
		f.Add(x.src, uint8(0))
	}
	f.Add([]byte("80, 443-445 # --- ---\n"), uint8(1))
	f.Fuzz(func(t *testing.T, src []byte, proto uint8) {
		c, err := ParseCapture("x.txt", src, ranges.Proto(proto%3))
		checkErrors(t, src, err)
		if list, listErr := ranges.Parse("x.txt", src); listErr == nil && IsCapture(src) {
			t.Errorf("%q is a list of %s and taken for a capture", src, list.Ports())
		}
		if err != nil {
			return
		}
		again, err := ParseCapture("x.txt", []byte(print(c)), 0)
		if err != nil {
			t.Fatalf("%q\n%s\n%v", src, print(c), err)
		}
		if got, want := print(again), print(c); got != want || tables(again) != tables(c) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
}

// print writes a capture as Windows would, a table for each row.
func print(c *Capture) string {
	var b strings.Builder
	for _, proto := range []ranges.Proto{ranges.TCP, ranges.UDP} {
		if tables(c)&proto != 0 {
			fmt.Fprintf(&b, "Protocol %s\n%s", proto, ruler)
		}
	}
	for _, r := range allRows(c) {
		star := ""
		if r.Administered {
			star = "     *"
		}
		fmt.Fprintf(&b, "Protocol %s\n%s%10d  %10d%s\n\n* - x\n", r.Proto, ruler, r.Range.First, r.Range.Last, star)
	}
	for _, d := range c.Dynamic {
		fmt.Fprintf(&b, "Protocol %s\n---\nA : %d\nB : %d\n", d.Proto, d.Range.First, d.Range.Len())
	}
	return b.String()
}

func ExampleParseCapture() {
	c, err := ParseCapture("capture.txt", []byte(`
Protocol tcp Port Exclusion Ranges

Start Port    End Port
----------    --------
      5357        5357
     50000       50059     *

* - Administered port exclusions.
`), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range c.Tables[0].Rows {
		fmt.Println(r.Range, r.Proto, r.Administered)
	}
	// Output:
	// 5357 tcp false
	// 50000-50059 tcp true
}
