package netsh

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"

	"portreg/ranges"
)

// Converge is what a script is made from that brings a machine's excluded port
// ranges to what a list says, whatever they are when it runs, and can be run again
// and again.
//
// The script reads what is excluded, releases the blocks that its own log names
// and nobody lists any more, adds what is missing, reads again and reports; it
// judges by the state, never by netsh's words, which are in the language of
// Windows. Only rows with * count as excluded: the others are gone after the next
// restart. Blocks that are not in its log it never touches. Its log is
// %ProgramData%\portreg\NAME.log, a range list of the blocks it added; comments in
// it hold what was listed, for scripts of other names, and the dynamic port ranges
// that it changed:
//
//	# portreg log of web: what the list named, and the blocks that its script added
//	# listed 8000-8099/tcp
//	# dynamic ipv4 tcp 1024 64511 49152 16384
//	8000-8039/tcp
//	8060-8099/tcp
//
// behind dynamic: the family, the protocol, the first port and the number of ports
// before, and the same as set.
//
// The script ends with one of the Status values; 1 and 2 are not among them, since
// unattended setup takes these for a wish to restart.
type Converge struct {
	Name          string       // of the log; see CheckName
	Ports         ranges.Ports // what is to be excluded
	Dynamic       ranges.Range // the dynamic port range to set, for both families and protocols; if valid
	ReleaseWinNAT bool         // WinNAT is stopped for a moment if it runs and holds ports that are wanted
	Undo          bool         // take back all that the log names; Ports and Dynamic are left aside
	Comments      []string     // any text; made inert as by Write
}

// The statuses that the scripts end with: 0, or the highest that applies. From
// StatusNotElevated on, nothing was changed.
const (
	StatusDynamicRange = 10 // a dynamic port range could not be set, or set back
	StatusNotReleased  = 11 // a logged block could not be deleted
	StatusNotExcluded  = 12 // listed ports are not excluded: held by a runtime reservation, in use, or refused
	StatusWinNAT       = 13 // WinNAT was stopped and could not be started again
	StatusUnknown      = 14 // the state could not be read back, or the log not be written
	StatusNotElevated  = 20 // the script does not run as administrator or SYSTEM
	StatusNoTable      = 21 // netsh shows no table of excluded port ranges
	StatusLog          = 22 // the log is damaged, or cannot be written
)

const maxName = 64

// CheckName tells why name cannot be that of a log: it is 1 to 64 ASCII letters,
// digits, - and _, beginning with a letter or digit, and no device of DOS, which
// Windows takes for the device with any ending (Naming Files, Paths, and
// Namespaces).
func CheckName(name string) error {
	wrong := name == "" || len(name) > maxName || strings.ContainsAny(name[:1], "-_") ||
		strings.ContainsFunc(name, func(r rune) bool { return r == ' ' || !inert(r) || strings.ContainsRune(".,:=+/*#", r) })
	if wrong {
		return fmt.Errorf("%.80q is not a name for a log; write up to %d letters, digits, - and _, the first a letter or digit, such as web", name, maxName)
	}
	if isDevice(name) {
		return fmt.Errorf("%q is a device on Windows; write another name, such as web", name)
	}
	return nil
}

func isDevice(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(name) == 4 && (name[:3] == "com" || name[:3] == "lpt") && isDigit(rune(name[3]))
}

// A dialect is a language that the script is written in.
type dialect struct {
	text    string // with {{name}} and the like for what differs from script to script
	comment string // what begins a comment
	block   string // the line for a block, as a format for "80-90/tcp"
	crlf    bool   // LF alone does not do to end a line
}

//go:embed converge.cmd
var convergeCmd string

func cmdDialect() dialect {
	return dialect{text: convergeCmd, comment: "rem", block: `>>"%%work%%\wanted" echo %s`, crlf: true}
}

func dialects() []dialect { return []dialect{cmdDialect(), ps1Dialect()} }

// WriteCmd writes the script for cmd.exe, from Windows Vista and Server 2008 on, in
// ASCII with CRLF. A name that cannot be is an error, and then nothing is written.
//
// Wine's cmd.exe ran it, against a stand-in for netsh; no Windows did.
func WriteCmd(w io.Writer, c Converge) error { return c.write(w, cmdDialect()) }

func (c Converge) write(w io.Writer, d dialect) error {
	if err := CheckName(c.Name); err != nil {
		return err
	}
	if c.Undo && (!c.Ports.IsEmpty() || c.Dynamic.IsValid()) {
		return errors.New("a script that takes back what its log names has no ports of its own")
	}
	out := bufio.NewWriter(w)
	text := c.fields(d).Replace(d.text)
	strings.NewReplacer("\r\n", "\r\n", "\n", "\r\n").WriteString(out, text)
	return out.Flush()
}

// fields gives what the placeholders of d stand for.
func (c Converge) fields(d dialect) *strings.Replacer {
	return strings.NewReplacer(
		"{{name}}", c.Name,
		"{{comments}}", c.comments(d),
		"{{undo}}", flag(c.Undo),
		"{{release_winnat}}", flag(c.ReleaseWinNAT),
		"{{dynamic}}", c.dynamic(),
		"{{wanted}}", c.wanted(d),
	)
}

func flag(set bool) string {
	if set {
		return "1"
	}
	return ""
}

func (c Converge) dynamic() string {
	if !c.Dynamic.IsValid() {
		return ""
	}
	return fmt.Sprintf("%d %d", c.Dynamic.First, c.Dynamic.Len())
}

func (c Converge) comments(d dialect) string {
	var b strings.Builder
	for _, text := range c.Comments {
		writeComment(&b, d.comment, text)
	}
	return b.String()
}

func (c Converge) wanted(d dialect) string {
	var b strings.Builder
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		for r := range c.Ports.Of(proto).All() {
			fmt.Fprintf(&b, d.block+"\n", fmt.Sprintf("%d-%d/%s", r.First, r.Last, proto))
		}
	}
	return b.String()
}
