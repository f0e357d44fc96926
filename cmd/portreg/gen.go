package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile/gpp"
)

type genCmd struct {
	Format        formatFlag     `short:"f" placeholder:"FORMAT" help:"What to make: ${formats}. Without it -o's ending decides (.reg, .cmd, .ps1, .pol; other endings need -f), without -o the target, else it is reg."`
	Target        targetFlag     `short:"t" placeholder:"WINDOWS" help:"The Windows version it is for: ${versions}."`
	Output        fileName       `short:"o" placeholder:"FILE" help:"The file to write, or the folder of gpo; - is standard output, even if that is a terminal."`
	Check         bool           `help:"Write nothing; status 1 if the file at -o is not what would be written."`
	Onto          []fileName     `sep:"none" placeholder:"FILE" help:"The machine's current state, an export, a hive or a netsh capture: keep what is there. Repeatable: a capture for tcp, one for udp."`
	Edit          bool           `help:"Of reg: write the export at --onto with the value changed, or added, and every other byte as it is there."`
	Protocol      protoFlag      `placeholder:"tcp|udp" help:"The protocol of captures whose header names none."`
	Replaces      []fileName     `sep:"none" placeholder:"LIST" help:"The list deployed before: give its ports back that are no longer listed. Repeatable."`
	Name          nameFlag       `placeholder:"NAME" help:"Of scripts: the name of the log that they keep on the machine, %ProgramData%\\portreg\\NAME.log. Of gpo: also the name of the Group Policy object, Reserved ports (NAME)."`
	ReleaseWinNAT bool           `name:"release-winnat" help:"Of scripts: stop WinNAT for a moment if its runtime reservations are in the way."`
	Undo          bool           `help:"Make what takes back what this command makes without --undo."`
	DeleteValue   bool           `help:"With --undo: delete ReservedPorts, since nothing else needs it."`
	ControlSet    controlSetFlag `placeholder:"N" help:"Offline image: write ControlSet00N, not CurrentControlSet."`
	Mount         mountFlag      `placeholder:"NAME" help:"Offline image: the name its SYSTEM hive is mounted under in HKEY_LOCAL_MACHINE."`
	Encoding      encodingFlag   `placeholder:"ENCODING" help:"Of reg: utf-16, as regedit writes (default), or utf-8, for hivexregedit and git."`
	Dynamic       ranges.Range   `placeholder:"FIRST-LAST" help:"Also set the dynamic port range (legacy: MaxUserPort)."`
	Annotate      bool           `help:"Add comments that say in words what the artefact holds."`
	AllowEmpty    bool           `help:"An empty result is meant."`
	Lists         []fileName     `arg:"" name:"list" help:"Range lists, united; - is standard input."`
}

func (*genCmd) examples() string {
	return `  portreg gen -o reserved.reg ports.txt
  portreg gen --name web -o web.cmd ports.txt
  portreg gen -t 2003 --onto current.reg -o merged.reg ports.txt
`
}

// A job is one run of gen. The steps of Run, which can be read in their order, each
// fill in what the later ones go by.
type job struct {
	*genCmd // the command line
	*session

	// of choose
	format    *artefact.Format
	mechanism target.Mechanism // what the target has of what the format carries; both for json without a target

	// of readLists
	now, before     ranges.Ports // what is listed, and what --replaces says was
	lists, oldLists lists        // their lists, for the labels; only with --annotate and --check

	// of compute
	pools ranges.Ports // the dynamic port ranges that will be in force, of modern targets
	made  artefact.Job // what deliver writes
	edit  *edit        // what it writes instead, with --edit
}

