package gpo

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// What a reader that knows nothing of this package makes of the files.

type instanceXML struct {
	XMLName        xml.Name `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest BackupInst"`
	GPOGuid        string
	GPODomain      string
	GPODomainGuid  string
	BackupTime     string
	ID             string
	GPODisplayName string
}

type manifestXML struct {
	XMLName    xml.Name      `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest Backups"`
	Version    string        `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations/Manifest version,attr"`
	BackupInst []instanceXML `xml:"BackupInst"`
}

type objectXML struct {
	XMLName  xml.Name
	Path     string      `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations Path,attr"`
	Source   string      `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations SourceExpandedPath,attr"`
	Location string      `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations Location,attr"`
	Below    []objectXML `xml:",any"`
}

type schemeXML struct {
	XMLName xml.Name `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations GroupPolicyBackupScheme"`
	Version string   `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations version,attr"`
	Core    struct {
		ID, Domain, SecurityDescriptor, DisplayName string
		Options, UserVersionNumber                  int
		MachineVersionNumber                        int
		MachineExtensionGuids, UserExtensionGuids   string
	} `xml:"GroupPolicyObject>GroupPolicyCoreSettings"`
	Extensions []struct {
		ID      string      `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations ID,attr"`
		Name    string      `xml:"http://www.microsoft.com/GroupPolicy/GPOOperations DescName,attr"`
		Objects []objectXML `xml:",any"`
	} `xml:"GroupPolicyObject>GroupPolicyExtension"`
}

var names = []string{"Reserved ports (web)", "a]]>b", "]]>", "<&>\"'", "Größe 端口 🙂", "x"}

// Each reference in the files of a backup leads to what it names, and to each file there is
// a reference.
func TestCrossReferences(t *testing.T) {
	for _, name := range names {
		for _, b := range []Backup{
			{Name: name, Registry: []byte("PReg")},
			{Name: name, Startup: &Script{"web.cmd", []byte("rem")}},
			{Name: name, Registry: []byte{}, Startup: &Script{"a-b_c.1.ps1", nil}},
		} {
			t.Run(fmt.Sprintf("%s/%v/%v", name, b.Registry != nil, b.Startup != nil), func(t *testing.T) { walk(t, b) })
		}
	}
}

func walk(t *testing.T, b Backup) {
	list, err := b.Files()
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for i, f := range list {
		if i > 0 && list[i-1].Path >= f.Path {
			t.Errorf("%s stands behind %s", f.Path, list[i-1].Path)
		}
		files[f.Path] = f.Content
	}
	var m manifestXML
	decodeXML(t, files, "manifest.xml", &m)
	if len(m.BackupInst) != 1 || m.Version != "1.0" {
		t.Fatalf("%+v", m)
	}
	id := m.BackupInst[0].ID
	var info instanceXML
	decodeXML(t, files, id+"/bkupInfo.xml", &info)
	var s schemeXML
	decodeXML(t, files, id+"/Backup.xml", &s)
	if info != m.BackupInst[0] || info.GPOGuid != s.Core.ID || info.GPODisplayName != s.Core.DisplayName || info.GPODomain != s.Core.Domain {
		t.Errorf("%+v, %+v, %+v", info, m, s.Core)
	}
	if s.Core.DisplayName != b.Name || s.Version != "2.0" || s.Core.MachineVersionNumber == 0 || id == s.Core.ID {
		t.Errorf("%+v", s)
	}
	for _, guid := range []string{id, s.Core.ID, info.GPODomainGuid} {
		if len(guid) != 38 || guid != strings.ToUpper(guid) || guid[0] != '{' || guid[15] != '5' {
			t.Errorf("%q is no GUID", guid)
		}
	}
	var pairs []string
	reached := map[string]int{}
	for _, e := range s.Extensions {
		for _, o := range e.Objects {
			walkObject(t, s.Core.ID, o, func(location string) {
				reached[id+"/"+strings.ReplaceAll(location, `\`, "/")]++
			})
		}
		switch e.Name {
		case "Registry":
			pairs = append(pairs, "[{35378EAC-683F-11D2-A89A-00C04FBBCFA2}{D02B1F72-3407-48AE-BA88-E8213C6761F1}]")
		case "Scripts":
			pairs = append(pairs, "[{42B5FAAE-6536-11D2-AE5A-0000F87571E3}{40B6664F-4972-11D1-A7CA-0000F87571E3}]")
			checkINI(t, files, id+"/DomainSysvol/GPO/Machine/Scripts")
		case "Unknown Extension":
			continue
		}
		if !strings.Contains(pairs[len(pairs)-1], strings.ToUpper(e.ID)) {
			t.Errorf("%s is %s", e.Name, e.ID)
		}
	}
	if s.Core.MachineExtensionGuids != strings.Join(pairs, "") || !slices.IsSorted(pairs) || s.Core.UserExtensionGuids != "" {
		t.Errorf("%q", s.Core.MachineExtensionGuids)
	}
	for path := range files {
		about := slices.Contains([]string{"manifest.xml", id + "/bkupInfo.xml", id + "/Backup.xml"}, path)
		if n := reached[path]; n != 1 && !about {
			t.Errorf("%d references lead to %s", n, path)
		}
	}
}

func decodeXML(t *testing.T, files map[string][]byte, path string, into any) {
	t.Helper()
	if err := xml.Unmarshal(files[path], into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// walkObject follows an FSObjectFile or FSObjectDir: those without a place are patterns.
func walkObject(t *testing.T, gpo string, o objectXML, reach func(location string)) {
	path, ok := strings.CutPrefix(o.Path, `%GPO_MACH_FSPATH%\`)
	if !ok || !strings.HasSuffix(o.Source, `\`+gpo+`\Machine\`+path) {
		t.Errorf("%+v", o)
	}
	dir, pattern := strings.CutSuffix(o.Path, `*`)
	if want := `DomainSysvol\GPO\Machine\` + path; pattern == (o.Location == want) {
		t.Errorf("%+v", o)
	}
	for _, below := range o.Below {
		if below.XMLName != o.XMLName || !pattern || !strings.HasPrefix(below.Path+`\`, dir) {
			t.Errorf("%+v", below)
		}
		walkObject(t, gpo, below, reach)
	}
	if o.XMLName.Local == "FSObjectFile" && !pattern {
		reach(o.Location)
	}
}

// checkINI follows scripts.ini to the script.
func checkINI(t *testing.T, files map[string][]byte, folder string) {
	src := files[folder+"/scripts.ini"]
	if len(src)%2 != 0 || string(src[:2]) != "\xff\xfe" {
		t.Fatalf("%q", src)
	}
	var units []uint16
	for i := 2; i < len(src); i += 2 {
		units = append(units, uint16(src[i])|uint16(src[i+1])<<8)
	}
	lines := strings.Split(string(utf16.Decode(units)), "\r\n")
	if len(lines) != 5 || lines[0] != "" || lines[1] != "[Startup]" || lines[3] != "0Parameters=" || lines[4] != "" {
		t.Fatalf("%q", lines)
	}
	name, ok := strings.CutPrefix(lines[2], "0CmdLine=")
	at := folder + "/Startup/" + name
	if _, there := files[at]; !ok || !there {
		t.Errorf("%q: %s is not there", lines[2], at)
	}
}
