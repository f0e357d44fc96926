package ranges

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// place is a line and a column.
type place struct{ line, col int }

// unmark takes the marks out of text: § stands before each entry, ∑ where each error is. Lines are
// counted by LF, columns in characters; a byte order mark at the start is none.
func unmark(text string) (plain string, entries, errs []place) {
	var b strings.Builder
	at := place{1, 1}
	for i := 0; i < len(text); {
		c, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == '§':
			entries = append(entries, at)
		case c == '∑':
			errs = append(errs, at)
		case c == '\n':
			at = place{at.line + 1, 1}
		case c == '\uFEFF' && i == 0:
		default:
			at.col++
		}
		if c != '§' && c != '∑' {
			b.WriteString(text[i : i+size])
		}
		i += size
	}
	return b.String(), entries, errs
}

var listTests = []struct {
	name string
	text string // with marks
	want string // the entries, separated by blanks
}{
	{"empty", "", ""},
	{"only byte order mark", "\uFEFF", ""},
	{"blank lines", "\n\r\n \t\n", ""},
	{"one port", "§80\n", "80"},
	{"no final newline", "§80", "80"},
	{"range", "§80-90\n", "80-90"},
	{"range of one", "§80-80\n", "80"},
	{"ends of the port space", "§1\n§65535\n§1-65535\n", "1 65535 1-65535"},
	{"protocols", "§80/tcp\n§80-90/udp\n", "80/tcp 80-90/udp"},
	{"commas", "§80,§443 , §8080-8081/tcp\t,\t§9\n", "80 443 8080-8081/tcp 9"},
	{"blanks around", " \t§80 \t\n", "80"},
	{"comment", "# a\n  # b\n§80# c\n§81 \t# d # e\n#\n", "80 81"},
	{"comment at the end", "§80 # c", "80"},
	{"comment in any script", "§80 # größe 大きさ 🙂 \u0085\u2028\uFEFF\n§81\n", "80 81"},
	{"commas in a comment", "§80 # ,,\n", "80"},
	{"CRLF", "§80\r\n\r\n§81 # c\r\n§82,§83\r\n", "80 81 82 83"},
	{"CRLF and LF", "§80\r\n§81\n§82\r\n", "80 81 82"},
	{"byte order mark", "\uFEFF§80\n", "80"},
	{"byte order mark and CRLF", "\uFEFF§80\r\n", "80"},
	{"the sample", "# Database tier\n§1433-1434          # SQL Server\n§5022/tcp           # availability group endpoint\n" +
		"§50000-50019/udp\n§8080, §8443         # app\n", "1433-1434 5022/tcp 50000-50019/udp 8080 8443"},
}

func TestParse(t *testing.T) {
	for _, tt := range listTests {
		t.Run(tt.name, func(t *testing.T) {
			src, places, _ := unmark(tt.text)
			l, err := Parse("ports.txt", []byte(src))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, e := range l.Entries() {
				got = append(got, e.String())
				if i < len(places) && (place{e.Line, e.Col}) != places[i] {
					t.Errorf("entry %v is at %d:%d, want %v", e, e.Line, e.Col, places[i])
				}
			}
			if s := strings.Join(got, " "); s != tt.want || len(got) != len(places) {
				t.Errorf("entries %q, want %q at %v", s, tt.want, places)
			}
			checkReaders(t, src)
		})
	}
}

const guess = "write a port or a range such as 80, 80-90 or 80/tcp"

