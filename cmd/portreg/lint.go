package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/alecthomas/kong"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/lint"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
)

type lintCmd struct {
	Target   targetFlag   `short:"t" placeholder:"TARGET" help:"The version of Windows that the files are for: ${versions}. Default: what holds ReservedPorts is for Server 2003, captures, scripts and answer files for a later one; lists are for any."`
	Format   string       `short:"f" enum:"text,json,github,sarif" default:"text" placeholder:"FORMAT" help:"How to print: text (default), json, github, which annotates pull requests, or sarif, for code scanning."`
	FailOn   string       `enum:"error,warning,info,never" default:"warning" placeholder:"LEVEL" help:"The least severity that makes the status 1: error, warning (default), info, or never."`
	Ignore   []ruleFlag   `placeholder:"RULE" help:"Leave out a rule; repeatable."`
	Explain  explainFlag  `placeholder:"RULE" help:"Tell what a rule is about, with examples, and quit."`
	Offline  bool         `help:"The .reg files are meant for an offline hive."`
	Dynamic  ranges.Range `placeholder:"FIRST-LAST" help:"The dynamic port range of the machines, if it is known."`
	Protocol protoFlag    `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Files    []fileName   `arg:"" name:"file" help:"Range lists, .reg files, SYSTEM hives, Registry.pol, LGPO text, JSON for samba-tool, Registry.xml, folders of GPO backups, scripts, answer files, netsh captures; - is standard input."`
}

func (*lintCmd) examples() string {
	return `  portreg lint ports.txt
  portreg lint -t 2003 --ignore outside-dynamic-range ports.txt merged.reg
  portreg lint --explain touching-ranges
`
}

// ruleFlag is the name of a rule.
type ruleFlag string

func (ruleFlag) words() (names []string) {
	for _, r := range lint.Rules() {
		names = append(names, r.Name)
	}
	return names
}

func (f *ruleFlag) UnmarshalText(text []byte) error {
	*f = ruleFlag(text)
	return lint.CheckName(string(text))
}

// explainFlag is a rule to explain.
type explainFlag struct{ ruleFlag }

// BeforeApply explains the rule before kong looks for files.
func (explainFlag) BeforeApply(app *kong.Kong, ctx *kong.Context, path *kong.Path) error {
	name := ctx.FlagValue(path.Flag).(explainFlag).ruleFlag
	for _, r := range lint.Rules() {
		if r.Name == string(name) {
			fmt.Fprint(app.Stdout, report.Rule(r))
		}
	}
	app.Exit(statusFine)
	return nil
}

// Run reads all files before it prints anything.
func (c *lintCmd) Run(s *session) error {
	if err := c.checkDynamic(); err != nil {
		return err
	}
	o := lint.Options{Target: c.Target.Windows, Dynamic: c.Dynamic, Offline: c.Offline}
	for _, name := range c.Ignore {
		o.Ignore = append(o.Ignore, string(name))
	}
	findings := []lint.Finding{}
	var wrong []error
	for _, file := range c.Files {
		all, err := s.contents(file, artefact.Options{Target: c.Target.Windows, Proto: c.Protocol.Proto, Written: true, Faults: true})
		wrong = append(wrong, err)
		for _, content := range all { // whose names are as given: each form has its own way to write them
			if content.Format == artefact.List && content.List == nil {
				s.warnf("%s: too large a list for ignores and for comparing entries; only its ports were looked at", file)
			}
			findings = append(findings, lint.Check(content, o)...)
		}
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	c.judge(s, findings)
	return c.print(s, findings)
}

// checkDynamic takes what gen does, and a first port of 1024: installers have set that
// on machines where netsh now refuses it. What the legacy check takes the other does, so
// that without a target the latter is enough.
func (c *lintCmd) checkDynamic() error {
	legacy := c.Target.Mechanism == target.ReservedPorts
	if r := c.Dynamic; r.First == 1024 {
		r.First++
		if checkDynamic(r, legacy) == nil {
			return nil
		}
	}
	return checkDynamic(c.Dynamic, legacy)
}

func (c *lintCmd) print(s *session, ff []lint.Finding) error {
	switch c.Format {
	case "json":
		return report.FindingsJSON(s.out, ff)
	case "github":
		return report.FindingsGitHub(s.out, ff)
	case "sarif":
		return report.FindingsSARIF(s.out, ff, lint.Rules(), readBuild().version)
	}
	return report.FindingsText(s.out, ff, s.colour())
}

// judge sets the status, and says how many findings there are.
func (c *lintCmd) judge(s *session, ff []lint.Finding) {
	var counts [lint.Error + 1]int
	var least lint.Severity
	never := least.UnmarshalText([]byte(c.FailOn)) != nil
	for _, f := range ff {
		counts[f.Severity]++
		if f.Severity >= least && !never {
			s.found()
		}
	}
	var texts []string
	for severity := lint.Error; ; severity-- {
		if n := counts[severity]; n > 0 {
			texts = append(texts, report.Count(n, severity.String()))
		}
		if severity == lint.Info {
			break
		}
	}
	if texts != nil {
		s.sayf("%s", strings.Join(texts, ", "))
	}
}
