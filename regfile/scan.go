package regfile

import (
	"bytes"
	"io"
	"math"
	"strings"
)

// Selection says which operations a scan gives. The zero Selection is all of them.
// The case of ASCII letters does not count.
type Selection struct {
	Keys  []string // the last components of keys, such as `Services\Tcpip\Parameters`: the keys that end so, with all their values
	Names []string // the names of values, under whatever key
}

// choice is a Selection, folded.
type choice struct {
	all         bool
	keys, names []string
}

func (s Selection) choice() (c choice) {
	c.all = s.Keys == nil && s.Names == nil
	for _, key := range s.Keys {
		c.keys = append(c.keys, Fold(key))
	}
	for _, name := range s.Names {
		c.names = append(c.names, Fold(name))
	}
	return c
}

// key tells whether a clean path is chosen.
func (c choice) key(path string) bool {
	path = Fold(path)
	for _, key := range c.keys {
		if rest, ok := strings.CutSuffix(path, key); ok && (rest == "" || strings.HasSuffix(rest, `\`)) {
			return true
		}
	}
	return c.all
}

func (c choice) name(name string) bool {
	for _, n := range c.names {
		if len(n) == len(name) && n == Fold(name) {
			return true
		}
	}
	return c.all
}

// ScanOptions say what a scan looks for, and who is told. The functions are called one
// at a time.
type ScanOptions struct {
	Select Selection

	// Full asks for the notes of all that is wrong or odd in the file. Without it they
	// are those of the file's first line, of lines meant for keys, and of what is
	// selected. Operations are the same in either case: what is not selected is read as
	// far as that needs.
	Full bool

	// Place is the path of a key that the file may lack: the Summary says where it would
	// be. "" for none.
	Place string

	Op   func(Op)   // each operation that is selected, and every DeleteKey, in the order of the file
	Note func(Note) // each note, once it is known: that at the name of a spoilt value behind those of its data

	// Brief tells whether notes of a rule may come without their texts, as those do that
	// are only counted: making the text is most of the work. It may be nil.
	Brief func(rule string) bool

	Comment   func(Comment)         // each comment; may be nil
	Statement func(first, last int) // the lines of each statement (key, value or stray line) that follows a comment on a line of its own; goes with Comment
}

// Comment is a comment of a .reg file.
type Comment struct {
	Pos  Pos    // of its ; or #
	Text string // what follows that on the line, up to 64 KiB; the bytes of 8-bit text are as they are
	Lone bool   // it is on a line of its own
}

// Summary is what a scan finds of the file as a whole.
type Summary struct {
	Whole bool  // as [File.Whole]
	Place Place // if the scan was asked for it
}

// maxData is how large a selected value may be.
const maxData = 16 << 20

// windowSize is how much of a file is looked at at once.
const windowSize = 128 << 10

// Scan reads a .reg file of any size in one pass and constant memory, as [Parse] would
// read it; name is for messages. Errors are those of Parse, those of r, and a selected
// value of more than 16 MiB of data. What was found before an error has been told.
func Scan(name string, r io.Reader, o ScanOptions) (Summary, error) {
	s := scanner{name: name, r: r, window: make([]byte, windowSize)}
	if err := s.begin(o); err != nil {
		return Summary{}, err
	}
	if err := s.run(math.MaxInt64); err != nil {
		return Summary{}, s.fail(err)
	}
	return s.end(), nil
}

// scanner reads a file, or some of it, in windows.
type scanner struct {
	name    string
	r       io.Reader // what follows the window
	window  []byte
	held    int    // bytes in the window
	ended   bool   // nothing follows them
	done    bool   // and they are read, but for half a unit
	tail    []byte // the last bytes behind the header that are no longer in the window
	most    int64  // of the file, from its start, is read at most; 0: all
	head    []byte // the header
	skipper *skipper
	*lexer
	*builder
}

// begin reads the first line.
func (s *scanner) begin(o ScanOptions) error {
	if err := s.fill(); err != nil {
		return err
	}
	head := s.window[:s.held]
	f, err := sniff(head)
	if err != nil {
		return &Error{s.name, f.first(), err.Error()}
	}
	s.prepare(f, bytes.Clone(head[f.mark:f.body]), o)
	s.noteForm(head[f.tail:f.body])
	s.held = copy(s.window, head[f.body:])
	return nil
}

// prepare prepares to read the body of a file behind its header.
func (s *scanner) prepare(f form, header []byte, o ScanOptions) {
	s.head = header
	s.builder = &builder{form: f, closed: noKey, chosen: o.Select.choice(), full: o.Full, limit: maxData,
		op: o.Op, note: o.Note, brief: o.Brief, comment: o.Comment, told: o.Statement, near: newNearest(f, o.Place)}
	s.lexer = newLexer(f, header, s.add)
	s.comments = o.Comment != nil
	s.skipper = newSkipper(f.width, s.chosen, o.Full || s.comments)
	s.skip = s.skipStatements
}

// skipStatements passes over statements that are neither chosen nor have notes.
func (s *scanner) skipStatements(w []byte) (n, lines int) {
	if s.keyChosen || s.comments && s.statement == awaited {
		return 0, 0
	}
	s.skipper.open = s.key != "" || s.unread != nil
	n, lines = s.skipper.skip(w)
	if s.near != nil {
		s.near.pass(w[:n], s.place)
	}
	if s.skipper.opened {
		s.skipper.kept = append(s.skipper.kept[:0], s.skipper.raw...)
		s.passKey(s.skipper.kept)
		s.skipper.opened = false
	}
	return n, lines
}

// run reads until the file ends, or until a start of a block that is at limit or behind
// it and within no statement.
func (s *scanner) run(limit int64) error {
	for {
		stopped := s.lexWindow(limit)
		s.done = s.ended && !stopped
		switch {
		case stopped, s.done, s.err != nil:
			return s.err
		case s.most > 0 && s.off > s.most:
			return errLost
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// lexWindow lexes the window, or its front up to where run stops.
func (s *scanner) lexWindow(limit int64) (stopped bool) {
	for at := s.blockStart(limit); at < s.held; at = s.blockStart(limit) {
		s.hold = 0
		s.use(s.feed(s.window[:at], false))
		if s.state == lineStart {
			return true
		}
		limit = s.off + 1
	}
	s.hold = len(s.window) / 2
	s.use(s.feed(s.window[:s.held], s.ended))
	return false
}

// blockStart is where in the window the first start of a block is that is not before
// limit, or its end.
func (s *scanner) blockStart(limit int64) int {
	from := limit - s.off
	if from >= int64(s.held) {
		return s.held
	}
	return s.form.blockStart(s.window[:s.held], max(0, int(from)), s.col == 0)
}

// use takes n bytes from the window.
func (s *scanner) use(n int) {
	last := s.window[max(0, n-tailSize):n]
	kept := s.tail[max(0, len(s.tail)+len(last)-tailSize):]
	s.tail = append(append(s.tail[:0], kept...), last...)
	s.held = copy(s.window, s.window[n:s.held])
}

// end tells what is left to say of a file that was read to its end.
func (s *scanner) end() Summary {
	if s.held > 0 {
		s.noteHalf(s.place)
	}
	return Summary{s.held == 0 && s.form.whole(s.tail), s.near.found()}
}

// fail gives an error the file's name, if it has a place.
func (s *scanner) fail(err error) error {
	if placed, ok := err.(*Error); ok {
		placed.Name = s.name
	}
	return err
}

// fill reads until the window is full or the file ends.
func (s *scanner) fill() error {
	n, err := io.ReadFull(s.r, s.window[s.held:])
	s.held += n
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		s.ended, err = true, nil
	}
	return err
}