var errorTests = []struct {
	text string // with marks
	want string // the message of each error
}{
	{"∑1433:1434", `"1433:1434" is not a port range; write 1433-1434`},
	{"§1\n§2\n∑1433:1434\n§3", `"1433:1434" is not a port range; write 1433-1434`},
	{"∑80..90", `"80..90" is not a port range; write 80-90`},
	{"∑80...90", `"80...90" is not a port range; write 80-90`},
	{"∑80–90", `"80–90" is not a port range; write 80-90`},
	{"∑80—90", `"80—90" is not a port range; write 80-90`},
	{"∑80−90", `"80−90" is not a port range; write 80-90`},
	{"∑80--90", `"80--90" is not a port range; write 80-90`},
	{"∑80 to 90", `"80 to 90" is not a port range; write 80-90`},
	{"∑80 - 90", `"80 - 90" is not a port range; write 80-90`},
	{"∑80- 90", `"80- 90" is not a port range; write 80-90`},
	{"∑80 -90", `"80 -90" is not a port range; write 80-90`},
	{"∑80\t-\t90", `"80\t-\t90" is not a port range; write 80-90`},
	{"∑90-80", `"90-80" is not a port range; write 80-90`},
	{"∑80-90/TCP", `"80-90/TCP" is not a port range; write 80-90/tcp`},
	{"∑80/Udp", `"80/Udp" is not a port range; write 80/udp`},
	{"∑80 /tcp", `"80 /tcp" is not a port range; write 80/tcp`},
	{"∑80/ tcp", `"80/ tcp" is not a port range; write 80/tcp`},
	{"∑80tcp", `"80tcp" is not a port range; write 80/tcp`},
	{"∑80 tcp", `"80 tcp" is not a port range; write 80/tcp`},
	{"∑80:tcp", `"80:tcp" is not a port range; write 80/tcp`},
	{"∑tcp/80", `"tcp/80" is not a port range; write 80/tcp`},
	{"∑UDP 80-90", `"UDP 80-90" is not a port range; write 80-90/udp`},
	{"∑80/sctp", `"80/sctp" is not a port range; write 80/tcp or 80/udp, or 80 for both`},
	{"∑80/", `"80/" is not a port range; write 80/tcp or 80/udp, or 80 for both`},
	{"∑80/tcp/udp", `"80/tcp/udp" is not a port range; ` + guess},
	{"∑80 90", `"80 90" is not a port range; write 80-90 for all ports between, or 80, 90 for the two`},
	{"∑80\u00A090", `"80\u00a090" is not a port range; write 80-90 for all ports between, or 80, 90 for the two`},
	{"∑80 90 100-110", `"80 90 100-110" is not a port range; write 80, 90, 100-110`},
	{"∑80;90/tcp", `"80;90/tcp" is not a port range; write 80, 90/tcp`},
	{"∑1433-1434 SQL Server", `"1433-1434 SQL Server" is not a port range; write 1433-1434 # SQL Server`},
	{"∑80 // web", `"80 // web" is not a port range; write 80 # web`},
	{"∑// web", `"// web" is not a port range; start comments with #`},
	{"∑; web", `"; web" is not a port range; start comments with #`},
	{"∑http", `"http" is not a port range; ` + guess},
	{"∑*", `"*" is not a port range; ` + guess},
	{"∑0x50", `"0x50" is not a port range; ` + guess},
	{"∑80.5", `"80.5" is not a port range; ` + guess},
	{"∑80-90-100", `"80-90-100" is not a port range; ` + guess},
	{"∑８０", `"８０" is not a port range; ` + guess},
	{`∑"80"`, `"\"80\"" is not a port range; write 80`},
	{"∑0", `"0" is not a port range; ports are 1 to 65535`},
	{"∑0-5", `"0-5" is not a port range; ports are 1 to 65535`},
	{"∑65536", `"65536" is not a port range; ports are 1 to 65535`},
	{"∑80-65536", `"80-65536" is not a port range; ports are 1 to 65535`},
	{"∑123456789012345678901234567890", `"123456789012345678901234567890" is not a port range; ports are 1 to 65535`},
	{"∑080", `"080" is not a port range; write 80`},
	{"∑80-090", `"80-090" is not a port range; write 80-90`},
	{"∑00080", `"00080" is not a port range; write 80`},
	{"∑+80", `"+80" is not a port range; write 80`},
	{"∑-80", `"-80" is not a port range; the first port is missing; write 80, or FIRST-80`},
	{"∑80-", `"80-" is not a port range; the last port is missing; write 80, or 80-LAST`},
	{"∑80-\n§90", `"80-" is not a port range; the last port is missing; write 80, or 80-LAST`},
	{"∑" + strings.Repeat("ä", 41), `"` + strings.Repeat("ä", 40) + `..." is not a port range; ` + guess},
	{"∑\u202E80", `"\u202e80" is not a port range; ` + guess},

	{"§80,∑,§90", "no entry before the comma; write one or remove the comma"},
	{"∑,§80", "no entry before the comma; write one or remove the comma"},
	{"§80∑,", "no entry after the comma; write one or remove the comma"},
	{"§80 ∑, # c", "no entry after the comma; write one or remove the comma"},
	{"§80, \t∑, §90", "no entry before the comma; write one or remove the comma"},
	{"∑,", "no entry before the comma; write one or remove the comma"},

	{"80∑\x00\n", "NUL character; is this UTF-16 without a byte order mark? save the list as UTF-8"},
	{"∑\x00", "NUL character; is this UTF-16 without a byte order mark? save the list as UTF-8"},
	{"8∑\x000\x00", "NUL character; is this UTF-16 without a byte order mark? save the list as UTF-8"},
	{"§80 # a∑\x00b\x00", "NUL character; is this UTF-16 without a byte order mark? save the list as UTF-8"},
	{"§80 # ∑\x1b[31m", "control character U+001B; remove it"},
	{"§80, 8∑\x7f1", "control character U+007F; remove it"},
	{"§80 # ∑\x0b", "control character U+000B; remove it"},
	{"80∑\r81\n", "carriage return without line feed; end lines in LF or CRLF"},
	{"80∑\r", "carriage return without line feed; end lines in LF or CRLF"},
	{"80∑\r\r\n", "carriage return without line feed; end lines in LF or CRLF"},
	{"§80 # a∑\rb", "carriage return without line feed; end lines in LF or CRLF"},
	{"§80 # gr∑\xF6\xDFe", "byte 0xF6 is not UTF-8; save the list as UTF-8"},
	{"∑\xFF\xFE8\x00", "byte 0xFF is not UTF-8; save the list as UTF-8"},
	{"§80 # ä∑\xE4\xB8", "byte 0xE4 is not UTF-8; save the list as UTF-8"},
	{"§80 # ∑\xED\xA0\x80", "byte 0xED is not UTF-8; save the list as UTF-8"},
	{"§80\n∑\uFEFF81", `"\ufeff81" is not a port range; ` + guess},

	{"\uFEFF∑http, §80\r\n# größe ∑\a\n§5, ∑x, ∑y # ∑\x01\x02\n",
		`"http" is not a port range; ` + guess + "\n" +
			"control character U+0007; remove it\n" +
			`"x" is not a port range; ` + guess + "\n" +
			`"y" is not a port range; ` + guess + "\n" +
			"control character U+0001; remove it"},
}

