// Package artefact is the table of the formats that hold port reservations: how
// each is recognised, read and written. Everything that knows a format by name
// asks this table.
//
// # JSON
//
// The format json is the list of what is wanted, for other programs:
//
//	{
//	  "tcp": ["80", "443-445"],
//	  "udp": ["53"],
//	  "dynamic": "1025-60000"
//	}
//
// tcp and udp are always written, ascending, without ranges that overlap or
// touch; dynamic is written where a dynamic port range was asked for. Reading
// accepts any order, each key at most once, and no other key.
package artefact

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/ranges/sysctl"
	"portreg/ranges/unattend"
	"portreg/regfile"
	"portreg/regfile/gpo"
	"portreg/regfile/gpp"
	"portreg/regfile/hive"
	"portreg/regfile/lgpo"
	"portreg/regfile/pol"
	"portreg/regfile/samba"
)

// Format is a row of the table. Those with neither Write nor Folder are only read.
type Format struct {
	Name     string           // as -f takes it and show names it
	Ending   string           // of file names that choose it, "" for none
	shared   string           // the ending that several formats have, so that it chooses none
	Title    string           // what one calls such a file: "a .reg file"
	Carries  target.Mechanism // what it can hold, as bits
	Binary   string           // what its bytes are that are no text for a terminal, "" if they are; it is recognised by its bytes
	Comments bool             // it has room for comments
	Offline  bool             // it can be for the control set of an offline hive
	Policy   bool             // it is for all machines that a Group Policy object applies to
	Prefers  bool             // it is for Windows that has Group Policy Preferences
	Logs     bool             // a script that reads the machine's state when it runs, and keeps a log there under a name
	Write    func(w io.Writer, j *Job) error
	Folder   func(j *Job) ([]gpo.File, error) // instead of Write: the files of a folder
	first    bool                             // it is known by its first bytes or element, whatever its lines look like
	detect   func(head []byte) bool
	read     func(c *Content, in input) error
}

// The names of the formats.
const (
	List     = "list"
	Reg      = "reg"
	Pol      = "pol"
	LGPO     = "lgpo"
	Samba    = "samba-json"
	Regedit4 = "regedit4"
	Netsh    = "netsh"
	Cmd      = "cmd"
	PS1      = "ps1"
	Unattend = "unattend"
	Capture  = "capture"
	Sysctl   = "sysctl"
	JSON     = "json"
	GPP      = "gpp"
	GPO      = "gpo"
	XML      = "xml" // neither an answer file nor a Registry.xml
	Hive     = "hive"
)

const either = target.ReservedPorts | target.Exclusions

// formats is the table. Recognising tries the rows in order, those with first before the
// others; a list is what is nothing else. Those of the registry are read with
// [Content.readOps].
var formats = [...]Format{
	{Name: Reg, Ending: ".reg", Title: "a .reg file", Carries: target.ReservedPorts, Binary: "UTF-16", Comments: true, Offline: true,
		Write: writeReg, detect: regfile.IsReg, read: readReg},
	{Name: Regedit4, Title: "a .reg file of version 4", Carries: target.ReservedPorts, Comments: true, Offline: true,
		Write: writeRegedit4},
	{Name: Hive, Title: "a registry hive", Carries: target.ReservedPorts, Binary: "a hive", first: true, detect: hive.IsHive, read: readHive},
	{Name: Netsh, Title: "a netsh script", Carries: target.Exclusions, Comments: true,
		Write: writeNetsh, detect: netsh.IsScript, read: readScript},
	{Name: Cmd, Ending: ".cmd", Title: "a .cmd script", Carries: target.Exclusions, Comments: true, Logs: true,
		Write: writeCmd, detect: netsh.IsCmd, read: readConverge},
	{Name: PS1, Ending: ".ps1", Title: "a .ps1 script", Carries: target.Exclusions, Comments: true, Logs: true,
		Write: writePS1, detect: netsh.IsPS1, read: readConverge},
	{Name: Unattend, shared: ".xml", Title: "an answer file", Carries: target.Exclusions, Comments: true, first: true,
		Write: writeUnattend, detect: unattend.IsAnswerFile, read: readUnattend},
	{Name: Pol, Ending: ".pol", Title: "a Registry.pol", Carries: target.ReservedPorts, Binary: "binary data", Policy: true,
		Write: writePol, first: true, detect: pol.IsPol, read: registryBytes(pol.Decode)},
	{Name: LGPO, Title: "LGPO text", Carries: target.ReservedPorts, Comments: true, Policy: true,
		Write: writeLGPO, detect: lgpo.IsLGPO, read: registryText(lgpo.Decode)},
	{Name: Samba, shared: ".json", Title: "JSON for samba-tool", Carries: target.ReservedPorts, Policy: true,
		Write: writeSamba, detect: samba.IsSamba, read: registryBytes(samba.Decode)},
	{Name: GPP, shared: ".xml", Title: "a Registry.xml", Carries: target.ReservedPorts, Comments: true, Policy: true, Prefers: true, first: true,
		Write: writeGPP, detect: gpp.IsGPP, read: readGPP},
	{Name: "gpp-collection", shared: ".xml", Title: "a collection of preferences", Carries: target.ReservedPorts, Comments: true, Policy: true, Prefers: true,
		Write: writeGPPCollection},
	{Name: GPO, Title: "a backup of a Group Policy object", Carries: either, Comments: true, Policy: true, Logs: true, Folder: folderGPO},
	{Name: JSON, shared: ".json", Title: "JSON", Carries: either, Write: writeJSON, detect: isJSON, read: readJSON},
	{Name: Sysctl, Title: "a sysctl setting", Carries: either, detect: sysctl.IsSysctl, read: readSysctl},
	{Name: Capture, Title: "a netsh capture", Carries: target.Exclusions, detect: netsh.IsCapture, read: readCapture},
	{Name: XML, Title: "XML", detect: unattend.IsXML, read: readXML}, // which says what is missing
	{Name: List, Title: "a range list", Carries: either, detect: func([]byte) bool { return true }, read: readList},
}

