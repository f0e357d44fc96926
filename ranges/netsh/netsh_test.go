package netsh

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"portreg/ranges"
)

func TestCommandString(t *testing.T) {
	tests := []struct {
		c    Command
		want string
	}{
		{Command{Verb: Add, Family: "ipv4", Proto: ranges.TCP, Range: ranges.Range{First: 80, Last: 90}},
			"netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent"},
		{Command{Verb: Delete, Family: "ipv6", Proto: ranges.UDP, Range: ranges.Range{First: 65535, Last: 65535}},
			"netsh int ipv6 delete excludedportrange protocol=udp startport=65535 numberofports=1 store=persistent"},
		{Command{Verb: Set, Dynamic: true, Family: "ipv4", Proto: ranges.TCP, Range: ranges.Range{First: 1025, Last: 65535}},
			"netsh int ipv4 set dynamicportrange protocol=tcp startport=1025 numberofports=64511 store=persistent"},
		{Command{Verb: Add, Family: "ipv4", Proto: ranges.TCP, Range: ranges.Range{First: 1, Last: 65535}, Active: true},
			"netsh int ipv4 add excludedportrange protocol=tcp startport=1 numberofports=65535 store=active"},
	}
	for _, test := range tests {
		if got := test.c.String(); got != test.want {
			t.Errorf("%+v\n got %s\nwant %s", test.c, got, test.want)
		}
	}
}

func written(t testing.TB, comments []string, cmds []Command) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, comments, cmds); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hostile holds each character that cmd.exe or PowerShell treats in its own way,
// and what a comment shows instead.
var hostile = []struct{ text, want string }{
	{"& calc", `rem \u0026 calc`},
	{"a & calc", `rem a \u0026 calc`},
	{"&& calc", `rem \u0026\u0026 calc`},
	{"| calc", `rem \u007C calc`},
	{"< in", `rem \u003C in`},
	{"> out.txt", `rem \u003E out.txt`},
	{"%PATH%", `rem \u0025PATH\u0025`},
	{"%~", `rem \u0025\u007E`},
	{"%~x", `rem \u0025\u007Ex`},
	{"a ^", `rem a \u005E`},
	{"a\ncalc", `rem a\u000Acalc`},
	{"a\r\ncalc", `rem a\u000D\u000Acalc`},
	{"a\rcalc", `rem a\u000Dcalc`},
	{"a\x1acalc", `rem a\u001Acalc`},
	{"a\x00b", `rem a\u0000b`},
	{"a\x1b[2Jb\x07", `rem a\u001B\u005B2Jb\u0007`},
	{"a\tb", `rem a\u0009b`},
	{"!x!", `rem \u0021x\u0021`},
	{`"x`, `rem \u0022x`},
	{"/?", `rem /\u003F`},
	{`\u0026`, `rem \u005Cu0026`},
	{`C:\lists\app.txt`, `rem C:\u005Clists\u005Capp.txt`},
	{"; calc", `rem \u003B calc`},
	{"$(calc)", `rem \u0024\u0028calc\u0029`},
	{"`calc`", `rem \u0060calc\u0060`},
	{"{calc}", `rem \u007Bcalc\u007D`},
	{"'x' @y ~z", `rem \u0027x\u0027 \u0040y \u007Ez`},
	{"Müller", `rem M\u00FCller`},
	{"…\u2028x", `rem \u2026\u2028x`},
	{"😀", `rem \uD83D\uDE00`},
	{"a\xffb", `rem a\uFFFDb`},
	{"\u0085\u00a0", `rem \u0085\u00A0`},
	{"SQL-Server, 1433: prod = #7 +/- 2_a * b.", `rem SQL-Server, 1433: prod = #7 +/- 2_a * b.`},
	{"", "rem"},
	{"  indented ", "rem   indented "},
}

func TestWriteComments(t *testing.T) {
	for _, test := range hostile {
		if got := written(t, []string{test.text}, nil); got != test.want+"\r\n" {
			t.Errorf("comment %q\n got %q\nwant %q", test.text, got, test.want+"\r\n")
		}
	}
}

