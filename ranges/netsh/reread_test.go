package netsh

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"portreg/ranges"
)

func randomSet(rng *rand.Rand) ranges.Set {
	var rr []ranges.Range
	for range rng.IntN(6) {
		first := 1 + rng.IntN(65535)
		rr = append(rr, ranges.Range{First: uint16(first), Last: uint16(first + rng.IntN(65536-first))})
	}
	return ranges.SetOf(rr...)
}

// What is written comes back, for LF and CRLF, and counts as not edited.
func TestReread(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		c := Converge{Name: "web", ReleaseWinNAT: rng.IntN(2) == 0, Undo: rng.IntN(3) == 0}
		if !c.Undo {
			c.Ports = ranges.Ports{TCP: randomSet(rng), UDP: randomSet(rng)}
		}
		if !c.Undo && rng.IntN(2) == 0 {
			c.Dynamic = ranges.Range{First: 1025, Last: uint16(1279 + rng.IntN(64000))}
		}
		if rng.IntN(2) == 0 {
			c.Comments = []string{"", "80-90/tcp & \u202e%x%", strings.Repeat("long ", 500), "setlocal"}
		}
		for _, script := range scripts(t, c) {
			checkReread(t, script, c, 0)
			checkReread(t, strings.ReplaceAll(script, "\r\n", "\n"), c, 1)
			lines := strings.SplitAfter(script, "\n")
			i := rng.IntN(len(lines) - 1)
			lines[i] = strings.TrimSuffix(lines[i], "\r\n") + "\n"
			checkReread(t, strings.Join(lines, ""), c, i+1)
		}
	}
}

func scripts(t *testing.T, c Converge) (all []string) {
	t.Helper()
	for _, d := range dialects() {
		var b strings.Builder
		if err := c.write(&b, d); err != nil {
			t.Fatal(err)
		}
		all = append(all, b.String())
	}
	return all
}

func checkReread(t *testing.T, script string, want Converge, lf int) {
	t.Helper()
	if IsCmd([]byte(script)) == IsPS1([]byte(script)) {
		t.Fatalf("not recognised:\n%s", script)
	}
	got, err := ParseConverge("f", []byte(script))
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != want.Name || got.Undo != want.Undo || got.ReleaseWinNAT != want.ReleaseWinNAT || got.Dynamic != want.Dynamic || !got.Ports.Equal(want.Ports) || got.Comments != nil {
		t.Errorf("got %+v\nwant %+v", got.Converge, want)
	}
	if got.Edited != 0 {
		t.Errorf("line %d counts as edited: %q", got.Edited, strings.Split(script, "\n")[got.Edited-1])
	}
	if IsPS1([]byte(script)) {
		lf = 0 // it does there
	}
	if got.LF != lf {
		t.Errorf("the first LF is said to end line %d, want %d", got.LF, lf)
	}
	for _, b := range got.Blocks {
		if line := strings.Split(script, "\n")[b.Line-1]; !strings.HasPrefix(line[b.Col-1:], fmt.Sprintf("%d-%d/%s", b.Range.First, b.Range.Last, b.Proto)) {
			t.Errorf("%v is not in column %d of %q", b, b.Col, line)
		}
	}
}

// Any line that is changed, dropped or put in counts as edited, but for comments,
// and for the values.
func TestRereadEdited(t *testing.T) {
	c := Converge{Name: "web", Ports: ranges.Ports{TCP: ranges.SetOf(ranges.Range{First: 80, Last: 90})}, Comments: []string{"one", "two"}}
	for _, script := range scripts(t, c) {
		text := strings.Split(script, "\r\n")
		for i := range text {
			changed, dropped, put := slices.Clone(text), slices.Delete(slices.Clone(text), i, i+1), slices.Insert(slices.Clone(text), i, "del x")
			changed[i] += " & del x"
			for _, other := range [][]string{changed, dropped, put} {
				checkEdited(t, strings.Join(other, "\r\n"), c, i)
			}
		}
	}
}

func checkEdited(t *testing.T, script string, was Converge, line int) {
	t.Helper()
	got, err := ParseConverge("f", []byte(script))
	if err != nil || got.Edited == line+1 {
		return // that is loud
	}
	comment := strings.Contains(script, " one\r\n") != strings.Contains(script, " two\r\n")
	if got.Edited == 0 && !comment && got.Ports.Equal(was.Ports) {
		t.Errorf("nobody sees that line %d was edited:\n%s", line+1, script)
	}
}

// Values that cannot be are errors with their place.
func TestRereadErrors(t *testing.T) {
	script := scripts(t, Converge{Name: "web", Ports: ranges.Ports{UDP: ranges.SetOf(ranges.Range{First: 80, Last: 90})}, Dynamic: ranges.Range{First: 1025, Last: 2000}})[0]
	for _, test := range []struct{ old, new, want string }{
		{"80-90/udp", "90-80/udp", `f:20:24: "90-80/udp" is not a port range of the script; write >>"%work%\wanted" echo 80-90/tcp`},
		{"80-90/udp", "80-90", `f:20:24: `},
		{"80-90/udp", "80-90/udp & del x", `f:20:24: `},
		{"1025 976", "1025 65000", `f:7:14: "1025 65000" is not a first port and a number of ports; write "49152 16384"`},
		{"portreg web:", "portreg con:", `f:2:13: "con" is a device on Windows`},
		{"udp\r\nexit /b 0", "udp\r\nexit /b", `f:21:1: this is no port range of the script; write >>"%work%\wanted" echo 80-90/tcp, or "exit /b 0" behind the last`},
		{":wanted\r\n", "", `f:1:1: this is no script that portreg wrote`},
	} {
		edited := strings.Replace(script, test.old, test.new, 1)
		_, err := ParseConverge("f", []byte(edited))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%q for %q: error %v, want %s", test.new, test.old, err, test.want)
		}
	}
}

func FuzzParseConverge(f *testing.F) {
	for _, d := range dialects() {
		var b strings.Builder
		Converge{Name: "web", Ports: ranges.Ports{TCP: ranges.SetOf(ranges.Range{First: 80, Last: 90})}, Comments: []string{"x"}}.write(&b, d)
		f.Add([]byte(b.String()))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		r, err := ParseConverge("f", src)
		if err != nil || r.Edited != 0 {
			return
		}
		for _, again := range scripts(t, r.Converge) {
			checkReread(t, again, r.Converge, 0)
		}
	})
}
