package gpo

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

var both = Backup{Name: "Reserved ports (web)", Registry: []byte("PReg"), Startup: &Script{"web.cmd", []byte("rem")}}

// folder gives the files of a backup as a folder.
func folder(t testing.TB, b Backup) fstest.MapFS {
	t.Helper()
	files, err := b.Files()
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for _, f := range files {
		dir[f.Path] = &fstest.MapFile{Data: f.Content}
	}
	return dir
}

// Equal backups are equal bytes, for ever; other settings change their own file only.
func TestStable(t *testing.T) {
	files, err := both.Files()
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	for _, f := range files {
		fmt.Fprintf(h, "%s %d %s\n", f.Path, len(f.Content), f.Content)
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != "7b3a32e98a05015f98213247f9684c1ee5fa1c413e2615d2f940c8702789900a" {
		t.Errorf("the bytes are other ones: %s", got)
	}
	other := Backup{both.Name, []byte("PReg2"), &Script{"web.cmd", []byte("rem 2")}}
	changed, err := other.Files()
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range changed {
		settings := strings.HasSuffix(f.Path, "/registry.pol") || strings.HasSuffix(f.Path, "/web.cmd")
		if f.Path != files[i].Path || bytes.Equal(f.Content, files[i].Content) == settings {
			t.Errorf("%s, %s", f.Path, files[i].Path)
		}
	}
}

func TestFilesRefused(t *testing.T) {
	for _, tt := range []struct {
		b    Backup
		want string
	}{
		{Backup{}, `"" is not a name for a GPO; write printable characters`},
		{Backup{Name: " a"}, `" a" is not a name for a GPO; write printable characters`},
		{Backup{Name: "a\nb"}, `"a\nb" is not a name for a GPO; write printable characters`},
		{Backup{Name: "a\xff"}, `"a\xff" is not a name for a GPO; write printable characters`},
		{Backup{Name: "a"}, "a GPO with neither a policy nor a script does nothing"},
		{Backup{Name: "a", Startup: &Script{Name: ""}}, `"" is not a name for a script; write ASCII letters, digits, dots, - and _`},
		{Backup{Name: "a", Startup: &Script{Name: `..\a.cmd`}}, `"..\\a.cmd" is not a name for a script; write ASCII letters, digits, dots, - and _`},
		{Backup{Name: "a", Startup: &Script{Name: "-a"}}, `"-a" is not a name for a script; write ASCII letters, digits, dots, - and _`},
		{Backup{Name: "a", Startup: &Script{Name: "a."}}, `"a." is not a name for a script; write ASCII letters, digits, dots, - and _`},
		{Backup{Name: "a", Startup: &Script{Name: "a b"}}, `"a b" is not a name for a script; write ASCII letters, digits, dots, - and _`},
		{Backup{Name: "a", Startup: &Script{Name: "ä"}}, `"ä" is not a name for a script; write ASCII letters, digits, dots, - and _`},
	} {
		if files, err := tt.b.Files(); files != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%+v: %v, %v", tt.b, files, err)
		}
	}
}

// texts gives what was read, one line each.
func texts(found []*Found) (lines []string) {
	for _, f := range found {
		lines = append(lines, f.Name)
		for _, file := range []*File{f.Registry, f.Preferences} {
			if file != nil {
				lines = append(lines, fmt.Sprintf("%s: %s", file.Path, file.Content))
			}
		}
		for _, r := range f.Startup {
			line := fmt.Sprintf("%s:%d: %s|%s", r.Path, r.Line, r.Command, r.Parameters)
			if r.File != nil {
				line += fmt.Sprintf(" = %s: %s", r.File.Path, r.File.Content)
			}
			lines = append(lines, line)
		}
		for _, n := range f.Notes {
			dropped := ""
			if n.Dropped {
				dropped = " (dropped)"
			}
			lines = append(lines, fmt.Sprintf("%s:%v: %s: %s%s", n.Path, n.Pos, n.Rule, n.Text, dropped))
		}
	}
	return lines
}

const (
	id  = "{EF7C9896-999D-5DC4-B9F9-2ADA1F995D3C}"
	mac = id + "/DomainSysvol/GPO/Machine/"
)