func TestParseErrors(t *testing.T) {
	for _, tt := range errorTests {
		src, _, places := unmark(tt.text)
		messages := strings.Split(tt.want, "\n")
		if len(messages) != len(places) {
			t.Fatalf("%q: %d messages for %d marks", tt.text, len(messages), len(places))
		}
		var want []string
		for i, p := range places {
			want = append(want, fmt.Sprintf("ports.txt:%d:%d: %s", p.line, p.col, messages[i]))
		}
		l, err := Parse("ports.txt", []byte(src))
		if err == nil || err.Error() != strings.Join(want, "\n") || l != nil {
			t.Errorf("%q:\ngot  %v\nwant %s", tt.text, err, strings.Join(want, "\n"))
		}
		checkReaders(t, src)
		checkReaders(t, src+"\n")
		checkReaders(t, "1 # c\r\n"+src+"\r\n2\n")
	}
}

// checkReaders says whether Parse, Scan and ReadPorts agree on src.
func checkReaders(t *testing.T, src string) {
	t.Helper()
	l, err := Parse("ports.txt", []byte(src))
	var ports Ports
	if err == nil {
		ports = l.Ports()
	}
	checkReader(t, src, strings.NewReader(src), ports, err)

	var entries []Entry
	var found Errors
	for e, err := range Scan(strings.NewReader(src), "ports.txt") {
		if err == nil {
			entries = append(entries, e)
		} else {
			found = append(found, err.(*Error))
		}
	}
	if err == nil && (len(found) > 0 || !slices.Equal(entries, l.Entries())) {
		t.Errorf("%.200q: Scan gives %v, %v; Parse %v", src, entries, found, l.Entries())
	}
	if err != nil && len(found) <= maxErrors && found.Error() != err.Error() {
		t.Errorf("%.200q: errors of Scan:\n%v\nParse:\n%v", src, found, err)
	}
}

// checkReader compares what ReadPorts makes of r with what Parse made of it.
func checkReader(t *testing.T, src string, r io.Reader, ports Ports, err error) {
	t.Helper()
	got, gotErr := ReadPorts(r, "ports.txt")
	if fmt.Sprint(gotErr) != fmt.Sprint(err) {
		t.Fatalf("%.200q: errors of ReadPorts:\n%.2000v\nParse:\n%.2000v", src, gotErr, err)
	}
	if !got.Equal(ports) {
		t.Fatalf("%.200q: ReadPorts gives %v; Parse %v", src, got, ports)
	}
}

