package ranges

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"math/bits"
	"sync"
	"unicode/utf8"
)

// ReadPorts reads the list r, called name in errors, and gives the ports it names. The error is an
// [Errors] with everything wrong with the list, or wraps the error of r; then the Ports are empty.
// Memory does not grow with the list, and no goroutine outlives the call.
func ReadPorts(r io.Reader, name string) (Ports, error) {
	src := sharedBlocks{blocks: blocks{r: r}}
	workers := [2]worker{{name: name}, {name: name}}
	first := src.next(nil)
	var second sync.WaitGroup
	if src.err == nil { // there may be more than one block
		second.Go(func() { workers[1].readAll(&src, src.next(nil)) })
	}
	workers[0].readAll(&src, first)
	second.Wait()

	if src.err != io.EOF {
		return Ports{}, readError(name, src.err)
	}
	found := merge(workers[0].found, workers[1].found)
	if err := found.err(); err != nil {
		return Ports{}, err
	}
	workers[0].join(&workers[1])
	return workers[0].ports(), nil
}

// sharedBlocks is blocks for several goroutines.
type sharedBlocks struct {
	mu sync.Mutex
	blocks
}

func (s *sharedBlocks) next(buf []byte) block {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blocks.next(buf)
}

// worker reads some of the blocks of a list.
type worker struct {
	name  string
	found findings
	// ends has a table for each protocol that entries had, as a list has them.
	ends [Both + 1]*endTable
}

// endTable holds for each port the last port of the longest range that starts there, or 0. That is
// all there is to know of any number of ranges, without sorting them.
type endTable [1 << 16]uint16

func (w *worker) table(proto Proto) *endTable {
	if w.ends[proto] == nil {
		w.ends[proto] = new(endTable)
	}
	return w.ends[proto]
}

func (t *endTable) add(first, last uint16) {
	if t[first] < last {
		t[first] = last
	}
}

// set gives the ports of all ranges; t may be nil.
func (t *endTable) set() Set {
	if t == nil {
		return Set{}
	}
	n := 0
	for _, last := range t {
		n += int(min(last, 1))
	}
	s := Set{make([]Range, 0, n)}
	for first, last := range t {
		if last > 0 {
			s.extend(Range{uint16(first), last})
		}
	}
	return s
}

// join adds the ranges of v.
func (w *worker) join(v *worker) {
	for proto, t := range v.ends {
		if w.ends[proto] == nil || t == nil {
			w.ends[proto] = cmp.Or(w.ends[proto], t)
			continue
		}
		for first, last := range t {
			w.ends[proto].add(uint16(first), last)
		}
	}
}

func (w *worker) ports() Ports {
	both := w.ends[Both].set()
	return Ports{TCP: both.Union(w.ends[TCP].set()), UDP: both.Union(w.ends[UDP].set())}
}

// readAll reads b and then what is left of src.
func (w *worker) readAll(src *sharedBlocks, b block) {
	for ; len(b.text) > 0; b = src.next(b.text) {
		w.readBlock(b)
	}
}

// readBlock reads the lines of b, the obviously right ones fast.
func (w *worker) readBlock(b block) {
	end := bytes.LastIndexByte(b.text, '\n') + 1
	no, counted := b.line, 0
	for at := w.readClean(b.text, 0, end); at < len(b.text); at = w.readClean(b.text, at, end) {
		no += bytes.Count(b.text[counted:at], []byte("\n"))
		counted = at
		at += w.readLine(b.text[at:], no)
	}
}

// readLine reads the first line of text, which is number no, and gives its length.
func (w *worker) readLine(text []byte, no int) int {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		text = text[:i+1]
	}
	newLine(w.name, no, text).read(func(e Entry, err *Error) bool {
		if err != nil {
			w.found.add(err)
		} else {
			w.table(e.Proto).add(e.Range.First, e.Range.Last)
		}
		return true
	})
	return len(text)
}

