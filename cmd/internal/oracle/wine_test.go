package oracle

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// wineEnv keeps Wine from asking for a display, from writing desktop files
// into the home folder and from starting a debugger after a crash.
func wineEnv(debug string) []string {
	return []string{
		"WINEPREFIX=" + filepath.Join(scratch, "wine"),
		"WINEDEBUG=" + debug,
		"WINEDLLOVERRIDES=winemenubuilder.exe,winedbg.exe,mscoree,mshtml=d",
		"DISPLAY=",
	}
}

// startWine makes the one prefix and keeps its server for a minute after each
// call: calls take a tenth of a second then.
func startWine() error {
	if err := os.Mkdir(filepath.Join(scratch, "wine"), 0o777); err != nil {
		return err
	}
	for _, args := range [][]string{{"wineserver", "-p60"}, {"wine", "wineboot", "-i"}} {
		r, err := command{env: wineEnv("-all"), limit: prefixLimit, args: args}.run()
		if err != nil {
			return err
		}
		if r.status != 0 {
			return fmt.Errorf("%q: %v", args, r)
		}
	}
	return nil
}

func stopWine() {
	command{env: wineEnv("-all"), limit: callLimit, args: []string{"wineserver", "-k"}}.run()
}

// wine runs a program inside Wine. Regedit ends with status 0 whatever it
// reads, so any other status is a crash or worse.
func wine(t testing.TB, args ...string) result {
	t.Helper()
	return wineIn(t, "", "-all", args...)
}

// wineIn runs it in the folder, with WINEDEBUG as given.
func wineIn(t testing.TB, dir, debug string, args ...string) result {
	t.Helper()
	c := command{dir: dir, env: wineEnv(debug), limit: callLimit, args: append([]string{"wine"}, args...)}
	return c.untilStarted(t, func() {})
}

// untilStarted runs a command of Wine; see the function of that name.
func (c command) untilStarted(t testing.TB, restore func()) result {
	t.Helper()
	return untilStarted(t, func() result {
		r, err := c.run()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}, restore)
}

// untilStarted runs something in Wine. About once in a thousand times Wine does not
// get a process started; then all is run again, from what restore brings back.
func untilStarted(t testing.TB, run func() result, restore func()) result {
	t.Helper()
	for try := 1; ; try++ {
		r := run()
		if r.allStarted() {
			return r
		}
		if try == 3 {
			t.Fatalf("not all started: %v", r)
		}
		t.Logf("not all started: %v", r)
		restore()
	}
}

// keep gives what brings back the file as it is now.
func keep(t testing.TB, path string) (restore func()) {
	t.Helper()
	content := readFile(t, path)
	return func() { writeFile(t, path, content) }
}

// allStarted tells whether Wine started the program, and that what it was to
// start. Without a word a program of Wine does not fail.
func (r result) allStarted() bool {
	return !strings.Contains(r.stdout, "ShellExecuteEx failed") &&
		!strings.Contains(r.stderr, "Can't recognize") &&
		(r.status == 0 || r.stdout+r.stderr != "")
}

func mustWine(t testing.TB, args ...string) string {
	t.Helper()
	r := wine(t, args...)
	if r.status != 0 {
		t.Fatalf("wine %q: %v", args, r)
	}
	return r.stdout
}

// windowsPath is how Wine's programs name a file.
func windowsPath(path string) string {
	return "Z:" + strings.ReplaceAll(path, "/", `\`)
}

func regeditImport(t testing.TB, file []byte) {
	t.Helper()
	mustWine(t, "regedit", "/S", windowsPath(tempFile(t, "in.reg", file)))
}

func regeditExport(t testing.TB, key string) []byte {
	t.Helper()
	out := filepath.Join(tempDir(t), "out.reg")
	mustWine(t, "regedit", "/E", windowsPath(out), key)
	return readFile(t, out)
}

// deleteKey removes the key with all below it; name is in reg's short form.
func deleteKey(t testing.TB, name string) {
	t.Helper()
	mustWine(t, "reg", "delete", name, "/f")
}

const (
	bom         = "\xff\xfe"
	header      = "Windows Registry Editor Version 5.00\r\n"
	parameters  = `\Services\Tcpip\Parameters`
	scratchSet  = `HKEY_LOCAL_MACHINE\SYSTEM\ControlSet009`
	scratchKey  = scratchSet + parameters
	currentKey  = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet` + parameters
	scratchName = `HKLM\SYSTEM\ControlSet009`
	currentName = `HKLM\SYSTEM\CurrentControlSet` + parameters
)

// fromUTF16 decodes a file that starts with a little-endian BOM, unit for
// unit; toUTF16 is its inverse.
func fromUTF16(t testing.TB, file []byte) string {
	t.Helper()
	text, ok := bytes.CutPrefix(file, []byte(bom))
	if !ok || len(text)%2 != 0 {
		t.Fatalf("not UTF-16LE with a BOM: %.40q", file)
	}
	return string(utf16.Decode(units(text)))
}

func toUTF16(text string) []byte {
	return append([]byte(bom), unitBytes(utf16.Encode([]rune(text)))...)
}

func units(b []byte) []uint16 {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = uint16(b[2*i]) | uint16(b[2*i+1])<<8
	}
	return u
}

