// Package regfiletest makes .reg files for tests and benchmarks.
package regfiletest

import (
	"bytes"
	"io"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// A Form is how an export is written. All but REGEDIT4 hold the same keys and
// values for the same number of characters.
type Form int

const (
	UTF16    Form = iota // as regedit writes version 5.00: a byte order mark, CRLF
	UTF16LF              // with LF
	UTF8                 // version 5.00 as other programs write it, CRLF
	UTF8LF               // with LF
	REGEDIT4             // Windows-1252, CRLF, text in hex in the code page, too; ? for what it lacks
)

type form struct {
	header, eol  string
	encode, data func(dst, utf8 []byte) []byte // the text and, in hex, strings
}

const version5 = "Windows Registry Editor Version 5.00"

var forms = [...]form{
	UTF16:    {"\ufeff" + version5, "\r\n", appendUTF16, appendUTF16},
	UTF16LF:  {"\ufeff" + version5, "\n", appendUTF16, appendUTF16},
	UTF8:     {version5, "\r\n", appendUTF8, appendUTF16},
	UTF8LF:   {version5, "\n", appendUTF8, appendUTF16},
	REGEDIT4: {"REGEDIT4", "\r\n", appendANSI, appendANSI},
}

// Export writes what an export of a whole machine's HKEY_LOCAL_MACHINE may be:
// keys of SOFTWARE and of three control sets, each with a ReservedPorts, and a
// few keys and values elsewhere that are called so, too. The mix is a guess. The
// same form and size are always the same bytes. It ends with the first key after
// chars characters, line ends counted as two, and never without the three. It
// needs little memory. Errors are those of w.
func Export(w io.Writer, f Form, chars int64) error {
	g := generator{form: forms[f], w: w, rand: rand.New(rand.NewPCG(5, 0))}
	g.line(g.header)
	g.line("")
	g.key(machine, 0, nil)
	g.key(machine+`\SOFTWARE`, 0, nil)
	g.fill(machine+`\SOFTWARE`, software, chars*58/100)
	g.key(machine+`\SYSTEM`, 0, nil)
	for _, s := range controlSets {
		g.controlSet(s, chars*s.percent/100)
	}
	g.flush()
	return g.err
}

// generator writes keys and values until there are enough.
type generator struct {
	form
	w       io.Writer
	rand    *rand.Rand
	text    []byte // of the keys since the last transcoding, in UTF-8
	content []byte // of the value in work, without escapes
	out     []byte // not yet written
	chars   int64
	err     error
}

// fill writes keys of the shapes below base until there are upto characters.
func (g *generator) fill(base string, shapes []choice[shape], upto int64) {
	for g.transcode() < upto && g.err == nil {
		g.keys(base, choose(g.rand, shapes))
	}
}

// controlSet fills a control set until there are upto characters; the
// parameters of TCP/IP stand behind nine tenths of it.
func (g *generator) controlSet(s controlSet, upto int64) {
	base, start := machine+`\SYSTEM\`+s.name, g.transcode()
	g.fill(base, system, start+(upto-start)*9/10)
	g.tcpip(base+`\Services\Tcpip\Parameters`, s.ports)
	g.fill(base, system, upto)
}

// keys writes a key of the shape and those below it.
func (g *generator) keys(base string, s shape) {
	path := string(g.expand([]byte(base), s.key))
	g.key(path, s.count(g.rand), s.values)
	for _, b := range s.below {
		for range b.times(g.rand) {
			g.key(string(g.expand([]byte(path), b.key)), b.count(g.rand), s.values)
		}
	}
}

// key writes a key with n values and an empty line.
func (g *generator) key(path string, n int, values []choice[value]) {
	g.line("[" + path + "]")
	for range n {
		g.value(choose(g.rand, values))
	}
	g.line("")
}

// tcpip writes the parameters of TCP/IP.
func (g *generator) tcpip(key string, ports []string) {
	g.line("[" + key + "]")
	g.value(value{head: `"DataBasePath"=hex(2):`, data: text(`%SystemRoot%\System32\drivers\etc` + "\x00")})
	g.line(`"Domain"=""`)
	g.line(`"ForwardBroadcasts"=dword:00000000`)
	g.line(`"ICSDomain"="mshome.net"`)
	g.value(value{head: `"ReservedPorts"=hex(7):`, data: text(strings.Join(ports, "\x00") + "\x00\x00")})
	g.line(`"SyncDomainWithMembership"=dword:00000001`)
	g.line("")
}

func (g *generator) value(v value) {
	start := len(g.text)
	g.text = g.expand(g.text, v.head)
	v.data(g, len(g.text)-start)
	g.line("")
}

func (g *generator) line(s string) {
	g.text = append(append(g.text, s...), g.eol...)
}

// transcode takes the text into the file's encoding and gives the number of
// characters so far.
func (g *generator) transcode() int64 {
	short := (2 - len(g.eol)) * bytes.Count(g.text, []byte("\n"))
	g.chars += int64(utf8.RuneCount(g.text) + short)
	g.out = g.encode(g.out, g.text)
	g.text = g.text[:0]
	if len(g.out) >= 1<<16 {
		g.flush()
	}
	return g.chars
}

func (g *generator) flush() {
	if g.err == nil {
		_, g.err = g.w.Write(g.out)
	}
	g.out = g.out[:0]
}
