package main

import (
	"fmt"
	"io"

	"portreg/cmd/internal/report"
	"portreg/cmd/internal/usage"
)

type completionCmd struct {
	Output fileName  `short:"o" placeholder:"FILE" help:"The file to write; - is standard output."`
	Shell  shellName `arg:"" help:"The shell: ${shells}."`
}

func (*completionCmd) examples() string {
	return `  portreg completion bash
  portreg completion fish -o portreg.fish
`
}

// Run writes the script for the shell.
func (c *completionCmd) Run(s *session) error {
	p, err := describe()
	if err != nil {
		return err
	}
	return s.write(c.Output, func(w io.Writer) error {
		_, err := io.WriteString(w, c.Shell.script(p))
		return err
	})
}

// shellName is a shell of [usage.Shells].
type shellName struct {
	script func(*usage.Program) string
}

func (shellName) words() (names []string) {
	for _, shell := range usage.Shells {
		names = append(names, shell.Name)
	}
	return names
}

func (n *shellName) UnmarshalText(text []byte) error {
	for _, shell := range usage.Shells {
		if string(text) == shell.Name {
			n.script = shell.Script
			return nil
		}
	}
	return fmt.Errorf("%q is not a shell that portreg knows; write %s", text, report.Alternatives(n.words()))
}
