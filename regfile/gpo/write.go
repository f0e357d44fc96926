package gpo

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
)

// Backup is what is written as the backup of a GPO.
type Backup struct {
	Name     string  // of the GPO, as GPMC shows it: printable characters
	Registry []byte  // Machine/registry.pol; nil for none
	Startup  *Script // what runs when Windows starts; nil for none
}

// Script is a script in Machine/Scripts/Startup.
type Script struct {
	Name    string // of its file: ASCII letters, digits, -, _ and ., with a letter or digit first
	Content []byte
}

// File is a file of a backup.
type File struct {
	Path    string // from the folder of the backups, with slashes
	Content []byte
}

// Fixed, so that equal settings give equal bytes. The first version of a GPO is one of
// the folder and one of the directory.
const (
	backupTime = "2026-01-01T00:00:00"
	domain     = "portreg.invalid"
	controller = "UNKNOWN"
	version    = 1<<16 | 1
)

// securityDescriptor is O:BAG:BAD:(A;;GA;;;SY)(A;;GA;;;BA), with an ACL of revision 2.
const securityDescriptor = "01 00 04 80 14 00 00 00 24 00 00 00 00 00 00 00 34 00 00 00 " +
	"01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00 " +
	"01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00 " +
	"02 00 34 00 02 00 00 00 " +
	"00 00 14 00 00 00 00 10 01 01 00 00 00 00 00 05 12 00 00 00 " +
	"00 00 18 00 00 00 00 10 01 02 00 00 00 00 00 05 20 00 00 00 20 02 00 00"

// Files gives the files of a folder that holds b and no other backup, in the order of
// their paths. The GUIDs of the backup and of the GPO hang on the name alone: another list
// changes registry.pol or the script and nothing else, and what is imported into the same
// GPO replaces it. A name that cannot be, and a backup of nothing, are errors.
func (b Backup) Files() ([]File, error) {
	if err := b.check(); err != nil {
		return nil, err
	}
	var files []File
	add := func(path string, content []byte) { files = append(files, File{path, content}) }
	add(manifestFile, b.manifest())
	add(b.id()+"/"+infoFile, b.info())
	add(b.id()+"/"+backupFile, b.scheme())
	folder := b.id() + "/" + machine + "/"
	if b.Registry != nil {
		add(folder+registryFile, b.Registry)
	}
	if b.Startup != nil {
		add(folder+scriptsFile, scriptsINI(b.Startup.Name))
		add(folder+startupFolder+"/"+b.Startup.Name, b.Startup.Content)
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return files, nil
}

func (b Backup) id() string  { return guid("backup " + b.Name) }
func (b Backup) gpo() string { return guid("gpo " + b.Name) }

func (b Backup) check() error {
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }
	switch {
	case b.Name == "" || strings.TrimSpace(b.Name) != b.Name || strings.ContainsFunc(b.Name, odd):
		return fmt.Errorf("%q is not a name for a GPO; write printable characters", b.Name)
	case b.Registry == nil && b.Startup == nil:
		return errors.New("a GPO with neither a policy nor a script does nothing")
	case b.Startup != nil && !isPlain(b.Startup.Name):
		return fmt.Errorf("%q is not a name for a script; write ASCII letters, digits, dots, - and _", b.Startup.Name)
	}
	return nil
}

// isPlain tells whether name means nothing but itself in XML, in an INI file and to Windows.
func isPlain(name string) bool {
	odd := func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-_.", r)
	}
	return name != "" && !strings.ContainsFunc(name, odd) && !strings.ContainsAny(name[:1], "-_.") && !strings.HasSuffix(name, ".")
}

// The namespaces of manifest.xml and bkupInfo.xml, and of Backup.xml.
const (
	schemeSpace   = "http://www.microsoft.com/GroupPolicy/GPOOperations"
	manifestSpace = schemeSpace + "/Manifest"
)

func (b Backup) manifest() []byte {
	var x xmlText
	x.printf(`<Backups xmlns="%s" xmlns:mfst="%[1]s" mfst:version="1.0">`, manifestSpace)
	b.instance(&x, "")
	x.printf(`</Backups>`)
	return x.Bytes()
}

func (b Backup) info() []byte {
	var x xmlText
	b.instance(&x, ` xmlns="`+manifestSpace+`"`)
	x.printf("\r\n")
	return x.Bytes()
}

// instance writes what the backup is of.
func (b Backup) instance(x *xmlText, space string) {
	x.printf("<BackupInst%s>", space)
	x.cdata("GPOGuid", b.gpo())
	x.cdata("GPODomain", domain)
	x.cdata("GPODomainGuid", guid("domain"))
	x.cdata("GPODomainController", controller)
	x.cdata("BackupTime", backupTime)
	x.cdata("ID", b.id())
	x.cdata("Comment", "")
	x.cdata("GPODisplayName", b.Name)
	x.printf("</BackupInst>")
}

