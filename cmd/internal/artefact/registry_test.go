package artefact

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"portreg/regfile"
)

const (
	parametersKey = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`
	parametersReg = "REGEDIT4\n\n[" + parametersKey + "]\n"
)

func readReged(t *testing.T, text string, o Options) *Content {
	t.Helper()
	c, err := Read("x.reg", strings.NewReader(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Of each rule so many notes are kept, and one that says how many are not.
func TestNotesAreLimited(t *testing.T) {
	text := parametersReg + strings.Repeat("stray\n", maxNotes+5) + "\"A\"=hex:1,,\n"
	for _, faults := range []bool{false, true} {
		c := readReged(t, text, Options{Faults: faults})
		if len(c.Notes) != maxNotes+2 {
			t.Fatalf("%d notes", len(c.Notes))
		}
		last, other := c.Notes[maxNotes], c.Notes[maxNotes+1]
		if last.Line != 4+maxNotes || last.Omitted != 5 || last.Text != "from here on, 5 notes like those before it (stray-line) are left out" || other.Rule != "hex-comma" {
			t.Errorf("%+v, %+v", last, other)
		}
		if !last.Obscures("any key") || c.Notes[0].Obscures("any key") || !c.Notes[0].Obscures(parametersKey) {
			t.Error("what is left out may be about any key")
		}
	}
}

// Of keys that regedit does not open, the first tells enough, and they leave nothing open:
// the values below them are noted, too.
func TestRootsAreNotedOnce(t *testing.T) {
	text := "REGEDIT4\n" + strings.Repeat("\n[HKLM\\A]\n", 3) + "\n[HKLN\\A]\n\"ReservedPorts\"=hex(7):00\n"
	var got []string
	for _, n := range readReged(t, text, Options{}).Notes {
		got = append(got, fmt.Sprintf("%d %s %d %v", n.Line, n.Rule, n.Omitted, n.Obscures(parametersKey)))
	}
	if want := "3 short-root 0 false, 5 short-root 2 false, 9 unknown-root 0 false, 10 no-key 0 true"; strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %s", got, want)
	}
	if notes := readReged(t, text, Options{Faults: true}).Notes; len(notes) != 5 {
		t.Errorf("%d notes", len(notes))
	}
}

// The notes that are kept take limited memory.
func TestNotesAreLimitedInSize(t *testing.T) {
	var k notes
	for range 3 {
		k.add(Note{Rule: "large", Text: strings.Repeat("x", mostKept/2-1000)})
		k.add(Note{Rule: "small", Text: "x"})
	}
	var got []string
	for _, n := range k.list() {
		got = append(got, fmt.Sprint(n.Rule, n.Omitted))
	}
	if want := "large0 small0 large0 small0 small0 large1"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %s", got, want)
	}
}

// More lists than any export has are an error at the first that is too many.
func TestListsAreLimited(t *testing.T) {
	const value = "\"ReservedPorts\"=hex(7):38,30,00,00\n"
	c := readReged(t, parametersReg+strings.Repeat(value, mostLists), Options{})
	if c.Ports.String() != "80" || len(c.Values) != 1 {
		t.Errorf("%v, %d values", c.Ports, len(c.Values))
	}
	_, err := Read("x.reg", strings.NewReader(parametersReg+strings.Repeat(value, mostLists+5)), Options{})
	if want := "x.reg:10004:1: more than 10000 lists of ports, or 64 MiB of them, are not read"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestListsAreLimitedInSize(t *testing.T) {
	r := newRegistryReader(&Content{}, input{name: "x.reg"})
	op := regfile.Op{Verb: regfile.SetValue, Key: parametersKey, Name: "ReservedPorts", Data: regfile.Data{Type: regfile.MultiSZ, Bytes: make([]byte, mostKept/4)}}
	for line := range 5 {
		op.Pos = regfile.Pos{Line: 1 + line, Col: 1}
		r.op(op)
	}
	if err := r.finish(); err == nil || !strings.HasPrefix(err.Error(), "x.reg:4:1: more than ") {
		t.Error(err)
	}
	other := newRegistryReader(&Content{}, input{name: "x.reg"})
	op.Name = "Domain" // whose data does not matter
	for range 5 {
		other.op(op)
	}
	if err := other.finish(); err != nil || len(other.Ops) != 5 {
		t.Error(err)
	}
}

// What has nothing to do with lists is not kept, however much there is of it.
func TestRegIsNotHeld(t *testing.T) {
	const filler = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\X]\n\"A\"=\"text\"\n\"B\"=hex:31,\\\n  32\n[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Y]\n; comment\n"
	text := io.MultiReader(strings.NewReader("REGEDIT4\n\n"), io.LimitReader(&repeated{text: filler}, int64(len(filler)*200_000)),
		strings.NewReader(strings.TrimPrefix(parametersReg, "REGEDIT4\n")+"\"ReservedPorts\"=hex(7):38,30,00,00\n\n"))
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	c, err := Read("x.reg", text, Options{})
	if err != nil || c.Ports.String() != "80" || len(c.Ops) != 2 || !c.Whole {
		t.Fatalf("%v, %+v", err, c)
	}
	runtime.GC()
	var left runtime.MemStats
	runtime.ReadMemStats(&left)
	if kept := int64(left.HeapAlloc) - int64(before.HeapAlloc); kept > 1<<20 {
		t.Errorf("%d bytes are kept", kept)
	}
	runtime.KeepAlive(c)
}

// repeated is a text, again and again.
type repeated struct {
	text string
	at   int
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		m := copy(p[n:], r.text[r.at:])
		n, r.at = n+m, (r.at+m)%len(r.text)
	}
	return n, nil
}

// Of directives that many are read; the first that is not tells.
func TestDirectivesAreLimited(t *testing.T) {
	text := parametersReg + strings.Repeat("; portreg:ignore a\n", maxDirectives) + "\"A\"=\"\" ; portreg:ignore b\n; portreg:ignore c\n"
	dd := readReged(t, text, Options{Faults: true}).Directives
	if len(dd) != maxDirectives+1 {
		t.Fatalf("%d directives", len(dd))
	}
	if first, last := dd[0], dd[maxDirectives]; first.Line != 4 || first.First != 4+maxDirectives || last.Line != 4+maxDirectives || !last.Surplus {
		t.Errorf("%+v, %+v", first, last)
	}
	text = parametersReg + strings.Repeat("; portreg:ignore "+strings.Repeat("a ", 20_000)+"\n", maxDirectiveText/40_000+2)
	if dd := readReged(t, text, Options{Faults: true}).Directives; len(dd) != maxDirectiveText/40_000+1 || !dd[len(dd)-1].Surplus {
		t.Errorf("%d directives of much text", len(dd))
	}
}

// A comment that is cut within a character is text nevertheless.
func TestHiddenInLongComment(t *testing.T) {
	for shift := range 4 {
		text := "Windows Registry Editor Version 5.00\n\n;" + strings.Repeat("x", shift) + "\u202e" + strings.Repeat("€", 64<<10/3) + "\n\n"
		if notes := readReged(t, text, Options{Faults: true}).Notes; len(notes) != 1 || notes[0].Rule != "hidden-character" || notes[0].Col != 2+shift {
			t.Errorf("%d: %+v", shift, notes)
		}
	}
}