// Run works everything out before it opens the output.
func (c *genCmd) Run(s *session) error {
	j := job{genCmd: c, session: s}
	defer func() { j.edit.close() }()
	for _, step := range [...]func() error{j.choose, j.checkFlags, j.checkFiles, j.readLists, j.compute, j.deliver} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// choose finds the format and with it the mechanism.
func (j *job) choose() error {
	j.format = j.Format.Format
	if j.format == nil && j.Output.toFile() {
		var ok bool
		if j.format, ok = artefact.ForFile(string(j.Output)); !ok && !j.Edit {
			return fmt.Errorf("the ending of %s names no format; add -f %s", j.Output, report.Alternatives(artefact.Choices(string(j.Output))))
		}
	}
	switch {
	case j.format == nil && (j.Edit || !j.Target.given()):
		j.format = artefact.For(target.ReservedPorts)
	case j.format == nil:
		j.format = artefact.For(j.Target.Mechanism)
	}
	j.mechanism = j.format.Carries
	if j.Target.given() {
		j.mechanism &= j.Target.Mechanism
	}
	if j.Target.given() && !j.format.Suits(j.Target.Windows) {
		return j.mismatch()
	}
	return nil
}

func (j *job) mismatch() error {
	names := slices.DeleteFunc(artefact.Written(j.Target.Mechanism), func(name string) bool {
		f, _ := artefact.Named(name)
		return !f.Suits(j.Target.Windows)
	})
	works := report.Alternatives(names)
	switch {
	case j.mechanism != 0:
		return fmt.Errorf("-f %s: %s has no Group Policy Preferences (KB 943729 is for XP and Server 2003); what works there is -f %s", j.format.Name, j.Target.Title, works)
	case j.Target.Mechanism == target.Exclusions:
		return fmt.Errorf("-f %s: ReservedPorts is not implemented on %s (KB 812873); what works there is -f %s", j.format.Name, j.Target.Title, works)
	}
	return fmt.Errorf("-f %s: %s has no excluded port ranges; what works there is -f %s", j.format.Name, j.Target.Title, works)
}

// sayWindows says which versions the artefact is for, where that is not known.
func (j *job) sayWindows() {
	switch {
	case j.Target.Hotfix != "":
		j.sayf("%s needs hotfix %s before netsh knows excludedportrange", j.Target.Title, j.Target.Hotfix)
	case !j.Target.given() && j.mechanism == target.ReservedPorts:
		j.sayf("ReservedPorts works on Windows 2000, XP and Server 2003 only; for later versions name the target, such as -t 2022")
	}
	if j.format.Prefers {
		j.sayf("Windows XP and Server 2003 apply preferences only with KB 943729")
	}
}

func (j *job) legacy() bool  { return j.mechanism == target.ReservedPorts }
func (j *job) logs() bool    { return j.format.Logs && !j.legacy() }
func (j *job) offline() bool { return j.ControlSet != 0 || j.Mount != "" }

// place is where the registry values go. A mounted hive of an image that was never
// started has ControlSet001 only.
func (j *job) place() target.Place {
	p := target.Place{Mount: string(j.Mount), ControlSet: int(j.ControlSet)}
	if p.Mount != "" && p.ControlSet == 0 {
		p.ControlSet = 1
	}
	return p
}

// checkFlags refuses what does not go together.
func (j *job) checkFlags() error {
	isJSON, logs, folder := j.format.Name == artefact.JSON, j.logs(), j.format.Folder != nil
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{j.Edit && j.format.Name != artefact.Reg, fmt.Sprintf("--edit writes a .reg file in the form that it has; leave it out with -f %s", j.format.Name)},
		{j.Edit && len(j.Onto) == 0, "--edit changes what an export has; name that with --onto FILE"},
		{j.Edit && j.Encoding != "", "--edit keeps the encoding of the file; leave out --encoding"},
		{j.Edit && j.Annotate, "--edit changes nothing but the value; leave out --annotate"},
		{j.Edit && j.Undo, "the way back from an edit is the file that it was made from; leave out --undo"},
		{j.offline() && j.mechanism == target.Exclusions, "excluded port ranges cannot be written offline; leave out --control-set and --mount"},
		{j.offline() && !j.format.Offline, fmt.Sprintf("--control-set and --mount say where a .reg file writes; leave them out with -f %s", j.format.Name)},
		{folder && !j.Target.given(), "-f gpo needs the target, such as -t 2003 or -t 2022: a policy sets ReservedPorts, or runs a script"},
		{folder && !j.Output.toFile(), "-f gpo makes a folder; name it with -o DIR"},
		{folder && j.Name == "", "-f gpo needs --name NAME: the GPO is called Reserved ports (NAME), and the log of its script NAME.log"},
		{folder && j.Annotate && j.legacy(), "a policy has no comments; leave out --annotate"},
		{logs && j.Name == "", fmt.Sprintf("-f %s needs --name NAME: its log on the machine is %%ProgramData%%\\portreg\\NAME.log, so that two teams' lists live side by side", j.format.Name)},
		{logs && (len(j.Onto) > 0 || len(j.Replaces) > 0), "the script reads the machine's state and its own log when it runs; leave out --onto and --replaces"},
		{!logs && !folder && j.Name != "", fmt.Sprintf("--name is that of the log which a script keeps; leave it out with -f %s", j.format.Name)},
		{!logs && j.ReleaseWinNAT, fmt.Sprintf("--release-winnat is for scripts, which start WinNAT again; leave it out with -f %s", j.format.Name)},
		{j.format.Name == artefact.Unattend && (len(j.Onto) > 0 || len(j.Replaces) > 0 || j.Undo), "an answer file is for a new Windows, which has nothing to keep or to take back; leave out --onto, --replaces and --undo, or run a script of -f cmd there"},
		{isJSON && (len(j.Onto) > 0 || len(j.Replaces) > 0 || j.Undo), "json holds the ports of the lists; leave out --onto, --replaces and --undo"},
		{j.Annotate && !j.format.Comments, fmt.Sprintf("%s has no comments; leave out --annotate", j.format.Name)},
		{j.offline() && j.Annotate, "hivexregedit and reged stumble over comments; leave out --annotate or --control-set and --mount"},
		{j.Encoding != "" && j.format.Name != artefact.Reg, fmt.Sprintf("--encoding is for -f reg; leave it out with -f %s", j.format.Name)},
		{j.DeleteValue && !j.Undo, "--delete-value goes with --undo"},
		{j.DeleteValue && !j.legacy(), "--delete-value is about ReservedPorts; leave it out for excluded port ranges"},
		{j.DeleteValue && len(j.Onto) > 0, "--onto says what to restore; leave out --onto or --delete-value"},
		{j.Undo && j.legacy() && len(j.Onto) == 0 && !j.DeleteValue, "--undo needs the state before, --onto FILE; if nothing else needs the value: --delete-value"},
		{j.legacy() && len(j.Onto) > 1, "a .reg file holds all of the current state; give --onto once"},
		{j.Protocol.Proto != 0 && (j.legacy() || len(j.Onto) == 0), "--protocol is about captures given with --onto; leave it out"},
		{j.Check && !j.Output.toFile(), "--check compares with a file; name it with -o FILE"},
	} {
		if rule.broken {
			return errors.New(rule.text)
		}
	}
	return j.checkDynamic()
}