// intact is what is read of both.
var intact = []string{
	"Reserved ports (web)",
	mac + "registry.pol: PReg",
	mac + "Scripts/scripts.ini:3: web.cmd| = " + mac + "Scripts/Startup/web.cmd: rem",
}

func TestReadBack(t *testing.T) {
	for _, name := range names {
		b := Backup{name, []byte("PReg"), &Script{"web.cmd", []byte("rem")}}
		found, err := Read("dir", folder(t, b))
		if err != nil || len(found) != 1 {
			t.Fatal(name, found, err)
		}
		f := found[0]
		if f.Name != name || string(f.Registry.Content) != "PReg" || len(f.Startup) != 1 || string(f.Startup[0].File.Content) != "rem" || f.Notes != nil {
			t.Errorf("%q: %q", name, texts(found))
		}
	}
	dir := folder(t, both)
	if found, err := Read("dir", dir); err != nil || !slices.Equal(texts(found), intact) {
		t.Errorf("%q, %v", texts(found), err)
	}
	sub, err := fs.Sub(dir, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{id, "a/" + id, `a\` + id, "."} {
		found, err := Read(name, sub)
		want := strings.Split(strings.ReplaceAll(strings.Join(intact, "\n"), id+"/", ""), "\n")
		if err != nil || !slices.Equal(texts(found), want) {
			t.Errorf("%s: %q, %v", name, texts(found), err)
		}
	}
}

// An edit of a file, or of where files are.
type edit func(dir fstest.MapFS)

func replace(name, old, new string) edit {
	return func(dir fstest.MapFS) {
		src := string(dir[name].Data)
		if !strings.Contains(src, old) {
			panic(fmt.Sprintf("%s has no %q", name, old))
		}
		dir[name] = &fstest.MapFile{Data: []byte(strings.Replace(src, old, new, 1))}
	}
}

func remove(name string) edit { return func(dir fstest.MapFS) { delete(dir, name) } }

func set(name, content string) edit {
	return func(dir fstest.MapFS) { dir[name] = &fstest.MapFile{Data: []byte(content)} }
}

func ini(text string) edit {
	return set(mac+"Scripts/scripts.ini", string(utf16LE("\ufeff"+strings.ReplaceAll(text, "\n", "\r\n"))))
}

// without gives lines that do not begin with any of the prefixes.
func without(lines []string, prefixes ...string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(line, p) })
	})
}

// What contradicts itself or has no effect is noted with its place, and what has no effect
// is not read.
func TestNotes(t *testing.T) {
	const (
		backup = id + "/Backup.xml"
		pol    = mac + "registry.pol"
		start  = mac + "Scripts/scripts.ini"
		script = mac + "Scripts/Startup/web.cmd"
		pair   = "[{42B5FAAE-6536-11D2-AE5A-0000F87571E3}{40B6664F-4972-11D1-A7CA-0000F87571E3}]"
	)
	noPolicy, noScript := without(intact, pol), without(intact, start)
	unread := slices.Concat(noScript, []string{start + ":3: web.cmd|"})
	for _, tt := range []struct {
		edit edit
		left []string
		want string // the notes
	}{
		{remove(pol), noPolicy, backup + `:4:13: missing-object: "DomainSysvol\\GPO\\Machine\\registry.pol" is not in the backup`},
		{func(dir fstest.MapFS) { dir[pol].Mode = fs.ModeSymlink }, noPolicy,
			backup + `:4:13: missing-object: "DomainSysvol\\GPO\\Machine\\registry.pol" is not in the backup`},
		{replace(backup, `DomainSysvol\GPO\Machine\registry.pol"/>`, `..\manifest.xml"/>`), noPolicy,
			backup + ":4:13: missing-object: \"..\\\\manifest.xml\" is not in the backup\n" +
				pol + ":1:1: unlisted-file: Backup.xml does not name this file, so that it is not imported (dropped)"},
		{replace(backup, `bkp:Location="DomainSysvol\GPO\Machine\registry.pol"`, ""), noPolicy,
			pol + ":1:1: unlisted-file: Backup.xml does not name this file, so that it is not imported (dropped)"},
		{replace(backup, "{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}][", ""), noPolicy,
			pol + ":1:1: no-extension: {35378EAC-683F-11D2-A89A-00C04FBBCFA2} is not among the client-side extensions of Backup.xml, so that this file is not applied (dropped)"},
		{replace(backup, pair, "["+pair[1:len(pair)-1]+"][{0"), intact,
			backup + ":2:738: extension-form: \"{0\" is not a client-side extension with its tools; write {CSE}{TOOL} in brackets"},
		{replace(backup, "[{35378EAC", pair+"[{35378EAC"), noPolicy,
			backup + ":2:738: extension-order: {35378EAC-683F-11D2-A89A-00C04FBBCFA2} stands behind {42B5FAAE-6536-11D2-AE5A-0000F87571E3}; a client stops at the first that is not in ascending order\n" +
				pol + ":1:1: no-extension: {35378EAC-683F-11D2-A89A-00C04FBBCFA2} is not among the client-side extensions of Backup.xml, so that this file is not applied (dropped)"},
		{replace(backup, "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}", "[{00000000-0000-0000-0000-000000000000}{D02B1F72-3407-48AE-BA88-E8213C6761F1}][{35378eac-683f-11d2-a89a-00c04fbbcfa2}"), intact, ""},
		{replace(backup, "65537", "0"), intact, backup + ":2:53: zero-version: the versions of both sides are 0, with which a GPO is not applied"},
		{replace(backup, "<UserVersionNumber><![CDATA[0]]>", "<UserVersionNumber>1"), intact, ""},
		{remove(id + "/bkupInfo.xml"), intact, backup + ":1:1: no-info: beside it is no bkupInfo.xml, which GPMC finds a backup by"},
		{replace(id+"/bkupInfo.xml", "<ID><![CDATA[{EF", "<ID><![CDATA[{FF"), intact,
			id + `/bkupInfo.xml:1:399: backup-id: ID is "{FF7C9896-999D-5DC4-B9F9-2ADA1F995D3C}", but that of its folder is "{EF7C9896-999D-5DC4-B9F9-2ADA1F995D3C}"`},
		{replace(id+"/bkupInfo.xml", "(web)", "(app)"), intact,
			id + `/bkupInfo.xml:1:489: backup-id: GPODisplayName is "Reserved ports (app)", but that of Backup.xml is "Reserved ports (web)"`},
		{replace(backup, "<ID><![CDATA[{44", "<ID><![CDATA[{45"), intact,
			id + `/bkupInfo.xml:1:81: backup-id: GPOGuid is "{449383C2-951B-5E5A-B756-C4491EA92B89}", but that of Backup.xml is "{459383C2-951B-5E5A-B756-C4491EA92B89}"` + "\n" +
				`manifest.xml:1:182: backup-id: GPOGuid is "{449383C2-951B-5E5A-B756-C4491EA92B89}", but that of Backup.xml is "{459383C2-951B-5E5A-B756-C4491EA92B89}"`},
		{remove("manifest.xml"), intact, backup + ":1:1: no-manifest: in the folder above is no manifest.xml, which GPMC finds backups by"},
		{replace("manifest.xml", "<ID><![CDATA[{EF", "<ID><![CDATA[{FF"), intact,
			`manifest.xml:1:170: missing-backup: the backup "{FF7C9896-999D-5DC4-B9F9-2ADA1F995D3C}" is not in the folder` + "\n" +
				"manifest.xml:1:1: unlisted-backup: the backup {EF7C9896-999D-5DC4-B9F9-2ADA1F995D3C} is not listed, so that GPMC does not show it"},
		{remove(script), unread,
			backup + ":9:206: missing-object: \"DomainSysvol\\\\GPO\\\\Machine\\\\Scripts\\\\Startup\\\\web.cmd\" is not in the backup\n" +
				start + ":3:1: missing-script: \"web.cmd\" is not in Scripts\\Startup of the backup"},
		{replace(backup, `bkp:Location="DomainSysvol\GPO\Machine\Scripts\Startup\web.cmd"`, ""), unread,
			script + ":1:1: unlisted-file: Backup.xml does not name this file, so that it is not imported (dropped)"},
		{set(start, "[Startup]\r\n0CmdLine=\r\n0CmdLine=web.cmd\r\n"), slices.Concat(noScript, []string{start + ":2: |"}),
			start + ":1:1: scripts-encoding: the file has no byte order mark; save it as UTF-16LE with FF FE before it\n" +
				start + ":2:1: no-parameters: 0Parameters is missing; write it, and nothing behind its =\n" +
				start + `:2:1: missing-script: "" is not in Scripts\Startup of the backup`},
		{ini("[startup]\n;0cmdline=x\n 0CMDLINE = WEB.CMD \n0parameters=/q\n[Shutdown]\n1CmdLine=a\n"),
			slices.Concat(noScript, []string{start + ":3: WEB.CMD|/q = " + script + ": rem"}), ""},
		{ini("[Startup]\n1CmdLine=web.cmd\n1Parameters=\n"), noScript,
			start + `:2:1: script-number: "web.cmd" is not run: the scripts are numbered from 0, without a gap, and 0CmdLine is not there (dropped)`},
		{ini("[Startup]\n1CmdLine=web.cmd\n1Parameters=\n0CmdLine=\\\\srv\\a b.cmd\n0Parameters=\n"),
			slices.Concat(noScript, []string{start + `:4: \\srv\a b.cmd|`, start + ":2: web.cmd| = " + script + ": rem"}),
			start + `:4:1: unread-script: "\\\\srv\\a b.cmd" is not in the backup, and what it does is not known`},
	} {
		dir := folder(t, both)
		tt.edit(dir)
		found, err := Read("dir", dir)
		want := slices.Clone(tt.left)
		if tt.want != "" {
			want = append(want, strings.Split(tt.want, "\n")...)
		}
		if err != nil || !slices.Equal(texts(found), want) {
			t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(texts(found), "\n"), strings.Join(want, "\n"))
		}
	}
}

func utf16LE(text string) (b []byte) {
	for _, r := range text { // of the basic plane
		b = append(b, byte(r), byte(r>>8))
	}
	return b
}

func TestReadFails(t *testing.T) {
	nested := strings.Repeat("<a>", 40)
	many := "<Backups>" + strings.Repeat("<a/>", 100_001)
	const backup = id + "/Backup.xml"
	for _, tt := range []struct {
		edit edit
		want string
	}{
		{func(dir fstest.MapFS) { clear(dir) }, "dir: this folder is no backup of a GPO: neither Backup.xml nor a folder named by a GUID that has one is in it"},
		{remove(backup), "dir: this folder is no backup of a GPO: neither Backup.xml nor a folder named by a GUID that has one is in it"},
		{set("manifest.xml", ""), "dir/manifest.xml:1:1: there is no XML in it"},
		{set("manifest.xml", "<Backups>\n é<a></b>"), "dir/manifest.xml:2:10: element <a> closed by </b>"},
		{set("manifest.xml", "\ufeff<Backups/>"), `dir/manifest.xml:1:1: the first element is "Backups" of ""; it must be Backups of http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest`},
		{set(backup, "<?xml version='1.0' encoding='utf-16'?><a/>"), "dir/" + backup + `:1:1: xml: encoding "utf-16" declared but Decoder.CharsetReader is nil`},
		{set(id+"/bkupInfo.xml", "<a/><b/>"), "dir/" + id + `/bkupInfo.xml:1:5: "b" stands behind the last element`},
		{set("manifest.xml", nested), "dir/manifest.xml:1:97: elements are nested more than 32 deep"},
		{set("manifest.xml", many), "dir/manifest.xml:1:400006: there are more than 100000 elements"},
		{set("manifest.xml", strings.Repeat(" ", 4<<20+1)), "dir/manifest.xml: the file is too large for a backup of a GPO, which has some KiB"},
	} {
		dir := folder(t, both)
		tt.edit(dir)
		if found, err := Read("dir", dir); found != nil || err == nil || err.Error() != tt.want {
			t.Errorf("%v\nwant %s", err, tt.want)
		}
	}
}