func unitBytes(u []uint16) []byte {
	b := make([]byte, 0, 2*len(u))
	for _, c := range u {
		b = append(b, byte(c), byte(c>>8))
	}
	return b
}

// TestWineExportsGoldens: the golden files are what Wine exports after it
// imported them.
func TestWineExportsGoldens(t *testing.T) {
	for _, path := range goldens(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text := fromUTF16(t, readFile(t, path))
			checkRoundTrip(t, toUTF16(strings.Replace(text, currentKey, scratchKey, 1)))
		})
	}
}

func goldens(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(moduleRoot(t), "testdata/golden/*.reg"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	return paths
}

func moduleRoot(t testing.TB) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// checkRoundTrip imports a file that writes the scratch key and nothing else,
// exports the key and expects the same bytes.
func checkRoundTrip(t testing.TB, file []byte) {
	t.Helper()
	regeditImport(t, file)
	got := regeditExport(t, scratchKey)
	deleteKey(t, scratchName)
	if !bytes.Equal(got, file) {
		t.Errorf("wine exports other bytes: %s", firstDifference(fromUTF16(t, got), fromUTF16(t, file)))
	}
}

// TestWineExportsGen: a whole file as gen writes it comes back byte for byte,
// for value lengths on both sides of the first four wraps.
func TestWineExportsGen(t *testing.T) {
	for _, wrap := range []int{18, 43, 68, 93} {
		for size := wrap - 3; size <= wrap+3; size++ {
			if size%2 == 0 {
				checkRoundTrip(t, gen(t, listOfSize(size), "-f", "reg", "--control-set", "9"))
			}
		}
	}
}

// TestWineExportsManyGen: 200 random lists and every length that wraps, each in
// a control set of its own, imported in one call and exported in another. The
// export must be the files' bodies one after the other, and between them only
// the lines of the parent keys.
func TestWineExportsManyGen(t *testing.T) {
	dir := tempDir(t)
	var names []string
	want := header + section(`HKEY_LOCAL_MACHINE\PR`)
	for i, list := range manyLists(t) {
		set := fmt.Sprintf(`HKEY_LOCAL_MACHINE\PR\ControlSet%03d`, i+1)
		file := gen(t, list, "-f", "reg", "--mount", "PR", "--control-set", fmt.Sprint(i+1))
		names = append(names, fmt.Sprintf("%d.reg", i+1))
		writeFile(t, filepath.Join(dir, names[i]), file)
		want += section(set) + section(set+`\Services`) + section(set+`\Services\Tcpip`) + body(t, file)
	}
	want += "\r\n"

	start := time.Now()
	if r := wineIn(t, dir, "-all", append([]string{"regedit", "/S"}, names...)...); r.status != 0 {
		t.Fatal(r)
	}
	got := fromUTF16(t, regeditExport(t, `HKEY_LOCAL_MACHINE\PR`))
	deleteKey(t, `HKLM\PR`)
	t.Logf("%d files in %v", len(names), time.Since(start))
	if got != want {
		t.Errorf("wine exports other bytes: %s", firstDifference(got, want))
	}
}

// section is how an export shows a key without values.
func section(key string) string { return "\r\n[" + key + "]\r\n" }

// body is a file without its header and without the blank line at its end.
func body(t testing.TB, file []byte) string {
	t.Helper()
	text := fromUTF16(t, file)
	if !strings.HasPrefix(text, header) || !strings.HasSuffix(text, "\r\n\r\n") {
		t.Fatalf("not in regedit's form: %q", text)
	}
	return text[len(header) : len(text)-2]
}

// TestWineCurrentControlSet: on a machine the file goes into the running
// control set and leaves the key's other values alone.
func TestWineCurrentControlSet(t *testing.T) {
	before := mustWine(t, "reg", "query", currentName)
	regeditImport(t, gen(t, "80, 443\n5000-5010\n", "-t", "2003"))
	got := mustWine(t, "reg", "query", currentName, "/v", "ReservedPorts")
	if want := `    ReservedPorts    REG_MULTI_SZ    80-80\0443-443\05000-5010`; !strings.Contains(got, want+"\r\n") {
		t.Errorf("reg query prints %q, want %q", got, want)
	}
	mustWine(t, "reg", "delete", currentName, "/v", "ReservedPorts", "/f")
	if after := mustWine(t, "reg", "query", currentName); after != before {
		t.Errorf("other values changed: %s", firstDifference(after, before))
	}
}