// TestWriteCommentsApart tries every Unicode character by itself: one that is not
// in the alphabet must come out as an escape of its UTF-16 units.
func TestWriteCommentsApart(t *testing.T) {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:=+-_/*#"
	for r := rune(0); r <= utf8.MaxRune; r++ {
		want := string(r)
		if !strings.ContainsRune(alphabet, r) {
			want = ""
			for _, unit := range utf16.Encode([]rune(string(r))) {
				want += fmt.Sprintf("\\u%04X", unit)
			}
		}
		if got := escape([]rune(string(r))[0]); got != want {
			t.Fatalf("%U: got %q, want %q", r, got, want)
		}
	}
}

func TestWriteLongComment(t *testing.T) {
	for _, text := range []string{strings.Repeat("x", 30_000), strings.Repeat("&", 5_000), strings.Repeat("😀", 3_000), strings.Repeat("x", 1000), strings.Repeat("x", 1001)} {
		out := written(t, []string{text}, nil)
		for line := range strings.Lines(out) {
			if len(line) > 1006 || !strings.HasPrefix(line, "rem ") || !strings.HasSuffix(line, "\r\n") {
				t.Fatalf("line of %d bytes: %.20q", len(line), line)
			}
		}
		if got := unescape(t, out); got != text {
			t.Errorf("%.20q...: reads back as %.20q...", text, got)
		}
	}
}

// unescape reads what the rem lines of out say, in one.
func unescape(t testing.TB, out string) string {
	t.Helper()
	var units []uint16
	for line := range strings.Lines(out) {
		text := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(line, "\r\n"), "rem"), " ")
		for text != "" {
			if hex, ok := strings.CutPrefix(text, `\u`); ok {
				unit, err := strconv.ParseUint(hex[:4], 16, 16)
				if err != nil {
					t.Fatal(err)
				}
				units, text = append(units, uint16(unit)), hex[4:]
				continue
			}
			units, text = append(units, uint16(text[0])), text[1:]
		}
	}
	return string(utf16.Decode(units))
}

// FuzzWrite checks, whatever a comment says: every byte of the output is in the
// alphabet, every line is a comment or one of the commands, and the text can be
// read back.
func FuzzWrite(f *testing.F) {
	for _, test := range hostile {
		f.Add(test.text)
	}
	line := regexp.MustCompile(`^rem( [A-Za-z0-9 .,:=+\-_/*#\\]+)?\r\n$`)
	cmd := example(Add)
	f.Fuzz(func(t *testing.T, text string) {
		out := written(t, []string{text}, []Command{cmd})
		comment, ok := strings.CutSuffix(out, cmd.String()+"\r\n")
		if !ok {
			t.Fatalf("the command is gone: %q", out)
		}
		for l := range strings.Lines(comment) {
			if !line.MatchString(l) {
				t.Errorf("line %q", l)
			}
		}
		if got, want := unescape(t, comment), strings.ToValidUTF8(text, "\ufffd"); utf8.ValidString(text) && got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if cmds, err := ParseScript("x.cmd", []byte(out)); err != nil || len(cmds) != 1 {
			t.Errorf("reads back as %v, %v", cmds, err)
		}
	})
}

func TestWriteErrors(t *testing.T) {
	good := example(Add)
	with := func(change func(*Command)) Command {
		c := good
		change(&c)
		return c
	}
	tests := []struct {
		c    Command
		want string
	}{
		{with(func(c *Command) { c.Verb = 0 }), "Verb(0) is not a netsh command"},
		{with(func(c *Command) { c.Verb = 4 }), "Verb(4) is not a netsh command"},
		{with(func(c *Command) { c.Verb = Set }), "set goes with the dynamic port range, add and delete with excluded ones; got set and dynamic=false"},
		{with(func(c *Command) { c.Dynamic = true }), "set goes with the dynamic port range, add and delete with excluded ones; got add and dynamic=true"},
		{with(func(c *Command) { c.Family = "ipv4 & calc" }), `address family "ipv4 & calc" is not ipv4 or ipv6`},
		{with(func(c *Command) { c.Proto = ranges.Both }), "protocol tcp+udp is not tcp or udp: netsh takes one at a time"},
		{with(func(c *Command) { c.Range = ranges.Range{} }), "0-0 is not a port range"},
		{with(func(c *Command) { c.Range = ranges.Range{First: 9, Last: 8} }), "9-8 is not a port range"},
	}
	for _, test := range tests {
		var out bytes.Buffer
		err := Write(&out, []string{"x"}, []Command{good, test.c})
		if err == nil || err.Error() != test.want || out.Len() > 0 {
			t.Errorf("%+v: got %v and %q, want %s", test.c, err, &out, test.want)
		}
	}
	full := errors.New("disk full")
	if err := Write(failingWriter{full}, nil, []Command{good}); err != full {
		t.Errorf("got %v, want %v", err, full)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// randomCommand makes any command that Write takes.
func randomCommand(r *rand.Rand) Command {
	c := Command{Verb: Add + Verb(r.IntN(3)), Proto: ranges.TCP + ranges.Proto(r.IntN(2)), Active: r.IntN(4) == 0}
	c.Family = [...]string{"ipv4", "ipv6"}[r.IntN(2)]
	c.Dynamic = c.Verb == Set
	first := 1 + r.IntN(65535)
	c.Range = ranges.Range{First: uint16(first), Last: uint16(first + r.IntN(65536-first))}
	return c
}

func TestWriteParseScript(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	for range 200 {
		comments := []string{"made for test", ""}[:r.IntN(3)]
		want := make([]Command, r.IntN(40))
		for i := range want {
			want[i] = randomCommand(r)
		}
		out := written(t, comments, want)
		got, err := ParseScript("x.cmd", []byte(out))
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s\nreads back as %v, %v", out, got, err)
		}
		for i := range want {
			want[i].Line, want[i].Col = len(comments)+i+1, 1
			if got[i] != want[i] {
				t.Fatalf("got %+v, want %+v", got[i], want[i])
			}
		}
		if is := IsScript([]byte(out)); is != (len(out) > 0) || IsCapture([]byte(out)) {
			t.Fatalf("IsScript %t of %q", is, out)
		}
	}
}

func ExampleWrite() {
	Write(&noCR{}, []string{"SQL Server & friends"}, []Command{
		{Verb: Add, Family: "ipv4", Proto: ranges.TCP, Range: ranges.Range{First: 1433, Last: 1434}},
	})
	// Output:
	// rem SQL Server \u0026 friends
	// netsh int ipv4 add excludedportrange protocol=tcp startport=1433 numberofports=2 store=persistent
}

// noCR prints without carriage returns, which go vet's examples cannot show.
type noCR struct{}

func (noCR) Write(p []byte) (int, error) {
	_, err := io.WriteString(os.Stdout, strings.ReplaceAll(string(p), "\r", ""))
	return len(p), err
}