func TestErrors(t *testing.T) {
	_, err := Parse("ports.txt", []byte("80\nx\ny\n"))
	var all Errors
	if !errors.As(err, &all) || len(all) != 2 {
		t.Fatalf("got %#v", err)
	}
	var first *Error
	if !errors.As(err, &first) || *first != (Error{"ports.txt", 2, 1, `"x" is not a port range; ` + guess}) {
		t.Errorf("first: %#v", first)
	}
}

// TestErrorsCounted has more errors than are told one by one.
func TestErrorsCounted(t *testing.T) {
	for _, n := range []int{maxErrors - 2, maxErrors, maxErrors + 2, 50_000} {
		src := strings.Repeat("80\n1:2, 3:4 # service\n", n/2)
		_, err := Parse("p", []byte(src))
		all := err.(Errors)
		if len(all) != min(n, maxErrors+1) {
			t.Errorf("%d errors: %d told", n, len(all))
		}
		if n > maxErrors {
			want := fmt.Sprintf("p:10002:1: more than 10000 errors; not shown from here on: %d", n-maxErrors)
			if got := all[maxErrors].Error(); got != want {
				t.Errorf("%d errors: %s, want %s", n, got, want)
			}
		}
		checkReaders(t, src)
	}
}

func TestLongLines(t *testing.T) {
	var b strings.Builder
	for p := 1; p <= 65535; p += 2 {
		fmt.Fprintf(&b, "%d-%d/udp , ", p, p)
	}
	list := b.String() + "2"
	l, err := Parse("ports.txt", []byte(list))
	if err != nil || l.Ports().UDP.Len() != 32769 || l.Ports().TCP.Len() != 1 {
		t.Fatalf("%d bytes in one line: %v", len(list), err)
	}
	checkReaders(t, list)
	checkReaders(t, list+" # comment\r\n"+list+"\n80:90\n")

	for _, ending := range []string{"", "\n", "\r\n"} {
		for _, mark := range []string{"", bom} {
			fits := "80 #" + strings.Repeat("x", maxLine-4)
			if _, err := Parse("p", []byte(mark+fits+ending)); err != nil {
				t.Errorf("line of %d bytes, ending %q: %v", len(fits), ending, err)
			}
			checkReaders(t, mark+fits+ending)
			for _, more := range []int{1, 2, 3, 100, 300_000, maxLine} {
				checkReaders(t, mark+fits+strings.Repeat("\r", more)+ending)
				long := mark + fits + strings.Repeat(",", more) + ending
				want := "p:1:1: line of more than 2097152 bytes; write fewer entries on a line"
				if _, err := Parse("p", []byte(long)); fmt.Sprint(err) != want {
					t.Errorf("line of %d bytes, ending %q: %v", len(fits)+more, ending, err)
				}
				checkReaders(t, long)
				if ending != "" {
					checkReaders(t, "79\n"+long+"x\n"+long+"y\n81\n")
				}
			}
		}
	}
}

// TestCut cuts lists at every byte.
func TestCut(t *testing.T) {
	const src = "\uFEFF# größe\r\n80-90/tcp, 443 # 大きさ\r\n\r\n\t5022/udp\t# x\r\n65534-65535,1\r\n80:90\r\n"
	for i := range len(src) + 1 {
		checkReaders(t, src[:i])
		checkReaders(t, src[i:])
	}
}

