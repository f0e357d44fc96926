package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/rogpeppe/go-internal/diff"

	"portreg/cmd/internal/artefact"
	"portreg/ranges"
)

type fmtCmd struct {
	List  bool       `short:"l" help:"List the files whose form is not canonical; status 1 if there are any."`
	Diff  bool       `short:"d" help:"Show what would change; status 1 if anything would."`
	Write bool       `short:"w" help:"Rewrite the files whose form is not canonical."`
	Check bool       `help:"Print nothing; status 1 if the form of a file is not canonical."`
	Lists []fileName `arg:"" name:"list" help:"Range lists; - is standard input."`
}

func (*fmtCmd) examples() string {
	return `  portreg fmt ports.txt
  portreg fmt -d ports.txt
  portreg fmt -w ports.txt
`
}

// formatted is a list as it is and as it should be.
type formatted struct {
	file      fileName
	src       []byte // as it is in the file
	text      []byte // in UTF-8
	canonical []byte
}

// Run reads all lists before it writes any.
func (c *fmtCmd) Run(s *session) error {
	if err := c.check(); err != nil {
		return err
	}
	var all []formatted
	var wrong []error
	for _, file := range c.Lists {
		f, err := format(s, file)
		all, wrong = append(all, f), append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	for _, f := range all {
		if err := c.deliver(s, f); err != nil {
			return err
		}
	}
	return nil
}

func (c *fmtCmd) check() error {
	if c.Write && c.Check {
		return errors.New("--check writes nothing; leave out -w or --check")
	}
	for _, file := range c.Lists {
		if c.Write && (file == dash || file.inGit() || isDevice(string(file))) {
			return fmt.Errorf("-w cannot rewrite %s; leave out -w", file)
		}
	}
	return nil
}

func format(s *session, file fileName) (f formatted, err error) {
	f.file = file
	if f.src, err = s.readAll(file); err != nil {
		return f, err
	}
	var list *ranges.List
	if list, f.text, err = artefact.ParseList(file.String(), f.src); err == nil {
		f.canonical = list.Format()
	}
	return f, err
}

func (c *fmtCmd) deliver(s *session, f formatted) error {
	name := f.file.String()
	differs := !bytes.Equal(f.src, f.canonical)
	if differs && (c.List || c.Diff || c.Check) {
		s.found()
	}
	if differs && c.List {
		fmt.Fprintln(s.out, name)
	}
	if differs && c.Diff {
		s.out.Write(diff.Diff(name+".orig", f.text, name, f.canonical))
		if bytes.Equal(f.text, f.canonical) {
			s.sayf("%s is UTF-16; the canonical form is UTF-8", name)
		}
	}
	if differs && c.Write {
		return writeFile(f.file, func(w io.Writer) error {
			_, err := w.Write(f.canonical)
			return err
		}, osRename)
	}
	if c.List || c.Diff || c.Write || c.Check {
		return nil
	}
	_, err := s.out.Write(f.canonical)
	return err
}
