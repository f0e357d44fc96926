package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
)

// Exit statuses.
const (
	statusFine    = 0 // all is well; what was compared is the same
	statusFound   = 1 // something was found, or differs; for show: no reservation found
	statusTrouble = 2 // the command line, the input or the output is no good
)

// stdio holds the standard streams.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// A command is what Run is called on once the command line is read.
type command interface {
	Run(*session) error
	examples() string
}

// commands is the table of commands, as help lists them.
var commands = [...]struct {
	name, does string
	new        func() command
}{
	{"gen", "Make what a Windows machine needs from range lists.", func() command { return &genCmd{} }},
	{"show", "Read any artefact, export, capture or list; print its ports.", func() command { return &showCmd{} }},
	{"fmt", "Bring range lists into their canonical form.", func() command { return &fmtCmd{} }},
}

// cli is the command line without its commands.
type cli struct {
	Version versionFlag `help:"Print the version and quit."`
}

func (*cli) examples() string {
	return `  portreg gen -o reserved.reg ports.txt
  portreg show reserved.reg
  portreg gen -t 2022 ports.txt
`
}

// exit is what ends a command from within kong, for --help and --version.
type exit struct{}

// run is the whole program but for the process.
func run(args []string, s stdio) int {
	session := session{in: s.in, out: &output{w: s.out}, err: s.err}
	err := session.run(args)
	if session.out.err != nil {
		err = session.out.err // all else follows from it
	}
	if err == nil {
		return session.status
	}
	report(s.err, err)
	if m, ok := err.(misused); ok {
		fmt.Fprintf(s.err, "Try %q.\n", m.command+" --help")
	}
	return statusTrouble
}

// run carries out a command line.
func (s *session) run(args []string) error {
	defer func() {
		if e := recover(); e != nil && e != any(exit{}) {
			panic(e)
		}
	}()
	parser, err := newParser(args, s.out, s.err)
	if err != nil {
		return err
	}
	ctx, err := parser.Parse(args)
	if err != nil {
		return misuse(err)
	}
	return ctx.Run(s)
}

// newParser makes the parser for args. If they begin with a command, it knows no
// other: kong takes longer to learn them all than most jobs take.
func newParser(args []string, stdout, stderr io.Writer) (*kong.Kong, error) {
	known := commands[:]
	for i, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			known = commands[i : i+1]
		}
	}
	options := []kong.Option{
		kong.Name("portreg"),
		kong.Description("Keeps port ranges out of the dynamic port range of Windows machines: range lists become .reg files and netsh commands, which can be read back."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { panic(exit{}) }),
		kong.Help(help),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 80, NoExpandSubcommands: true, Compact: true}),
		kong.Vars{
			"formats":  artefact.Written(target.ReservedPorts | target.Exclusions),
			"versions": target.Names(),
		},
	}
	for _, c := range known {
		options = append(options, kong.DynamicCommand(c.name, c.does, "", c.new()))
	}
	return kong.New(&cli{}, options...)
}

// help is kong's help with examples at its end.
func help(options kong.HelpOptions, ctx *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, ctx); err != nil {
		return err
	}
	node := ctx.Selected()
	if node == nil {
		node = ctx.Model.Node
	}
	command := node.Target.Addr().Interface().(interface{ examples() string })
	_, err := fmt.Fprint(ctx.Stdout, "\nExamples:\n", command.examples())
	return err
}

// misused is what is wrong with the command line of a command.
type misused struct {
	error
	command string
}

// misuse finds the command that an error of kong's is about.
func misuse(err error) misused {
	command := "portreg"
	var pe *kong.ParseError
	if errors.As(err, &pe) && pe.Context != nil && pe.Context.Selected() != nil {
		command += " " + pe.Context.Selected().Name
	}
	return misused{err, command}
}

// report prints errors, one line each. Those about the inside of a file begin with
// their place, all others with the program's name.
func report(w io.Writer, err error) {
	var several interface{ Unwrap() []error }
	var inList *ranges.Error
	var inReg *regfile.Error
	switch {
	case errors.As(err, &several):
		for _, one := range several.Unwrap() {
			report(w, one)
		}
	case errors.As(err, &inList):
		fmt.Fprintln(w, printable(inList.Error()))
	case errors.As(err, &inReg):
		fmt.Fprintln(w, printable(inReg.Error()))
	default:
		fmt.Fprintf(w, "portreg: %s\n", printable(err.Error()))
	}
}

// printable is text for one line of a terminal or of a range list: what cannot be
// printed is escaped as in Go.
func printable(text string) string {
	if !strings.ContainsFunc(text, unprintable) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unprintable(r) {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

type versionFlag bool

// BeforeReset prints the version that the build was given.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	fmt.Fprintln(app.Stdout, "portreg", version)
	app.Exit(statusFine)
	return nil
}

// A session is one run of a command.
type session struct {
	in        io.Reader
	out       *output
	err       io.Writer
	status    int
	stdinUsed bool
}

// found makes the status say that there is something to look at.
func (s *session) found() { s.status = statusFound }

func (s *session) sayf(format string, args ...any) {
	report(s.err, fmt.Errorf(format, args...))
}

func (s *session) warnf(format string, args ...any) {
	report(s.err, fmt.Errorf("warning: "+format, args...))
}

// open opens an input.
func (s *session) open(file fileName) (io.ReadCloser, error) {
	if file != dash {
		f, err := os.Open(string(file))
		return f, inFile(file.String(), err)
	}
	if s.stdinUsed {
		return nil, errors.New("standard input can be read only once; give - only once")
	}
	s.stdinUsed = true
	return io.NopCloser(s.in), nil
}

// readError puts the name before an error of reading; others bring their place.
func readError(name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return inFile(name, err)
	}
	return err
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

// output is standard output; it keeps the first error, so that none is overlooked.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.w.Write(p)
	if err != nil && o.err == nil {
		o.err = inFile("standard output", err)
	}
	return n, o.err
}

// isTerminal tells whether it is one.
func (o *output) isTerminal() bool {
	f, ok := o.w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// count is "1 range", "2 ranges"; numbers have a comma per thousand.
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + one + "s"
}

func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// some joins the first of the items; a message is no place for thousands of them.
func some[T fmt.Stringer](items []T) string {
	const most = 8
	var b strings.Builder
	for i, item := range items {
		if i == most {
			fmt.Fprintf(&b, " and %s more", thousands(len(items)-most))
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(item.String())
	}
	return b.String()
}