func TestLabels(t *testing.T) {
	l, err := Parse("ports.txt", []byte(`# not a label
80-90, 443   #  web #1
85/tcp       ## proxy ##
443          # web #1
1000
1001         #
90/udp       # last # portreg:ignore below-1025
2000         # portreg:ignore below-1025
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		r    Range
		p    Proto
		want string
	}{
		{Range{80, 80}, Both, "web #1"},
		{Range{80, 80}, UDP, "web #1"},
		{Range{1, 79}, Both, ""},
		{Range{91, 442}, Both, ""},
		{Range{84, 85}, Both, "web #1|proxy ##"},
		{Range{84, 85}, TCP, "web #1|proxy ##"},
		{Range{84, 85}, UDP, "web #1"},
		{Range{90, 95}, Both, "web #1|last"},
		{Range{90, 95}, TCP, "web #1"},
		{Range{443, 443}, TCP, "web #1"},
		{Range{1000, 1001}, Both, ""},
		{Range{2000, 2000}, Both, ""},
		{Range{1, 65535}, Both, "web #1|proxy ##|last"},
	} {
		if got := strings.Join(l.Labels(tt.r, tt.p), "|"); got != tt.want {
			t.Errorf("Labels(%v, %v) = %s, want %s", tt.r, tt.p, got, tt.want)
		}
	}
}

func TestLongLabel(t *testing.T) {
	l, err := Parse("ports.txt", []byte("80 # "+strings.Repeat("ä", 200)+"\n81 # "+strings.Repeat("ä", 201)))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range []string{"", strings.Repeat("ä", 200), strings.Repeat("ä", 200) + "..."} {
		if got := l.Label(line); got != want {
			t.Errorf("Label(%d) = %q", line, got)
		}
	}
}

func TestComment(t *testing.T) {
	l, err := Parse("ports.txt", []byte("\uFEFF# title\n80 ## web #1 \t\r\n\n443 # tls # portreg:ignore below-1025"))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range []string{"", "title", "web #1", "", "tls # portreg:ignore below-1025", ""} {
		if got := l.Comment(line); got != want {
			t.Errorf("Comment(%d) = %q, want %q", line, got, want)
		}
		label, _, _ := strings.Cut(want, " # portreg:")
		if got := l.Label(line); got != label {
			t.Errorf("Label(%d) = %q, want %q", line, got, label)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range listTests {
		src, _, _ := unmark(tt.text)
		f.Add([]byte(src))
	}
	for _, tt := range errorTests {
		src, _, _ := unmark(tt.text)
		f.Add([]byte(src))
	}
	for _, tt := range formatTests {
		f.Add([]byte(tt.in))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		checkReaders(t, string(src))
		l, err := Parse("ports.txt", src)
		if err != nil {
			return
		}
		formatted := l.Format()
		again, err := Parse("formatted", formatted)
		if err != nil {
			t.Fatalf("formatted %q: %v", formatted, err)
		}
		if !again.Ports().Equal(l.Ports()) {
			t.Errorf("formatted %q holds %v, want %v", formatted, again.Ports(), l.Ports())
		}
		if twice := again.Format(); !bytes.Equal(twice, formatted) {
			t.Errorf("formatted %q, and again %q", formatted, twice)
		}
	})
}

// Labels finds what a walk through all lines finds.
func TestLabelsRandom(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	random := func() Range {
		first := 1 + r.IntN(300)
		return Range{uint16(first), uint16(first + r.IntN(1+r.IntN(100)))}
	}
	for range 200 {
		var src strings.Builder
		var entries []Entry
		for i := range 1 + r.IntN(40) {
			entries = append(entries, Entry{Range: random(), Proto: Proto(1 + r.IntN(3))})
			fmt.Fprintf(&src, "%v # %d\n", entries[i], i%7)
		}
		l, err := Parse("ports.txt", []byte(src.String()))
		if err != nil {
			t.Fatal(err)
		}
		for range 50 {
			asked, proto := random(), Proto(1+r.IntN(3))
			var want []string
			for i, e := range entries {
				label := fmt.Sprint(i % 7)
				if e.Range.First <= asked.Last && asked.First <= e.Range.Last && e.Proto&proto != 0 && !slices.Contains(want, label) {
					want = append(want, label)
				}
			}
			if got := l.Labels(asked, proto); !slices.Equal(got, want) {
				t.Fatalf("seed %d: Labels(%v, %v) = %q, want %q in\n%s", seed, asked, proto, got, want, src.String())
			}
		}
	}
}

// A directive stands at the begin of a comment or apart, and begins with a letter.
func TestCutDirective(t *testing.T) {
	for comment, want := range map[string]string{ // up to the directive
		"portreg:ignore x":                  "",
		"web portreg:ignore x":              "web ",
		"web\tportreg:Ignore x":             "web\t",
		"web#portreg:off":                   "web#",
		"portreg:a portreg:b":               "",
		"see https://portreg:8080/x":        "none",
		"see https://portreg:x":             "none",
		"on portreg:8080, portreg:ignore x": "on portreg:8080, ",
		"xportreg:ignore x":                 "none",
		"portreg: ignore x":                 "none",
		"portreg:":                          "none",
		"portreg:_x portreg:@x portreg:[x":  "none",
		"Portreg:ignore x":                  "none",
		"":                                  "none",
	} {
		before, after, found := CutDirective(comment)
		switch {
		case !found && (want != "none" || before != comment || after != ""),
			found && (before != want || before+"portreg:"+after != comment):
			t.Errorf("%q: %q, %q, %t; want %q", comment, before, after, found, want)
		}
		l, err := Parse("", []byte("80 # "+comment+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if label := l.Label(1); found && label != strings.Trim(want, "# \t") || !found && label != comment {
			t.Errorf("%q: label %q", comment, label)
		}
	}
}
