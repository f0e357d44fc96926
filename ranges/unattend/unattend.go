// Package unattend writes and reads answer files of Windows Setup (unattend.xml,
// Autounattend.xml) whose commands exclude port ranges.
//
// # Answer files
//
// An answer file is XML in the namespace urn:schemas-microsoft-com:unattend: per
// configuration pass a settings element, in it components with their settings.
// [Write] fills the setting RunSynchronous of Microsoft-Windows-Deployment in the
// pass specialize, which runs its commands in order, as SYSTEM:
//
//	<unattend xmlns="urn:schemas-microsoft-com:unattend">
//	  <settings pass="specialize">
//	    <component name="Microsoft-Windows-Deployment" processorArchitecture="amd64" … xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State">
//	      <RunSynchronous>
//	        <RunSynchronousCommand wcm:action="add">
//	          <Description>exclude 8000-8039/tcp</Description>
//	          <Order>1</Order>
//	          <Path>cmd.exe /d /s /c "…"</Path>
//	          <WillReboot>OnRequest</WillReboot>
//	        </RunSynchronousCommand>
//
// Microsoft's Unattended Windows Setup Reference says of them:
//
//   - Path has 259 characters at most, CommandLine 1024, and Order is 1 to 500, each
//     once: a file takes no more than 500 commands.
//   - With WillReboot OnRequest, status 0 is fine, 1 asks for a restart, 2 for a
//     restart and the same command again, and any other ends the installation.
//   - A string setting must not be empty.
//
// A component is for one processor architecture. Its settings are ignored where the
// image does not have it (Answer Files Overview), so there is one each for amd64,
// arm64 and x86, as unattend-generator of C. Schneegans writes them, too. Each
// declares the prefix wcm itself, to be copied into another file.
//
// # Commands
//
// netsh's own status for a failure is 1, which would be a restart. So a command is
//
//	cmd.exe /d /s /c "cd /d %SystemRoot%\System32&netsh.exe int ipv4 add excludedportrange protocol=tcp startport=8000 numberofports=40 store=persistent&netsh.exe int ipv4 show excludedportrange tcp|findstr /r /c:" 8000  *8039  *\*"&if errorlevel 1 exit 10"
//
// and goes by what netsh shows: 0 if there is exactly that block, administered, be it
// added now or when the image went through specialize before; else 10. Where the
// dynamic port range is set, it goes by netsh's status.
//
// [Parse] also counts other forms, if no rule above is broken, and wherever the
// reference has Setup run commands in the new Windows:
//
//	component                      settings                                    passes
//	Microsoft-Windows-Deployment   RunSynchronous, RunAsynchronous             specialize, auditUser
//	Microsoft-Windows-Shell-Setup  FirstLogonCommands (SynchronousCommand),    oobeSystem
//	                               LogonCommands (AsynchronousCommand)
//
// Names are compared as they are written there, in upper and lower case. What the
// reference leaves open does not count either: a second component of one name and
// architecture in a pass, an Order that two commands have, another wcm:action than
// add. A block must be there for every architecture that the component occurs for.
// store=active does not count, being gone after the next restart. Whether Setup hears
// of a failure is only noted.
//
// cmd.exe takes /d for: no AutoRun of the registry; /s: the outer quotes go, all else
// stays. From within System32 no netsh of another folder comes first. findstr reads
// " *" as any number of blanks and "\*" as a star.
package unattend

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// maxCommands is how many Setup takes: Order is 1 to 500.
const maxCommands = 500

// Write writes an answer file that carries out cmds, which add excluded port ranges
// or set the dynamic port range, persistently; comments stand at its head. It is
// UTF-8 without a byte order mark, with CRLF, since old versions of Notepad know no
// other line end. A command of another kind, or more than 500, is an error, and then
// nothing is written. Without commands there are no settings.
//
// A comment may hold any text: what cannot be printed becomes \uXXXX, its UTF-16
// units in hexadecimal, and so do hyphens that would end the XML comment.
func Write(w io.Writer, comments []string, cmds []netsh.Command) error {
	if err := check(cmds); err != nil {
		return err
	}
	f := answers{bufio.NewWriter(w)}
	f.line(`<?xml version="1.0" encoding="utf-8"?>`)
	for _, text := range comments {
		f.line(`<!-- %s -->`, escape(text))
	}
	f.line(`<unattend xmlns="urn:schemas-microsoft-com:unattend">`)
	if len(cmds) > 0 {
		f.line(`  <settings pass="specialize">`)
		for _, architecture := range [...]string{"amd64", "arm64", "x86"} {
			f.component(architecture, cmds)
		}
		f.line(`  </settings>`)
	}
	f.line(`</unattend>`)
	return f.Flush()
}

