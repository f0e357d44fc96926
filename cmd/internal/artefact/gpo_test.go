package artefact

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/regfile/gpo"
	"portreg/regfile/gpp"
	"portreg/regfile/pol"
)

func folderOf(t testing.TB, files []gpo.File, err error) fstest.MapFS {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for _, f := range files {
		dir[f.Path] = &fstest.MapFile{Data: f.Content}
	}
	return dir
}

// What is written for a target is read again.
func TestFolderRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		var rr []ranges.Range
		for range rng.IntN(30) {
			first := 1 + rng.IntN(65535)
			rr = append(rr, ranges.Range{First: uint16(first), Last: uint16(min(65535, first+rng.IntN(100)))})
		}
		set := ranges.SetOf(rr...)
		j := Job{Name: "x", Script: netsh.Converge{Name: "x", Ports: ranges.Ports{TCP: set}}, Operations: target.Place{}.Operations(target.ReservedPortsValue(set))}
		want, part := j.Script.Ports, Cmd
		j.Target, _ = target.ByName("2022")
		if i%2 == 1 {
			j.Target, _ = target.ByName("xp")
			want, part = ranges.Ports{TCP: set, UDP: set}, Pol
		}
		files, err := folderGPO(&j)
		all, err := ReadFolder("dir", folderOf(t, files, err), Options{})
		if err != nil || len(all) != 1 {
			t.Fatal(all, err)
		}
		c := all[0]
		if !c.Ports.Equal(want) || c.GPO != "Reserved ports (x)" || len(c.Parts) != 1 || c.Parts[0].Format != part || c.Notes != nil {
			t.Errorf("%v: %v, %+v", want, c.Ports, c)
		}
	}
}

// wholeGPO is a backup that has everything: a policy, a preference, and startup scripts of
// gen, of netsh, and of somebody else. The files that gpo does not write are added as GPMC
// names them.
func wholeGPO(t *testing.T) fstest.MapFS {
	t.Helper()
	var policy, preference, script bytes.Buffer
	values := func(ports ...uint16) []target.Value {
		var rr []ranges.Range
		for _, p := range ports {
			rr = append(rr, ranges.Range{First: p, Last: p})
		}
		return []target.Value{target.ReservedPortsValue(ranges.SetOf(rr...))}
	}
	if err := pol.Encode(&policy, target.Place{}.Operations(append(values(1, 2), target.MaxUserPortValue(6000))...)); err != nil {
		t.Fatal(err)
	}
	if err := gpp.Encode(&preference, target.Place{}.Operations(values(3)...), gpp.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := netsh.WriteCmd(&script, netsh.Converge{Name: "web", Ports: ranges.Ports{UDP: ranges.SetOf(ranges.Range{First: 4, Last: 4})}}); err != nil {
		t.Fatal(err)
	}
	files, err := gpo.Backup{Name: "all", Registry: policy.Bytes(), Startup: &gpo.Script{Name: "web.cmd", Content: script.Bytes()}}.Files()
	dir := folderOf(t, files, err)
	for path, file := range dir {
		switch text := string(file.Data); {
		case strings.HasSuffix(path, "/Backup.xml"):
			text = strings.Replace(text, "}]]]>", "}][{B087BE9D-ED37-454F-AF9C-04291E351182}{BEE07A6A-EC9F-4659-B8C9-0B1937907C83}]]]>", 1)
			for _, name := range []string{`PREFERENCES\Registry\registry.xml`, `Scripts\Startup\NETSH.cmd`, `Scripts\Startup\other.cmd`} {
				text = strings.Replace(text, "</GroupPolicyObject>", `<GroupPolicyExtension><FSObjectFile bkp:Location="DomainSysvol\GPO\Machine\`+name+`"/></GroupPolicyExtension></GroupPolicyObject>`, 1)
			}
			file.Data = []byte(text)
		case strings.HasSuffix(path, "/scripts.ini"):
			dir[strings.Replace(path, "scripts.ini", "Startup/netsh.CMD", 1)] = &fstest.MapFile{Data: []byte("netsh int ipv4 add excludedportrange tcp 5 1\r\n")}
			dir[strings.Replace(path, "scripts.ini", "Startup/other.cmd", 1)] = &fstest.MapFile{Data: []byte("echo hello\r\n")}
			dir[strings.Replace(path, "Scripts/scripts.ini", "Preferences/Registry/Registry.xml", 1)] = &fstest.MapFile{Data: preference.Bytes()}
			file.Data = append(file.Data, encode16("1CmdLine=netsh.cmd\r\n1Parameters=\r\n2CmdLine=other.cmd\r\n2Parameters=\r\n", false)[2:]...)
		}
	}
	return dir
}

// The files of a backup apply one after another: registry.pol, Preferences, scripts.
func TestFolderSum(t *testing.T) {
	all, err := ReadFolder("dir/", wholeGPO(t), Options{Written: true, Faults: true})
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	c := all[0]
	var parts []string
	for _, p := range c.Parts {
		_, file, _ := strings.Cut(p.File, "/Machine/")
		parts = append(parts, fmt.Sprintf("%s is %s, %v", file, p.Format, p.Ports))
	}
	want := []string{"registry.pol is pol, 1-2", "Preferences/Registry/Registry.xml is gpp, 3", "Scripts/Startup/web.cmd is cmd, 4/udp", "Scripts/Startup/netsh.CMD is netsh, 5/tcp", "Scripts/scripts.ini is gpo, "}
	if got := strings.Join(parts, "; "); got != strings.Join(want, "; ") {
		t.Errorf("%s", got)
	}
	if c.Ports.String() != "3, 4/udp, 5/tcp" || len(c.Values) != 1 || c.Script == nil || c.Carries() != either || len(c.Dynamic) != 1 || c.Dynamic[0].Range.Last != 6000 {
		t.Errorf("%v, %+v", c.Ports, c)
	}
	var notes []string
	for file, n := range c.AllNotes {
		notes = append(notes, fmt.Sprintf("%s:%d:%d: %s: %s", file[strings.LastIndex(file, "/")+1:], n.Line, n.Col, n.Rule, n.Text))
	}
	want = []string{
		"registry.pol:1:1: overridden: ReservedPorts is set again by {EE6E4D65-2D69-5806-983B-F6DDF4FD004E}/DomainSysvol/GPO/Machine/Preferences/Registry/Registry.xml, which is applied later",
		`scripts.ini:7:1: unread-script: what "other.cmd" does to port ranges is not known`,
	}
	if got := strings.Join(notes, "\n"); got != strings.Join(want, "\n") {
		t.Error(got)
	}
}
