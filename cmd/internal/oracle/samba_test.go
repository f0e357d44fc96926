package oracle

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"portreg/regfile"
)

// sambaConvert lets Samba read a .reg file and write it in another form,
// "regedit5" or "regedit4". It goes from file to file.
func sambaConvert(t testing.TB, file []byte, form string) []byte {
	t.Helper()
	dir, conf := sambaFolder(t)
	in, out := filepath.Join(dir, "in.reg"), filepath.Join(dir, "out.reg")
	writeFile(t, in, file)
	mustRun(t, "net", "-s", conf, "registry", "convert", in, out, form)
	return readFile(t, out)
}

// sambaFolder gives a new folder and the smb.conf that keeps Samba within it.
func sambaFolder(t testing.TB) (dir, conf string) {
	t.Helper()
	dir = tempDir(t)
	text := "[global]\ndos charset = CP1252\n"
	for _, folder := range []string{"private dir", "lock directory", "state directory", "cache directory", "pid directory"} {
		text += folder + " = " + dir + "\n"
	}
	conf = filepath.Join(dir, "smb.conf")
	writeFile(t, conf, []byte(text))
	return dir, conf
}

// Samba ends its files with lines for an editor in place of the blank line.
const (
	footer5 = ";Local Variables:\r\n;coding: UTF-16LE\r\n;End:\r\n"
	footer4 = ";Local Variables:\r\n;coding: CP1252\r\n;End:\r\n"
)

// Samba makes long names of the short ones that it gives root keys unless it is told a form.
func TestSambaMendsRoots(t *testing.T) {
	const body = "\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters]\n\"ReservedPorts\"=hex(7):38,00,30,00,00,00,00,00\n\n"
	const header = "Windows Registry Editor Version 5.00\n\n"
	short, long := sambaConvert(t, []byte(header+"[HKLM"+body), "regedit5"), sambaConvert(t, []byte(header+"[HKEY_LOCAL_MACHINE"+body), "regedit5")
	f, err := regfile.Parse("mended.reg", short)
	if err != nil || !bytes.Equal(short, long) || len(f.Ops()) != 2 || len(f.Notes()) > 0 {
		t.Errorf("%v, %q\nwant %q", err, short, long)
	}
}

// withFooter is what Samba writes where regedit writes text.
func withFooter(t testing.TB, text, footer string) string {
	t.Helper()
	body, ok := strings.CutSuffix(text, "\r\n\r\n")
	if !ok {
		t.Fatalf("no blank line at the end: %q", text)
	}
	return body + "\r\n" + footer
}

// TestSambaGoldens: Samba reads the golden files and writes the same lines.
func TestSambaGoldens(t *testing.T) {
	for _, path := range goldens(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			checkConvert(t, readFile(t, path))
		})
	}
}

func checkConvert(t testing.TB, file []byte) {
	t.Helper()
	got := fromUTF16(t, sambaConvert(t, file, "regedit5"))
	if want := withFooter(t, fromUTF16(t, file), footer5); got != want {
		t.Errorf("samba writes other lines: %s", firstDifference(got, want))
	}
}

// TestSambaConverts: what gen writes in either version Samba writes too, from
// either version: 5.00 from 5.00 and from REGEDIT4, REGEDIT4 from 5.00.
func TestSambaConverts(t *testing.T) {
	t.Parallel()
	for _, list := range manyLists(t) {
		v5 := gen(t, list, "-f", "reg")
		v4 := gen(t, list, "-f", "regedit4")
		checkConvert(t, v5)
		got := string(sambaConvert(t, v5, "regedit4"))
		if want := withFooter(t, string(v4), footer4); got != want {
			t.Fatalf("regedit4 of %q: %s", list, firstDifference(got, want))
		}
		got = fromUTF16(t, sambaConvert(t, v4, "regedit5"))
		if want := withFooter(t, fromUTF16(t, v5), footer5); got != want {
			t.Fatalf("regedit5 from regedit4 of %q: %s", list, firstDifference(got, want))
		}
	}
}
