package ranges

import (
	"bytes"
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
	var second sync.WaitGroup
	second.Go(func() { workers[1].readAll(&src) })
	workers[0].readAll(&src)
	second.Wait()

	if src.err != io.EOF {
		return Ports{}, readError(name, src.err)
	}
	found := merge(workers[0].found, workers[1].found)
	if err := found.err(); err != nil {
		return Ports{}, err
	}
	return workers[0].ports().Union(workers[1].ports()), nil
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
	var s Set
	if t == nil {
		return s
	}
	for first, last := range t {
		if last > 0 {
			s.extend(Range{uint16(first), last})
		}
	}
	return s
}

func (w *worker) ports() Ports {
	both := w.ends[Both].set()
	return Ports{TCP: both.Union(w.ends[TCP].set()), UDP: both.Union(w.ends[UDP].set())}
}

func (w *worker) readAll(src *sharedBlocks) {
	for b := src.next(nil); len(b.text) > 0; b = src.next(b.text) {
		w.readBlock(b)
	}
}

// readBlock reads the lines of b, the obviously right ones fast.
func (w *worker) readBlock(b block) {
	end := 0
	if isPlain(b) || isText(b.text) {
		end = bytes.LastIndexByte(b.text, '\n') + 1
	}
	no, counted := b.first, 0
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
// one that is not obviously right, or end. There is an LF before end.
func (w *worker) readClean(text []byte, start, end int) int {
	text = text[:len(text)+slack]
	both := w.table(Both)
	for start < end {
		next := start + lineLen(text, start)
		if next > start+maxLine {
			break
		}
		begin := skipBlanks(text, start)
		at := begin
		for {
			word := load(text, at)
			n := digits(word)
			if n == 0 && at == begin {
				break // no entry, if this is right
			}
			if n-1 > 4 || word&0xFF == '0' {
				return start
			}
			at += int(n)
			first := value(word, n)
			last := first
			if text[at] == '-' {
				word = load(text, at+1)
				n = digits(word)
				if n-1 > 4 || word&0xFF == '0' {
					return start
				}
				at += int(n) + 1
				last = value(word, n)
			}
			if first > last || last > 65535 {
				return start
			}
			table := both
			if text[at] == '/' {
				switch string(text[at : at+4]) {
				case "/tcp":
					table = w.table(TCP)
				case "/udp":
					table = w.table(UDP)
				default:
					return start
				}
				at += 4
			}
			table.add(uint16(first), uint16(last))
			at = skipBlanks(text, at)
			if text[at] != ',' {
				break
			}
			at = skipBlanks(text, at+1)
		}
		if text[at] != '#' && text[at] != '\n' && (text[at] != '\r' || at+2 != next) {
			break
		}
		start = next
	}
	return start
}

// lineLen is the length of the line at text[at], with its LF.
func lineLen(text []byte, at int) int {
	word := load(text, at) ^ 0x0A0A0A0A0A0A0A0A
	if zero := (word - ones) &^ word & highs; zero != 0 {
		return bits.TrailingZeros64(zero)>>3 + 1
	}
	return bytes.IndexByte(text[at+8:], '\n') + 9
}

func skipBlanks(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\t' {
		at++
	}
	return at
}

// The functions below look at eight bytes at once, the first one in the lowest bits.

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

func load(text []byte, at int) uint64 { return binary.LittleEndian.Uint64(text[at:]) }

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

// isPlain says whether b is printable ASCII and LF.
func isPlain(b block) bool {
	text := b.text
	controls, high := 0, uint64(0)
	for ; len(text) >= 32; text = text[32:] {
		w0, w1, w2, w3 := load(text, 0), load(text, 8), load(text, 16), load(text, 24)
		high |= w0 | w1 | w2 | w3
		controls += 32 - bits.OnesCount64(printable(w0)|printable(w1)>>1|printable(w2)>>2|printable(w3)>>3)
	}
	for _, c := range text {
		high |= uint64(c)
		if c < ' ' {
			controls++
		}
	}
	return high&highs == 0 && controls == b.lines && bytes.IndexByte(b.text, 0x7F) < 0
}

// printable sets the second-highest bit of each byte of word that is not a control character,
// where DEL counts as none.
func printable(word uint64) uint64 { return (word | word<<1) & (0x40 * ones) }

// isText says whether text, which has slack, is UTF-8 without characters that no line may hold. It
// is quick where most is ASCII.
func isText(text []byte) bool {
	words := text[:len(text)+slack]
	for at := 0; at < len(text); {
		word := load(words, at)
		odd := (^(word + 0x60*ones) | (word + ones) | word) & highs // the lowest bit set is right
		if odd == 0 {
			at += 8
			continue
		}
		at += bits.TrailingZeros64(odd) >> 3
		if at >= len(text) {
			return true
		}
		c, size := utf8.DecodeRune(text[at:])
		switch {
		case c == '\t', c == '\n':
		case c == '\r' && words[at+1] == '\n':
		case c < ' ' || c == 0x7F || c == utf8.RuneError && size == 1:
			return false
		}
		at += size
	}
	return true
}
