package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

// The types of flags whose text has a form of its own. Kong puts the flag's name
// before their errors. Where a type has words, these are what it takes, for help,
// messages and completion.

type formatFlag struct{ *artefact.Format }

func (formatFlag) words() []string {
	return artefact.Written(target.ReservedPorts | target.Exclusions)
}

func (f *formatFlag) UnmarshalText(text []byte) error {
	var ok bool
	if f.Format, ok = artefact.Named(string(text)); !ok {
		return fmt.Errorf("%q is not a format; write %s", text, report.Alternatives(f.words()))
	}
	return nil
}

type targetFlag struct{ target.Windows }

func (targetFlag) words() []string { return strings.Fields(target.Names()) }

func (f *targetFlag) UnmarshalText(text []byte) error {
	var ok bool
	if f.Windows, ok = target.ByName(string(text)); !ok {
		return fmt.Errorf("%q is not a version of Windows; write one of %s", text, target.Names())
	}
	return nil
}

// given tells whether there was a -t.
func (f targetFlag) given() bool { return f.Name != "" }

// A fileName is the name of a file as it was given, or - for a standard stream.
type fileName string

const dash fileName = "-"

// Decode takes the bytes as they are. Kong's own way leads through JSON, which
// replaces what is not UTF-8.
func (f *fileName) Decode(ctx *kong.DecodeContext) error {
	token, err := ctx.Scan.PopValue("file name")
	if err != nil {
		return err
	}
	*f = fileName(fmt.Sprint(token.Value))
	if *f == "" {
		return errors.New("the file name is empty")
	}
	return nil
}

// String gives the name of an input or a file for messages.
func (f fileName) String() string { return report.FileName(string(f)) }

// stream gives the number of the standard stream that f means as an output, 0 for
// none. Some systems have files of these names, but a rename would take the place of
// whatever file the shell opened.
func (f fileName) stream() int {
	switch f {
	case dash, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		return 1
	case "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2":
		return 2
	}
	return 0
}

// toFile tells whether output goes to a file of that name.
func (f fileName) toFile() bool { return f != "" && f.stream() == 0 }

type nameFlag string

func (f *nameFlag) UnmarshalText(text []byte) error {
	*f = nameFlag(text)
	return netsh.CheckName(string(text))
}

type keyFlag string

func (f *keyFlag) UnmarshalText(text []byte) error {
	*f = keyFlag(text)
	return target.CheckKey(string(text))
}

type valueFlag string

func (f *valueFlag) UnmarshalText(text []byte) error {
	*f = valueFlag(text)
	return target.CheckValueName(string(text))
}

type mountFlag string

func (f *mountFlag) UnmarshalText(text []byte) error {
	*f = mountFlag(text)
	return target.CheckMount(string(text))
}

type controlSetFlag int

func (f *controlSetFlag) UnmarshalText(text []byte) error {
	n, err := strconv.ParseUint(string(text), 10, 16)
	if err != nil || n < 1 || n > 999 {
		return fmt.Errorf("%q is not the number of a control set; write 1 to 999", text)
	}
	*f = controlSetFlag(n)
	return nil
}

// pickFlag is current or the number of a control set.
type pickFlag struct {
	given bool
	set   int // 0 for current
}

const currentSet = "current"

func (pickFlag) words() []string { return []string{currentSet} }

func (f *pickFlag) UnmarshalText(text []byte) error {
	f.given = true
	if strings.EqualFold(string(text), currentSet) {
		return nil
	}
	var n controlSetFlag
	if n.UnmarshalText(text) != nil {
		return fmt.Errorf("%q is not a control set; write %s or 1 to 999", text, currentSet)
	}
	f.set = int(n)
	return nil
}

type encodingFlag string

const (
	utf16Encoding = encodingFlag("utf-16")
	utf8Encoding  = encodingFlag("utf-8")
)

func (encodingFlag) words() []string {
	return []string{string(utf16Encoding), string(utf8Encoding)}
}

func (f *encodingFlag) UnmarshalText(text []byte) error {
	*f = encodingFlag(text)
	if !slices.Contains(f.words(), string(text)) {
		return fmt.Errorf("%q is not an encoding; write %s", text, report.Alternatives(f.words()))
	}
	return nil
}

type protoFlag struct{ ranges.Proto }

func (protoFlag) words() []string {
	return []string{ranges.TCP.String(), ranges.UDP.String()}
}

func (f *protoFlag) UnmarshalText(text []byte) error {
	if err := f.Proto.UnmarshalText(text); err != nil || f.Proto == ranges.Both {
		return fmt.Errorf("%q is not a protocol; write %s", text, report.Alternatives(f.words()))
	}
	return nil
}