func (j *job) checkDynamic() error { return checkDynamic(j.Dynamic, j.legacy()) }

// checkDynamic tells why --dynamic cannot be r, if it is given.
func checkDynamic(r ranges.Range, legacy bool) error {
	check := target.CheckDynamicRange
	if legacy {
		check = target.CheckMaxUserPort
	}
	if !r.IsValid() {
		return nil
	}
	if err := check(r); err != nil {
		return fmt.Errorf("--dynamic: %w", err)
	}
	return nil
}

// checkFiles refuses to write over what is read.
func (j *job) checkFiles() error {
	if err := j.checkOutput(j.Output, slices.Concat(j.Lists, j.Replaces, j.Onto)); err != nil || !j.Edit {
		return err
	}
	var err error
	j.edit, err = openEdit(j.Onto[0])
	return err
}

func (j *job) readLists() error {
	now, nowErr := j.unite(j.Lists, &j.lists)
	before, beforeErr := j.unite(j.Replaces, &j.oldLists)
	j.now, j.before = now, before
	return errors.Join(nowErr, beforeErr)
}

// unite reads all lists; what is wrong with any is in the error. They are kept if
// labels are asked for.
func (j *job) unite(names []fileName, kept *lists) (all ranges.Ports, err error) {
	labels := j.Annotate || j.Check
	var wrong []error
	for _, name := range names {
		ports, list, err := j.readList(name, labels)
		if err == nil && ports.IsEmpty() && kept == &j.lists && !j.AllowEmpty {
			err = j.emptyList(name)
		}
		all, wrong = all.Union(ports), append(wrong, err)
		switch {
		case !labels || err != nil:
		case list != nil:
			*kept = append(*kept, list)
		default:
			j.sayf("%s is too large for its comments to be shown", name)
		}
	}
	return all, errors.Join(wrong...)
}

