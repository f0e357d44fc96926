package oracle

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

const domainLimit = 4 * time.Minute // all that is done in the domain

// A domainGPO is a backup and what is to be in its registry.pol.
type domainGPO struct {
	folder, name string
	settings     []policyEntry
}

// TestDomain: a domain of Samba's takes the backups, as Import-GPO brings them in and as
// samba-tool restores them. Byte for byte it gives their files back, and a client that the
// GPO is linked to is told to set what was asked for.
func TestDomain(t *testing.T) {
	t.Parallel()
	gpos := domainGPOs(t)
	runDomain(t, gpos)
	for _, g := range gpos {
		t.Run(g.name, g.check)
	}
}

func domainGPOs(t *testing.T) []domainGPO {
	t.Helper()
	rng := random(t)
	ports := randomSpans(rng)
	longest := longestList()
	gone := []policyEntry{{Key: policyKey, Name: "**del.ReservedPorts", Type: 1, Size: 4, Values: []string{" "}}}
	return []domainGPO{
		domainBackup(t, "random", ports.list(rng), []policyEntry{listEntry(ports)}, "-t", "xp"),
		domainBackup(t, "longest", longest.list(rng), []policyEntry{listEntry(longest)}, "-t", "2003"),
		domainBackup(t, "gone", "80\n", gone, "-t", "2003", "--undo", "--delete-value"),
		domainBackup(t, "script", ports.list(rng), nil, "-t", "2022"),
	}
}

func domainBackup(t *testing.T, name, list string, settings []policyEntry, args ...string) domainGPO {
	t.Helper()
	folder := filepath.Join(tempDir(t), name)
	gen(t, list, append(args, "-f", "gpo", "--name", name, "-o", folder)...)
	return domainGPO{folder, name, settings}
}

// runDomain runs testdata/dc.py, which is for root, and takes away what only root can.
func runDomain(t *testing.T, gpos []domainGPO) {
	t.Helper()
	script, err := filepath.Abs("testdata/dc.py")
	if err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(scratch, "domain")
	if err := os.Chmod(scratch, 0o711); err != nil { // the client is not root to the file server
		t.Fatal(err)
	}
	args, left := asRoot("/usr/bin/python3", script, state), asRoot("rm", "-rf", state)
	for _, g := range gpos {
		args, left = append(args, g.folder), append(left, g.folder)
	}
	t.Cleanup(func() { mustRun(t, left...) })
	r, err := command{limit: domainLimit, args: args}.run()
	if err != nil || r.status != 0 {
		t.Fatal(r, err)
	}
}

func asRoot(args ...string) []string {
	if os.Getuid() == 0 {
		return args
	}
	return append([]string{"sudo", "-n"}, args...)
}

// A domainObject is the part of a GPO that is in the directory.
type domainObject struct{ DisplayName, GPCMachineExtensionNames, VersionNumber string }

func (g domainGPO) check(t *testing.T) {
	t.Parallel()
	backups, err := filepath.Glob(filepath.Join(g.folder, "{*}"))
	if err != nil || len(backups) != 1 {
		t.Fatal(backups, err)
	}
	files := tree(t, filepath.Join(backups[0], "DomainSysvol", "GPO"))
	object := g.object(t, "object")
	g.checkImported(t, files, object)
	g.checkRestored(t, files, object)
	g.checkClient(t, object.DisplayName)
}

func (g domainGPO) object(t *testing.T, file string) (o domainObject) {
	t.Helper()
	if err := json.Unmarshal(readFile(t, filepath.Join(g.folder, file)), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func (g domainGPO) checkImported(t *testing.T, files map[string]string, object domainObject) {
	t.Helper()
	if !strings.Contains(object.DisplayName, g.name) || object.VersionNumber != "65537" {
		t.Errorf("%+v", object)
	}
	shown := string(readFile(t, filepath.Join(g.folder, "shown")))
	if !strings.Contains(shown, "display name : "+object.DisplayName+"\n") || !strings.Contains(shown, "version      : 65537\n") {
		t.Error(shown)
	}
	fetched := tree(t, filepath.Join(g.folder, "fetched"))
	if got, want := fetched["/GPT.INI"], "[General]\r\nVersion=65537\r\n"; got != want {
		t.Errorf("GPT.INI is %q, want %q", got, want)
	}
	delete(fetched, "/GPT.INI")
	sameTree(t, "fetched", fetched, files)
}

// checkRestored: samba-tool writes scripts.ini anew; all else is the same.
func (g domainGPO) checkRestored(t *testing.T, files map[string]string, object domainObject) {
	t.Helper()
	if got := g.object(t, "restored-object"); got.GPCMachineExtensionNames != object.GPCMachineExtensionNames {
		t.Errorf("%+v, want the extensions of %+v", got, object)
	}
	restored := tree(t, filepath.Join(g.folder, "restored"))
	delete(restored, "/GPT.INI") // with the version of a new GPO
	for name := range restored {
		if filepath.Base(name) == "scripts.ini" {
			restored[name], files[name] = iniSettings(t, restored[name]), iniSettings(t, files[name])
		}
	}
	sameTree(t, "restored", restored, files)
}

// iniSettings gives the lines of a file in UTF-16 with a mark, without what ConfigParser is
// free to change: blanks about the equals sign, empty lines and the ends of lines.
func iniSettings(t *testing.T, file string) string {
	t.Helper()
	marked, ok := strings.CutPrefix(file, "\xff\xfe")
	if !ok {
		t.Errorf("%q has no mark", file)
	}
	units := make([]uint16, len(marked)/2)
	if _, err := binary.Decode([]byte(marked), binary.LittleEndian, units); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(utf16.Decode(units))) {
		key, value, _ := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); key != "" {
			lines = append(lines, key+"="+strings.TrimSpace(value))
		}
	}
	return strings.Join(lines, "\n")
}

func (g domainGPO) checkClient(t *testing.T, displayName string) {
	t.Helper()
	var told map[string][]policyEntry
	if err := json.Unmarshal(readFile(t, filepath.Join(g.folder, "client")), &told); err != nil {
		t.Fatal(err)
	}
	got, ok := told[displayName]
	if got, want := fmt.Sprint(got), fmt.Sprint(g.settings); !ok || got != want {
		t.Errorf("the client is told %.400s, want %.400s", got, want)
	}
}