func (b Backup) scheme() []byte {
	var x xmlText
	x.printf(`<?xml version="1.0" encoding="utf-8"?>`)
	x.line(`<GroupPolicyBackupScheme bkp:version="2.0" bkp:type="GroupPolicyBackupTemplate" xmlns:bkp="%s" xmlns="%[1]s">`, schemeSpace)
	x.printf(`    <GroupPolicyObject><SecurityGroups/><FilePaths/><GroupPolicyCoreSettings>`)
	x.cdata("ID", b.gpo())
	x.cdata("Domain", domain)
	x.printf(`<SecurityDescriptor>%s</SecurityDescriptor>`, securityDescriptor)
	x.cdata("DisplayName", b.Name)
	x.cdata("Options", "0")
	x.cdata("UserVersionNumber", "0")
	x.cdata("MachineVersionNumber", fmt.Sprint(version))
	x.cdata("MachineExtensionGuids", b.extensions())
	x.line(`<UserExtensionGuids/><WMIFilter/></GroupPolicyCoreSettings>`)
	b.objects(&x)
	x.line(`    </GroupPolicyObject>`)
	x.printf(`</GroupPolicyBackupScheme>`)
	return x.Bytes()
}

// extensions gives the client-side extensions, ascending.
func (b Backup) extensions() (pairs string) {
	if b.Registry != nil {
		pairs += "[" + registryCSE + registryTool + "]"
	}
	if b.Startup != nil {
		pairs += "[" + scriptsCSE + scriptsTool + "]"
	}
	return pairs
}

// objects writes which files and folders are in the backup. GPMC writes the second GUID
// with a d in lower case.
func (b Backup) objects(x *xmlText) {
	if b.Registry != nil {
		x.line(`        <GroupPolicyExtension bkp:ID="%s" bkp:DescName="Registry">`, registryCSE)
		x.line(`            <FSObjectFile %s/>`, b.located(registryFile))
		x.line(`        </GroupPolicyExtension>`)
	}
	if b.Startup == nil {
		return
	}
	x.line(`        <GroupPolicyExtension bkp:ID="{42B5FAAE-6536-11d2-AE5A-0000F87571E3}" bkp:DescName="Scripts">`)
	x.line(`            <FSObjectFile %s bkp:ReEvaluateFunction="ScriptsValidatePaths" %s/>`, b.source(scriptsFile), location(scriptsFile))
	x.line(`            <FSObjectDir %s><FSObjectDir %s/></FSObjectDir>`, b.source(startupFolder+"/*"), b.located(startupFolder))
	x.line(`            <FSObjectFile %s><FSObjectFile %s/></FSObjectFile>`, b.source(startupFolder+"/*"), b.located(startupFolder+"/"+b.Startup.Name))
	x.line(`        </GroupPolicyExtension>`)
	x.line(`        <GroupPolicyExtension bkp:ID="%s" bkp:DescName="Unknown Extension"><FSObjectDir %s/></GroupPolicyExtension>`, unknownExtension, b.located("Scripts"))
}

// located gives the attributes of a file or folder of the GPO's machine side.
func (b Backup) located(path string) string { return b.source(path) + " " + location(path) }

// source says where in the GPO path is from.
func (b Backup) source(path string) string {
	path = backslashes(path)
	return fmt.Sprintf(`bkp:Path="%%GPO_MACH_FSPATH%%\%s" bkp:SourceExpandedPath="\\%s\sysvol\%s\Policies\%s\Machine\%[1]s"`, path, controller, domain, b.gpo())
}

// location says where in the backup path is.
func location(path string) string {
	return fmt.Sprintf(`bkp:Location="%s"`, backslashes(machine+"/"+path))
}

func backslashes(path string) string { return strings.ReplaceAll(path, "/", `\`) }

// xmlText is XML that is being written. Lines end where those of GPMC do.
type xmlText struct{ bytes.Buffer }

func (x *xmlText) printf(format string, args ...any) { fmt.Fprintf(x, format, args...) }

func (x *xmlText) line(format string, args ...any) { x.printf(format+"\r\n", args...) }

// cdata writes an element that holds text.
func (x *xmlText) cdata(name, text string) {
	x.printf("<%s><![CDATA[%s]]></%[1]s>", name, strings.ReplaceAll(text, "]]>", "]]]]><![CDATA[>"))
}

// scriptsINI gives the scripts.ini that has name run at the start.
func scriptsINI(name string) []byte {
	var b bytes.Buffer
	text := "\ufeff\r\n[Startup]\r\n0CmdLine=" + name + "\r\n0Parameters=\r\n"
	binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune(text))) // a buffer takes everything
	return b.Bytes()
}