// written tells whether files can be made in the format.
func (f *Format) written() bool { return f.Write != nil || f.Folder != nil }

// registry tells whether the format is one of the registry's.
func (f *Format) registry() bool { return f.Carries == target.ReservedPorts || f.Folder != nil }

// Named finds the format that -f calls name.
func Named(name string) (*Format, bool) {
	for i := range formats {
		if f := &formats[i]; f.written() && f.Name == name {
			return f, true
		}
	}
	return nil, false
}

// ForFile finds the format that a file name's ending chooses, in any case.
func ForFile(path string) (*Format, bool) {
	for i := range formats {
		if f := &formats[i]; ends(path, f.Ending) {
			return f, true
		}
	}
	return nil, false
}

// Choices gives the names of the formats that a file may be meant for whose ending
// chooses none.
func Choices(path string) (names []string) {
	for _, f := range formats {
		if ends(path, f.shared) {
			names = append(names, f.Name)
		}
	}
	if names == nil {
		return Written(either)
	}
	return names
}

// ends tells whether a path has an ending, if that is one.
func ends(path, ending string) bool {
	n := len(path) - len(ending)
	return ending != "" && n >= 0 && strings.EqualFold(path[n:], ending)
}

// For finds the format that is written for a mechanism where none is asked for.
func For(m target.Mechanism) *Format {
	for i := range formats {
		if f := &formats[i]; f.Write != nil && f.Carries == m {
			return f
		}
	}
	panic(fmt.Sprintf("no format carries mechanism %d", m))
}

// Suits tells whether the Windows can take the format.
func (f *Format) Suits(w target.Windows) bool {
	return f.Carries&w.Mechanism != 0 && (w.HasPreferences() || !f.Prefers)
}

// Written gives the names that Named knows and that carry one of m.
func Written(m target.Mechanism) (names []string) {
	for _, f := range formats {
		if f.written() && f.Carries&m != 0 {
			names = append(names, f.Name)
		}
	}
	return names
}

// Job is what is to be written, in each form that a format may want.
type Job struct {
	Target     target.Windows  // the zero Windows if it is not known
	Name       string          // gpo: the name of the log, and of what is made
	Operations []regfile.Op    // of the registry's formats
	UTF8       bool            // reg: UTF-8 and LF, not UTF-16 and CRLF
	Commands   []netsh.Command // netsh, unattend
	Script     netsh.Converge  // cmd, ps1; but for its Comments
	Ports      ranges.Ports    // json
	Dynamic    ranges.Range    // json: the dynamic port range, if valid
	Comments   []string        // what a person should know; json has none
}

func writeReg(w io.Writer, j *Job) error {
	o := regfile.Options{Comments: escaped(j.Comments, 0x10FFFF)}
	if j.UTF8 {
		o.Text = regfile.UTF8
	}
	return regfile.Encode(w, j.Operations, o)
}

func writeRegedit4(w io.Writer, j *Job) error {
	o := regfile.Options{Version: regfile.V4, Comments: escaped(j.Comments, 0x7E)}
	return regfile.Encode(w, j.Operations, o)
}

func writePol(w io.Writer, j *Job) error { return pol.Encode(w, j.Operations) }

func writeLGPO(w io.Writer, j *Job) error {
	return lgpo.Encode(w, j.Operations, escaped(j.Comments, 0x7E))
}

func writeSamba(w io.Writer, j *Job) error { return samba.Encode(w, j.Operations) }

func writeNetsh(w io.Writer, j *Job) error {
	return netsh.Write(w, j.Comments, j.Commands)
}

func writeCmd(w io.Writer, j *Job) error { return netsh.WriteCmd(w, j.script()) }

func writePS1(w io.Writer, j *Job) error { return netsh.WritePS1(w, j.script()) }

func (j *Job) script() netsh.Converge {
	script := j.Script
	script.Comments = j.Comments
	return script
}

