package oracle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The parent keys of an image that was never booted: each its own section, as
// hivexregedit makes a key only below one that is there.
const hiveParents = `Windows Registry Editor Version 5.00

[HKEY_LOCAL_MACHINE\SYSTEM\Select]
"Current"=dword:00000001
"Default"=dword:00000001

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001]

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services]

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Tcpip]

[HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\Tcpip\Parameters]
"Hostname"="image"

`

const hiveKey = `\ControlSet001\Services\Tcpip\Parameters`

// newHive writes a SYSTEM hive with the keys of control set 1 into the folder
// and gives its path.
func newHive(t testing.TB, dir string) string {
	t.Helper()
	hive := filepath.Join(dir, "SYSTEM")
	writeFile(t, hive, emptyHive())
	mustRun(t, "hivexregedit", "--merge", hive, "--prefix", `HKEY_LOCAL_MACHINE\SYSTEM`,
		tempFile(t, "parents.reg", []byte(hiveParents)))
	return hive
}

// checkHive expects the list in the hive, to show too, and what was there before it.
func checkHive(t testing.TB, hive string, want spans) {
	t.Helper()
	checkEntries(t, hive, want)
	if got := shownPorts(mustRun(t, portreg, "show", hive)); !slices.Equal(got, want.lines()) {
		t.Errorf("show prints %q, want %q", got, want.lines())
	}
	if got := mustRun(t, "hivexget", hive, hiveKey, "Hostname"); got != "image\n" {
		t.Errorf("Hostname is %q afterwards", got)
	}
}

// checkEntries reads ReservedPorts with hivexget and with reglookup.
func checkEntries(t testing.TB, hive string, want spans) {
	t.Helper()
	if got := strings.Fields(mustRun(t, "hivexget", hive, hiveKey, "ReservedPorts")); !slices.Equal(got, want.strings()) {
		t.Errorf("hivexget: got %q, want %q", got, want.strings())
	}
	line := "/ControlSet001/Services/Tcpip/Parameters/ReservedPorts,MULTI_SZ," + strings.Join(want.strings(), "|")
	var got string
	for l := range strings.Lines(mustRun(t, "reglookup", hive)) {
		if strings.Contains(l, "/ReservedPorts,") {
			got += l
		}
	}
	// reglookup shows each NUL but the last of the string as a bar, and four
	// empty columns where keys have their time.
	if strings.TrimRight(got, "|,\n") != line || strings.Count(got, "\n") != 1 {
		t.Errorf("reglookup: got %q, want %q", got, line)
	}
}

// hiveCases are the shapes of target a hive is written with, and the prefix
// under which the file's keys stand.
var hiveCases = []struct {
	flags  []string
	prefix string
}{
	{[]string{"--control-set", "1"}, `HKEY_LOCAL_MACHINE\SYSTEM`},
	{[]string{"--mount", "WIM_System", "--control-set", "1"}, `HKEY_LOCAL_MACHINE\WIM_System`},
	{[]string{"--mount", "OFFLINE"}, `HKEY_LOCAL_MACHINE\OFFLINE`},
}

// TestHivexMerges: hivexregedit takes the UTF-8 form.
func TestHivexMerges(t *testing.T) {
	t.Parallel()
	rng := random(t)
	for _, c := range hiveCases {
		for range 10 {
			want := randomSpans(rng)
			file := gen(t, want.list(rng), append(c.flags, "-f", "reg", "--encoding", "utf-8")...)
			hive := newHive(t, tempDir(t))
			mustRun(t, "hivexregedit", "--merge", hive, "--prefix", c.prefix, tempFile(t, "in.reg", file))
			checkHive(t, hive, want)
		}
	}
}

// TestRegedMerges: reged takes the UTF-16 form; its status 2 means saved.
func TestRegedMerges(t *testing.T) {
	t.Parallel()
	rng := random(t)
	for _, c := range hiveCases {
		for range 10 {
			want := randomSpans(rng)
			file := gen(t, want.list(rng), append(c.flags, "-f", "reg")...)
			hive := newHive(t, tempDir(t))
			if r := run(t, "reged", "-I", "-C", hive, c.prefix, tempFile(t, "in.reg", file)); r.status != 2 {
				t.Fatal(r)
			}
			checkHive(t, hive, want)
		}
	}
}

// TestHivexExports: what hivexregedit writes of a hive show reads.
func TestHivexExports(t *testing.T) {
	t.Parallel()
	rng := random(t)
	for range 10 {
		want := randomSpans(rng)
		file := gen(t, want.list(rng), "-f", "reg", "--control-set", "1", "--encoding", "utf-8")
		hive := newHive(t, tempDir(t))
		mustRun(t, "hivexregedit", "--merge", hive, "--prefix", `HKEY_LOCAL_MACHINE\SYSTEM`, tempFile(t, "in.reg", file))
		export := mustRun(t, "hivexregedit", "--export", "--prefix", `HKEY_LOCAL_MACHINE\SYSTEM`, hive, hiveKey)
		got := mustRun(t, portreg, "show", tempFile(t, "export.reg", []byte(export)))
		if !slices.Equal(shownPorts(got), want.lines()) {
			t.Errorf("show prints %q of %q", got, export)
		}
	}
}

// TestHivexRefusesWrongControlSet: a file for a control set that the image
// does not have fails, and the hive stays as it was.
func TestHivexRefusesWrongControlSet(t *testing.T) {
	for _, c := range []struct {
		flags  []string
		prefix string
	}{
		{[]string{"--control-set", "2"}, `HKEY_LOCAL_MACHINE\SYSTEM`},
		{nil, `HKEY_LOCAL_MACHINE\SYSTEM`}, // CurrentControlSet is no key of a hive
		{[]string{"--mount", "OTHER"}, `HKEY_LOCAL_MACHINE\SYSTEM`},
	} {
		file := gen(t, "80-90\n", append(c.flags, "-f", "reg", "--encoding", "utf-8")...)
		hive := newHive(t, tempDir(t))
		before, err := os.ReadFile(hive)
		if err != nil {
			t.Fatal(err)
		}
		if r := run(t, "hivexregedit", "--merge", hive, "--prefix", c.prefix, tempFile(t, "in.reg", file)); r.status == 0 {
			t.Errorf("%q: hivexregedit took it: %v", c.flags, r)
		}
		if after := readFile(t, hive); string(after) != string(before) {
			t.Errorf("%q: the hive changed", c.flags)
		}
	}
}