// readClean reads lines of text, which has slack, from start on and gives the place of the first
// one that is not obviously right, or end, which is behind an LF.
func (w *worker) readClean(text []byte, start, end int) int {
	text = text[:len(text)+slack]
	for start < end {
		next := lineEnd(text, start)
		if next < 0 || next > start+maxLine {
			return start
		}
		at := skipBlanks(text, start)
		if isDigit(rune(text[at])) {
			if at = w.readEntries(text, at); at < 0 {
				return start
			}
		}
		if c := text[at]; c != '\n' && c != '\r' && c != '#' {
			return start
		}
		start = next
	}
	return start
}

// readEntries reads the entries from text[at] to the end of the line or its comment and gives the
// place behind them, or -1 if they are not obviously right.
func (w *worker) readEntries(text []byte, at int) int {
	for {
		word := load(text, at)
		n := digits(word)
		if n-1 > 4 || word&0xFF == '0' {
			return -1
		}
		at += int(n)
		first := value(word, n)
		last := first
		if text[at] == '-' {
			word = load(text, at+1)
			n = digits(word)
			if n-1 > 4 || word&0xFF == '0' {
				return -1
			}
			at += int(n) + 1
			last = value(word, n)
		}
		if first > last || last > 65535 {
			return -1
		}
		proto := Both
		if text[at] == '/' {
			switch string(text[at : at+4]) {
			case "/tcp":
				proto = TCP
			case "/udp":
				proto = UDP
			default:
				return -1
			}
			at += 4
		}
		w.table(proto).add(uint16(first), uint16(last))
		at = skipBlanks(text, at)
		if text[at] != ',' {
			return at
		}
		at = skipBlanks(text, at+1)
	}
}

func skipBlanks(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\t' {
		at++
	}
	return at
}

// lineEnd is the place behind the line that text[at] is in, or -1 if that holds a character that no
// line may.
func lineEnd(text []byte, at int) int {
	for {
		at = plainEnd(text, at)
		switch c := text[at]; {
		case c == '\n':
			return at + 1
		case c == '\r' && text[at+1] == '\n':
			return at + 2
		case c == '\t':
			at++
		case c < utf8.RuneSelf:
			return -1
		default:
			c, size := utf8.DecodeRune(text[at:])
			if c == utf8.RuneError && size == 1 {
				return -1
			}
			at += size
		}
	}
}

// plainEnd is the place of the first byte from at on that is not printable ASCII. It looks at 8,
// then at 32 bytes at once: to branch on every word of a comment costs more, since none can foretell
// where it ends.
func plainEnd(text []byte, at int) int {
	if odd := notPlain(load(text, at)); odd != 0 {
		return at + bits.TrailingZeros64(odd)>>3
	}
	for at += 8; ; at += 32 {
		words := text[at : at+32]
		odd, base := notPlain(load(words, 24)), 24
		if o := notPlain(load(words, 16)); o != 0 {
			odd, base = o, 16
		}
		if o := notPlain(load(words, 8)); o != 0 {
			odd, base = o, 8
		}
		if o := notPlain(load(words, 0)); o != 0 {
			odd, base = o, 0
		}
		if odd != 0 {
			return at + base + bits.TrailingZeros64(odd)>>3
		}
	}
}

// In a word, the functions below have eight bytes of text, the first one in the lowest bits.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func load(text []byte, at int) uint64 { return binary.LittleEndian.Uint64(text[at:]) }

// notPlain is 0 if all bytes of word are printable ASCII. Else the highest bit of the first one
// that is not is set, and no bit below.
func notPlain(word uint64) uint64 { return ((word - ' '*ones) | (word + ones)) & highs }

// digits counts the decimal digits that word begins with.
func digits(word uint64) uint {
	word ^= '0' * ones
	return uint(bits.TrailingZeros64(((word+0x76*ones)|word)&highs)) >> 3
}

// value is the value of the n digits that word begins with, 1 to 8.
func value(word uint64, n uint) uint32 {
	word = word & (0x0F * ones) << (64 - 8*n&63)
	word = word * (10<<8 + 1) >> 8
	word = word & 0x00FF00FF00FF00FF * (100<<16 + 1) >> 16
	return uint32(word & 0x0000FFFF0000FFFF * (10000<<32 + 1) >> 32)
}