func writeUnattend(w io.Writer, j *Job) error {
	return unattend.Write(w, j.Comments, j.Commands)
}

func writeGPP(w io.Writer, j *Job) error {
	return gpp.Encode(w, j.Operations, j.preferences())
}

func writeGPPCollection(w io.Writer, j *Job) error {
	o := j.preferences()
	o.Collection = true
	return gpp.Encode(w, j.Operations, o)
}

// preferring gives the Windows of a target, as Preferences name them; if it is none that
// reads ReservedPorts and has Preferences, all that do.
func preferring(w target.Windows) []string {
	switch w.Name {
	case "xp":
		return []string{"XP"}
	case "2003":
		return []string{"2K3", "2K3R2"}
	}
	return []string{"XP", "2K3", "2K3R2"}
}

func (j *Job) preferences() gpp.Options {
	// The editor takes a description for HTML.
	text := strings.NewReplacer("<", `\u003C`, ">", `\u003E`, "&", `\u0026`).Replace(strings.Join(escaped(j.Comments, 0x10FFFF), "\r\n"))
	return gpp.Options{Versions: preferring(j.Target), Desc: text}
}

// input is a file that is being read.
type input struct {
	name     string
	encoding Encoding
	r        io.Reader
	o        Options
	source   io.Reader // what r reads, which may be at its end
}

// text reads all of it; UTF-16 becomes UTF-8.
func (in input) text() ([]byte, error) {
	r, err := textOf(in.name, in.encoding, in.r)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// Recognise finds the format of the file that begins with head.
func Recognise(head []byte) *Format {
	text := head
	if e := EncodingOf(head); e == UTF16LE || e == UTF16BE {
		d := decoder{big: e == UTF16BE}
		text = d.decode(nil, head[:len(head)&^1], false)
	}
	for _, first := range []bool{true, false} {
		for i := range formats {
			f := &formats[i]
			from := text
			if f.Binary != "" {
				from = head
			}
			if f.first == first && f.detect != nil && f.detect(from) {
				return f
			}
		}
	}
	panic("no format takes the file")
}

// FormatOf finds the format that Read takes the file for that is called name and
// begins with head.
func FormatOf(name string, head []byte) *Format {
	f := Recognise(head[:min(len(head), recogniseSize)])
	if named, ok := ForFile(name); ok && f.Name == List && named.read != nil {
		return named // whose reader says what is missing
	}
	return f
}

// recogniseSize is how much of a file is looked at to find its format.
const recogniseSize = 64 << 10

// ReadList reads a range list in flat memory. list is the list as it was written, nil if
// that is not wanted or the list has 16 MiB or more.
func ReadList(name string, r io.Reader, written bool) (ports ranges.Ports, list *ranges.List, err error) {
	size := listHead // what fits needs none of the fast reader's tables
	if written {
		size = writtenSize
	}
	head, r, err := peek(r, size)
	if err != nil {
		return ports, nil, err
	}
	if len(head) < size {
		list, _, err = ParseList(name, head)
		if err != nil {
			return ports, nil, err
		}
		return list.Ports(), list, nil
	}
	text, err := textOf(name, EncodingOf(head), r)
	if err == nil {
		ports, err = ranges.ReadPorts(text, name)
	}
	return ports, nil, notList(name, head, err)
}

// ParseList reads a range list as it was written. text is src in UTF-8.
func ParseList(name string, src []byte) (list *ranges.List, text []byte, err error) {
	r, err := textOf(name, EncodingOf(src), bytes.NewReader(src))
	if err == nil {
		text, err = io.ReadAll(r)
	}
	if err == nil {
		list, err = ranges.Parse(name, text)
	}
	return list, text, notList(name, src, err)
}

// notList gives the one error of a list that is something else.
func notList(name string, head []byte, err error) error {
	if err == nil {
		return nil
	}
	f := Recognise(head[:min(len(head), listHead)])
	if f.Name == List {
		return err
	}
	msg := fmt.Sprintf("this is %s, not a range list", f.Title)
	if f.Name != XML {
		msg += "; portreg show prints its ports"
	}
	return &ranges.Error{Name: name, Line: 1, Col: 1, Msg: msg}
}

// listHead is how much of a list is looked at before it is read.
const listHead = 4 << 10

// Read reads a file in any of the formats. Errors about what is in it have their
// place: *regfile.Error, or ranges.Errors with everything that is wrong. Of a hive
// only a little is kept in memory, if source is an [io.ReaderAt] and an [io.Seeker].
func Read(name string, source io.Reader, o Options) (*Content, error) {
	head, r, err := peek(source, recogniseSize)
	if err != nil {
		return nil, err
	}
	f := FormatOf(name, head)
	if o.Accept != nil {
		err = o.Accept(f)
	}
	if err != nil {
		return nil, err
	}
	c := &Content{File: name, Format: f.Name, policy: f.Policy}
	err = f.read(c, input{name, EncodingOf(head), r, o, source})
	if err != nil {
		return nil, err
	}
	return c, nil
}