// emptyList refuses a list that reserves nothing: most likely what should have written
// it failed.
func (j *job) emptyList(name fileName) error {
	if len(j.Lists) > 1 {
		return fmt.Errorf("no port range in %s; leave it out, or --allow-empty if it may be empty", name)
	}
	return fmt.Errorf("no port range in %s; --allow-empty if nothing is to be reserved", name)
}

func (j *job) readList(file fileName, written bool) (ports ranges.Ports, list *ranges.List, err error) {
	f, err := j.open(file)
	if err != nil {
		return ports, nil, err
	}
	defer f.Close()
	ports, list, err = artefact.ReadList(file.String(), f, written)
	return ports, list, readError(file, err)
}

// compute works out what is made.
func (j *job) compute() error {
	j.made.Target, j.made.Name = j.Target.Windows, string(j.Name)
	j.sayWindows()
	if j.legacy() {
		j.warnProtocols()
	}
	if j.legacy() && j.format.Policy {
		j.warnPolicy()
	}
	switch {
	case j.format.Name == artefact.JSON:
		j.makePorts()
		return nil
	case j.legacy():
		return j.makeOperations()
	case j.logs():
		j.makeScript()
		return nil
	}
	return j.makeCommands()
}

// warnPolicy says what a policy does beside what is listed.
func (j *job) warnPolicy() {
	does := "replaces"
	if j.DeleteValue {
		does = "deletes"
	}
	j.warnf("a policy %s the whole value, with what the cluster service and others have in it, on every machine that it applies to", does)
}

// makePorts makes the ports themselves, as the target can hold them.
func (j *job) makePorts() {
	j.made.Ports, j.made.Dynamic = j.now, j.Dynamic
	if j.legacy() {
		either := j.now.Either()
		j.made.Ports = ranges.Ports{TCP: either, UDP: either}
	}
}

// warnProtocols names the entries that ReservedPorts widens.
func (j *job) warnProtocols() {
	if j.now.TCP.Equal(j.now.UDP) {
		return
	}
	var limited []ranges.Entry
	for e := range j.now.Entries() {
		if e.Proto != ranges.Both {
			limited = append(limited, e)
		}
	}
	j.warnf("ReservedPorts knows no protocol; reserved for tcp and udp: %s", report.FirstFew(len(limited), slices.Values(limited)))
}

// deliver writes what was made, or compares it.
func (j *job) deliver() error {
	j.warnLongLines()
	if j.format.Folder != nil {
		return j.deliverFolder()
	}
	write := j.writeMade
	if j.edit != nil {
		write = j.edit.write
	}
	switch {
	case j.Check:
		return j.check(write)
	case j.Output == "" && j.binary() && terminalOf(j.out.w) != nil:
		return fmt.Errorf("refusing to write %s to a terminal; use -o FILE, or -o - to force it", j.format.Binary)
	}
	return j.write(j.Output, write)
}

// binary tells whether what is written is no text for a terminal.
func (j *job) binary() bool {
	if j.edit != nil {
		return j.edit.wide
	}
	return j.format.Binary != "" && !j.made.UTF8
}

func (j *job) writeMade(w io.Writer) error {
	err := j.format.Write(w, &j.made)
	if errors.Is(err, gpp.ErrDesc) {
		err = fmt.Errorf("%w; leave out --annotate, which puts the comments of the lists there", err)
	}
	return err
}

func (j *job) deliverFolder() error {
	files, err := j.format.Folder(&j.made)
	switch {
	case err != nil:
		return err
	case j.Check:
		return j.checkFolder(files)
	}
	return writeFolder(j.Output, files, osRename)
}
