package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/alecthomas/kong"

	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
)

// Exit statuses.
const (
	statusFine    = 0 // all is well; what was compared is the same
	statusFound   = 1 // something was found, or differs; for show: no reservation found
	statusTrouble = 2 // the command line, the input or the output is no good
)

// What the statuses mean, as README.md and the manual page say it.
const (
	statusFineMeans    = "fine; nothing differs"
	statusFoundMeans   = "differences (`diff`, `gen --check`, `fmt -l`, `fmt -d`, `fmt --check`), a listed port that is not reserved (`verify`), findings (`lint`), or no reservation found (`show`)"
	statusTroubleMeans = "trouble: usage, input that cannot be read, output that cannot be written; nothing was written"
)

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
	{"lint", "Find what is wrong, or of no use, in lists and artefacts.", func() command { return &lintCmd{} }},
	{"diff", "Tell what changes from one file to another, in ports.", func() command { return &diffCmd{} }},
	{"verify", "Tell whether a machine's state covers range lists.", func() command { return &verifyCmd{} }},
	{"fmt", "Bring range lists into their canonical form.", func() command { return &fmtCmd{} }},
	{"completion", "Print the script that completes portreg's commands in a shell.", func() command { return &completionCmd{} }},
	{"man", "Print portreg's manual page.", func() command { return &manCmd{} }},
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
	session := newSession(s)
	defer func() { session.atEnd() }()
	err := session.run(args)
	session.progress.stop()
	if session.out.err != nil {
		err = session.out.err // all else follows from it
	}
	if err == nil {
		return session.status
	}
	printError(s.err, err)
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
		kong.Description("Keeps port ranges out of the dynamic port range of Windows machines: range lists become .reg files, netsh commands, scripts, answer files and Group Policy objects, which can be read back."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(int) { panic(exit{}) }),
		kong.Help(help),
		kong.ConfigureHelp(kong.HelpOptions{WrapUpperBound: 80, NoExpandSubcommands: true, Compact: true}),
		kong.Vars{
			"formats":  report.Alternatives(formatFlag{}.words()),
			"shells":   report.Alternatives(shellName{}.words()),
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
	_, err := fmt.Fprint(ctx.Stdout, "\nExamples:\n", examplesOf(node))
	return err
}

func examplesOf(node *kong.Node) string {
	return node.Target.Addr().Interface().(interface{ examples() string }).examples()
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
