package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"portreg/cmd/internal/artefact"
	"portreg/ranges"
)

// stdio holds the standard streams.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// A session is one run of a command.
type session struct {
	in        io.Reader
	out       *stdout
	err       io.Writer
	progress  *progress // on the terminal that err is, or nil
	status    int
	stdinUsed bool
	atEnd     func() // gives the terminal back as it was
}

// newSession shows progress where standard error is a terminal.
func newSession(s stdio) *session {
	session := &session{in: s.in, out: &stdout{w: s.out}, err: s.err, atEnd: func() {}}
	p := newProgress(s.err)
	if p == nil {
		return session
	}
	session.progress, session.err = p, p
	if terminalOf(s.out) != nil {
		session.out.progress = p
	}
	return session
}

// found makes the status say that there is something to look at.
func (s *session) found() { s.status = statusFound }

func (s *session) sayf(format string, args ...any) {
	printError(s.err, fmt.Errorf(format, args...))
}

func (s *session) warnf(format string, args ...any) {
	printError(s.err, fmt.Errorf("warning: "+format, args...))
}

// open opens an input. What exists as a file is that file.
func (s *session) open(file fileName) (io.ReadCloser, error) {
	switch {
	case file == dash:
		return s.openStdin()
	case file.inGit():
		return openInGit(file)
	}
	f, err := os.Open(string(file))
	if err != nil {
		return nil, inFile(file.String(), err)
	}
	return s.metered(file, f), nil
}

// metered gives a file that shows how far it is read, where progress is shown.
func (s *session) metered(name fileName, f *os.File) io.ReadCloser {
	if m := s.progress.meterOf(name, f); m != nil {
		return meteredFile{meteredReader{f, m}, f}
	}
	return f
}

func (s *session) openStdin() (io.ReadCloser, error) {
	if s.stdinUsed {
		return nil, errors.New("standard input can be read only once; give - only once")
	}
	s.stdinUsed = true
	f, ok := s.in.(*os.File)
	if !ok {
		return io.NopCloser(s.in), nil
	}
	widenPipe(f)
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() && isAtStart(f) {
		return s.metered(dash, f), nil
	}
	if m := s.progress.meterOf(dash, f); m != nil {
		return meteredReader{f, m}, nil
	}
	return io.NopCloser(f), nil
}

// isAtStart tells whether all of a file is still to be read.
func isAtStart(f *os.File) bool {
	at, err := f.Seek(0, io.SeekCurrent)
	return err == nil && at == 0
}

// read reads a file in any format.
func (s *session) read(file fileName, o artefact.Options) (*artefact.Content, error) {
	f, err := s.open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := artefact.Read(file.String(), f, o)
	return c, readError(file, err)
}

// contents reads a file in any format, or the backups of GPOs in a folder. Each has the
// name that was given.
func (s *session) contents(file fileName, o artefact.Options) ([]*artefact.Content, error) {
	if info, err := os.Stat(string(file)); file != dash && err == nil && info.IsDir() {
		return readFolder(file, o)
	}
	c, err := s.read(file, o)
	var tree treeInGit
	switch {
	case errors.As(err, &tree):
		return tree.read(file, o)
	case err != nil:
		return nil, err
	}
	c.File = string(file)
	return []*artefact.Content{c}, nil
}

// readAs reads a file that must be in one of the formats, and not a folder; want says
// what it should be.
func (s *session) readAs(file fileName, o artefact.Options, want string, formats ...string) (*artefact.Content, error) {
	o.Accept = func(f *artefact.Format) error {
		if slices.Contains(formats, f.Name) {
			return nil
		}
		e := &ranges.Error{Name: file.String(), Line: 1, Col: 1, Msg: fmt.Sprintf("this is %s, %s", f.Title, want)}
		if f.Folder != nil {
			e.Line, e.Col = 0, 0
		}
		return e
	}
	all, err := s.contents(file, o)
	if err != nil {
		return nil, err
	}
	all[0].File = file.String()
	return all[0], nil
}

// readAll reads the bytes of a file.
func (s *session) readAll(file fileName) ([]byte, error) {
	f, err := s.open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(f)
	return src, readError(file, err)
}

// write writes to a file; to standard output if none is named.
func (s *session) write(file fileName, write func(io.Writer) error) error {
	switch {
	case file.stream() == 2:
		return write(s.err)
	case file.toFile():
		return writeFile(file, s.progress.writing(file.String(), write), osRename)
	}
	return s.progress.writing("standard output", write)(s.out)
}

// readError puts the name before an error of reading; others bring their place.
func readError(file fileName, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return inFile(file.String(), err)
	}
	return err
}

// checkOutput refuses an output that is one of the inputs.
func (s *session) checkOutput(output fileName, inputs []fileName) error {
	for _, input := range inputs {
		if output.toFile() && s.isInput(output, input) {
			return fmt.Errorf("%s is an input; -o must name another file", output)
		}
	}
	return nil
}

// isInput tells whether output and input are one file.
func (s *session) isInput(output, input fileName) bool {
	out, err := os.Stat(string(output))
	if err != nil || !out.Mode().IsRegular() {
		return false
	}
	in, err := s.stat(input)
	return err == nil && os.SameFile(out, in)
}

func (s *session) stat(input fileName) (fs.FileInfo, error) {
	if input != dash {
		return os.Stat(string(input))
	}
	f, ok := s.in.(*os.File)
	if !ok {
		return nil, fs.ErrNotExist
	}
	return f.Stat()
}

// stdout is standard output; it keeps the first error, so that none is overlooked.
type stdout struct {
	w        io.Writer
	err      error
	progress *progress // on the terminal that w is, too, or nil
}

func (o *stdout) Write(p []byte) (int, error) {
	o.progress.stop()
	n, err := o.w.Write(p)
	if err != nil && o.err == nil {
		o.err = inFile("standard output", err)
	}
	return n, o.err
}

// colour tells whether standard output is to be in colour: it is a terminal that
// understands that, and nobody has asked for none (no-color.org).
func (s *session) colour() bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	f := terminalOf(s.out.w)
	if f == nil {
		return false
	}
	restore, ok := understandsColour(f)
	s.atEnd = restore
	return ok
}
