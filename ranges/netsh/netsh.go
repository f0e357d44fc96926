// Package netsh writes and reads the two texts that carry excluded port ranges
// and dynamic port ranges of Windows Vista, Server 2008 and later: the commands
// given to netsh, and what its show commands print.
//
// # Commands
//
// The commands are those of Microsoft's netsh-interface.md:
//
//	netsh interface ipv4|ipv6 add|delete excludedportrange [protocol=]tcp|udp [startport=]N [numberofports=]N [[store=]active|persistent]
//	netsh interface ipv4|ipv6 set dynamicportrange         [protocol=]tcp|udp [startport=]N [numberofports=]N [[store=]active|persistent]
//
// [Write] gives every argument its name; [ParseScript] also reads the short
// spellings that netsh takes. store=persistent is what netsh does when it is not
// told; store=active lasts until the next boot. A delete must name exactly the
// block that was added.
//
// # Captures
//
// A capture is the saved output of show excludedportrange or show dynamicport:
//
//	Protocol tcp Port Exclusion Ranges            Protocol tcp Dynamic Port Range
//	                                              ---------------------------------
//	Start Port    End Port                        Start Port      : 49152
//	----------    --------                        Number of Ports : 16384
//	      5357        5357
//	     50000       50059     *
//
//	* - Administered port exclusions.
//
// The words are in the language of Windows and the bytes often in its OEM code
// page, so nothing is read but ASCII digits, "*", ":", "-", blanks and the words
// tcp and udp:
//
//   - A line of two runs of three or more dashes opens a table of exclusions.
//     Its rows are first port, last port (not a count) and "*" for an
//     administered exclusion; a row without it is a runtime reservation.
//   - A line of one such run, followed by two lines that end in ":" (or U+FF1A in
//     UTF-8) and a number, is a dynamic port range: first port, number of ports.
//   - The protocol is the word tcp or udp, in any case, in the nearest line that
//     has one above the dashes and below the table before.
//   - A line that starts with a digit, or has digits and no ASCII letter, must be
//     a row of a table. All other lines are passed over.
//   - A no-break space in UTF-8, as web pages have, is a blank.
//   - Lines that a web page has joined with blanks are read as the lines they were:
//     header, dashes, rows, footer. Behind the last row of such a line stand the
//     footer, "*" and a dash, or the header of the next table, and no number, or it
//     is an error: so a "*" is never taken for the wrong one of the two.
//
// A capture may hold several tables of both kinds. Lines end in LF or CRLF. A
// UTF-8 byte order mark is passed over; UTF-16 must be decoded before.
package netsh

import (
	"bufio"
	"fmt"
	"io"
	"unicode/utf16"

	"portreg/ranges"
)

// Verb is what a Command does.
type Verb uint8

const (
	Add    Verb = iota + 1 // add excludedportrange
	Delete                 // delete excludedportrange
	Set                    // set dynamicportrange
)

// String gives netsh's word: "add", "delete" or "set".
func (v Verb) String() string {
	switch v {
	case Add:
		return "add"
	case Delete:
		return "delete"
	case Set:
		return "set"
	}
	return fmt.Sprintf("Verb(%d)", uint8(v))
}

// Command is one netsh command that adds or deletes an excluded port range, or
// sets the dynamic port range.
type Command struct {
	Verb    Verb
	Family  string       // "ipv4" or "ipv6"; both share one store
	Dynamic bool         // the dynamic port range; true with Set and only then
	Proto   ranges.Proto // TCP or UDP, never both
	Range   ranges.Range
	Active  bool // store=active: gone at the next boot; otherwise store=persistent
	Line    int  // where ParseScript found it, counted from 1; Write ignores both
	Col     int
}

// String gives the command with all arguments named, as Write writes it:
//
//	netsh int ipv4 add excludedportrange protocol=tcp startport=80 numberofports=11 store=persistent
func (c Command) String() string {
	object, store := "excludedportrange", "persistent"
	if c.Dynamic {
		object = "dynamicportrange"
	}
	if c.Active {
		store = "active"
	}
	return fmt.Sprintf("netsh int %s %s %s protocol=%s startport=%d numberofports=%d store=%s",
		c.Family, c.Verb, object, c.Proto, c.Range.First, c.Range.Len(), store)
}

// check reports why c has no form in netsh.
func (c Command) check() error {
	switch {
	case c.Verb < Add || c.Verb > Set:
		return fmt.Errorf("%s is not a netsh command", c.Verb)
	case c.Dynamic != (c.Verb == Set):
		return fmt.Errorf("set goes with the dynamic port range, add and delete with excluded ones; got %s and dynamic=%t", c.Verb, c.Dynamic)
	case c.Family != "ipv4" && c.Family != "ipv6":
		return fmt.Errorf("address family %q is not ipv4 or ipv6", c.Family)
	case c.Proto != ranges.TCP && c.Proto != ranges.UDP:
		return fmt.Errorf("protocol %s is not tcp or udp: netsh takes one at a time", c.Proto)
	case !c.Range.IsValid():
		return fmt.Errorf("%d-%d is not a port range", c.Range.First, c.Range.Last)
	}
	return nil
}

// Write writes comments, one rem line each, and then cmds, one line each, in
// ASCII with CRLF: to be pasted into cmd.exe or run by it as a batch file. A
// command that netsh has no form for is an error, and then nothing is written.
//
// A comment may hold any text. Only ASCII letters and digits, blanks and
// . , : = + - _ / * # stand for themselves; every other character becomes \uXXXX,
// its UTF-16 units in hexadecimal (invalid UTF-8 becomes \uFFFD). So no text gets
// at what cmd.exe does in spite of rem: % expansion (where %~ can end a batch),
// & | < > behind the first word, ^ or a line break that ends the comment, /? for
// help; nor at what PowerShell, which runs the same commands, would evaluate. A
// comment of more than 1,000 characters goes on in another rem line, far from
// cmd.exe's limit of 8,191, behind which a line is cut.
func Write(w io.Writer, comments []string, cmds []Command) error {
	for _, c := range cmds {
		if err := c.check(); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(w)
	for _, text := range comments {
		writeComment(out, "rem", text)
	}
	for _, c := range cmds {
		out.WriteString(c.String())
		out.WriteString("\r\n")
	}
	return out.Flush()
}

const maxComment = 1000

// writeComment writes text in lines that begin with the word.
func writeComment(out io.StringWriter, word, text string) {
	out.WriteString(word)
	room := 0
	for i, r := range text {
		piece := escape(r)
		if len(piece) > room {
			if i > 0 {
				out.WriteString("\r\n" + word)
			}
			out.WriteString(" ")
			room = maxComment
		}
		out.WriteString(piece)
		room -= len(piece)
	}
	out.WriteString("\r\n")
}

func escape(r rune) string {
	if inert(r) {
		return string(r)
	}
	var s string
	for _, unit := range utf16.AppendRune(nil, r) {
		s += fmt.Sprintf(`\u%04X`, unit)
	}
	return s
}

// inert reports whether r means nothing to cmd.exe, nor to PowerShell, wherever
// it stands behind rem.
func inert(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return true
	}
	switch r {
	case ' ', '.', ',', ':', '=', '+', '-', '_', '/', '*', '#':
		return true
	}
	return false
}