type answers struct{ *bufio.Writer }

func (f answers) line(format string, args ...any) { fmt.Fprintf(f, format+"\r\n", args...) }

func (f answers) component(architecture string, cmds []netsh.Command) {
	f.line(`    <component name="Microsoft-Windows-Deployment" processorArchitecture="%s" publicKeyToken="31bf3856ad364e35" language="neutral" versionScope="nonSxS" xmlns:wcm="http://schemas.microsoft.com/WMIConfig/2002/State">`, architecture)
	f.line(`      <RunSynchronous>`)
	for i, c := range cmds {
		f.line(`        <RunSynchronousCommand wcm:action="add">`)
		f.line(`          <Description>%s</Description>`, description(c))
		f.line(`          <Order>%d</Order>`, i+1)
		f.line(`          <Path>%s</Path>`, xmlText(path(c)))
		f.line(`          <WillReboot>OnRequest</WillReboot>`)
		f.line(`        </RunSynchronousCommand>`)
	}
	f.line(`      </RunSynchronous>`)
	f.line(`    </component>`)
}

func check(cmds []netsh.Command) error {
	if n := len(cmds); n > maxCommands {
		return fmt.Errorf("an answer file takes %d commands, and these are %d; let one of them run a script instead", maxCommands, n)
	}
	for _, c := range cmds {
		if c.Verb == netsh.Delete || c.Active {
			return fmt.Errorf("%s: an answer file only adds and sets, persistently", c)
		}
	}
	return netsh.Write(io.Discard, nil, cmds)
}

func description(c netsh.Command) string {
	entry := ranges.Entry{Range: c.Range, Proto: c.Proto}
	if c.Dynamic {
		return fmt.Sprintf("dynamic port range of %s: %s", c.Family, entry)
	}
	return fmt.Sprintf("exclude %s", entry)
}

// path gives the command line that Setup starts.
func path(c netsh.Command) string {
	run := strings.Replace(c.String(), "netsh", "netsh.exe", 1)
	if c.Verb == netsh.Add {
		run += fmt.Sprintf(`&netsh.exe int %s show excludedportrange %s|findstr /r /c:" %d  *%d  *\*"`, c.Family, c.Proto, c.Range.First, c.Range.Last)
	}
	return fmt.Sprintf(`cmd.exe /d /s /c "cd /d %%SystemRoot%%\System32&%s&if errorlevel 1 exit 10"`, run)
}

func xmlText(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// escape makes text safe within <!-- and -->, where two hyphens must not meet.
func escape(text string) string {
	var b strings.Builder
	before := ' '
	for _, r := range text {
		if unicode.IsPrint(r) && r != unicode.ReplacementChar && !(r == '-' && before == '-') {
			b.WriteRune(r)
		} else {
			for _, unit := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04X`, unit)
			}
		}
		before = r
	}
	return b.String()
}

// IsAnswerFile reports whether src is XML whose first element is unattend, of any
// namespace and in any encoding that has ASCII.
func IsAnswerFile(src []byte) bool {
	if !IsXML(src) {
		return false
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.ToValidUTF8(bytes.TrimPrefix(src, mark), []byte("?"))))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		token, err := d.RawToken()
		if err != nil {
			return false
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local == root
		}
	}
}

// IsXML reports whether src begins as XML does.
func IsXML(src []byte) bool {
	text := bytes.TrimLeft(bytes.TrimPrefix(src, mark), " \t\r\n")
	return len(text) > 1 && text[0] == '<' && (bytes.IndexByte([]byte("?!_:"), text[1]) >= 0 || unicode.IsLetter(rune(text[1])))
}

const root = "unattend"

var mark = []byte("\ufeff")
