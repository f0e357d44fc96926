package unattend

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portreg/ranges/netsh"
)

const (
	namespace = "urn:schemas-microsoft-com:unattend"
	wcm       = "http://schemas.microsoft.com/WMIConfig/2002/State"
)

// A setting is a list of commands that Setup runs in the Windows it installs.
type setting struct {
	list, command, line string // the elements, from without
	component           string
	passes              []string
	limit               int // of the characters of a command line
}

// settings is from Microsoft's Unattended Windows Setup Reference.
var settings = [...]setting{
	{"RunSynchronous", "RunSynchronousCommand", "Path", "Microsoft-Windows-Deployment", []string{"specialize", "auditUser"}, 259},
	{"RunAsynchronous", "RunAsynchronousCommand", "Path", "Microsoft-Windows-Deployment", []string{"specialize", "auditUser"}, 259},
	{"FirstLogonCommands", "SynchronousCommand", "CommandLine", "Microsoft-Windows-Shell-Setup", []string{"oobeSystem"}, 1024},
	{"LogonCommands", "AsynchronousCommand", "CommandLine", "Microsoft-Windows-Shell-Setup", []string{"oobeSystem"}, 1024},
}

func settingOf(command string) *setting {
	for i := range settings {
		if settings[i].command == command {
			return &settings[i]
		}
	}
	return nil
}

var architectures = []string{"amd64", "arm64", "x86", "arm", "ia64"}

// A rule is a reason for which Setup does not carry out a command. check gives the
// element at fault and what is wrong with it, or "". Of a rule that is first of all
// about the command itself, one note is enough, whatever the token.
type rule struct {
	name  string
	check func(p *judgement, c *command) (*element, string)
	once  bool
}

// rules is tried in order; the first that applies has the note. From the second on
// a command stands where it should.
var rules = [...]rule{
	{"structure", misplaced, false},
	{"namespace", foreign, false},
	{"windows-pe", inWindowsPE, false},
	{"component", otherComponent, false},
	{"pass", otherPass, false},
	{"architecture", otherArchitecture, false},
	{"component-twice", componentTwice, false},
	{"child-twice", childTwice, true},
	{"action", otherAction, true},
	{"order", wrongOrder, true},
	{"order-twice", orderTwice, true},
	{"length", tooLong, true},
}

func misplaced(_ *judgement, c *command) (*element, string) {
	e := c.element
	for _, want := range []string{c.setting.list, "component", "settings", root} {
		if e.parent == nil || e.parent.name.Local != want {
			return e, fmt.Sprintf("%q does not stand in %q", e.name.Local, want)
		}
		e = e.parent
	}
	if e.parent != nil {
		return e, fmt.Sprintf("%q is not the first element", root)
	}
	return nil, ""
}

func foreign(_ *judgement, c *command) (at *element, text string) {
	for e := c.children[c.setting.line]; e != nil; e = e.parent {
		if e.name.Space != namespace {
			at = e
		}
	}
	if at == nil {
		return nil, ""
	}
	return at, fmt.Sprintf("%q is in the namespace %.60q; Setup reads xmlns=%q", at.name.Local, at.name.Space, namespace)
}

func inWindowsPE(_ *judgement, c *command) (*element, string) {
	if c.pass() != "windowsPE" {
		return nil, ""
	}
	return c.children[c.setting.line], "pass windowsPE: what is excluded there ends with Windows PE"
}

func otherComponent(_ *judgement, c *command) (*element, string) {
	if c.component().attr("name") == c.setting.component {
		return nil, ""
	}
	return c.component(), fmt.Sprintf("component %.60q has no %s that is known; it belongs into %q", c.component().attr("name"), c.setting.list, c.setting.component)
}

func otherPass(_ *judgement, c *command) (*element, string) {
	if slices.Contains(c.setting.passes, c.pass()) {
		return nil, ""
	}
	return c.component().parent, fmt.Sprintf("pass %.40q does not run %s; write %q", c.pass(), c.setting.list, c.setting.passes[0])
}

func otherArchitecture(_ *judgement, c *command) (*element, string) {
	if slices.Contains(architectures, c.architecture()) {
		return nil, ""
	}
	return c.component(), fmt.Sprintf("processorArchitecture %.40q is none of Windows; write amd64, arm64 or x86", c.architecture())
}

func componentTwice(p *judgement, c *command) (*element, string) {
	if p.components.first[keyOf(c.component())] == c.component() {
		return nil, ""
	}
	return c.component(), fmt.Sprintf("%q for %s is there twice in the pass %s; put its commands into the first", c.setting.component, c.architecture(), c.pass())
}

func childTwice(_ *judgement, c *command) (*element, string) {
	if c.twice == nil {
		return nil, ""
	}
	return c.twice, fmt.Sprintf("%.40q is there twice in one %s", c.twice.name.Local, c.setting.command)
}

func otherAction(_ *judgement, c *command) (*element, string) {
	action := c.attr("action")
	if action == "" || action == "add" {
		return nil, ""
	}
	return c.element, fmt.Sprintf("action %.40q does not run the command; write wcm:action=\"add\"", action)
}

func wrongOrder(_ *judgement, c *command) (*element, string) {
	switch order := c.children["Order"]; {
	case order == nil:
		return c.element, fmt.Sprintf("%s has no Order; number them 1 to %d, each once", c.setting.command, maxCommands)
	case c.order == 0:
		return order, fmt.Sprintf("Order %.20q is not 1 to %d", order.text, maxCommands)
	}
	return nil, ""
}

func orderTwice(p *judgement, c *command) (*element, string) {
	if p.orders[c.place()] == 1 {
		return nil, ""
	}
	return c.children["Order"], fmt.Sprintf("Order \"%d\" is there more than once in this %s; number them anew, 1 to %d, each once", c.order, c.setting.list, maxCommands)
}

func tooLong(_ *judgement, c *command) (*element, string) {
	line := c.children[c.setting.line]
	n := utf8.RuneCountInString(line.text)
	if n <= c.setting.limit {
		return nil, ""
	}
	return line, fmt.Sprintf("%s has %d characters; Setup takes %d", c.setting.line, n, c.setting.limit)
}

func (c *command) component() *element { return c.parent.parent }

func (c *command) pass() string { return c.component().parent.attr("pass") }

func (c *command) architecture() string { return c.component().attr("processorArchitecture") }

// judgement is what all commands together come to.
type judgement struct {
	*parser
	orders map[place]int // how many commands have it
	notes  []Note
	times  []int // how many commands each note is about
	noted  map[fault]int
}

// A place is an Order in all lists of one kind of a component.
type place struct {
	component *element
	setting   *setting
	order     int
}

func (c *command) place() place { return place{c.component(), c.setting, c.order} }

// A fault is what commands share that get one note.
type fault struct{ rule, token string }

func (p *parser) judge() *File {
	j := &judgement{parser: p, orders: map[place]int{}, noted: map[fault]int{}}
	for _, c := range p.commands {
		if order := c.children["Order"]; order != nil {
			c.order = orderOf(order.text)
		}
		j.orders[c.place()]++
	}
	slices.SortStableFunc(p.commands, func(a, b *command) int {
		return cmp.Or(cmp.Compare(a.parent.line, b.parent.line), cmp.Compare(a.parent.col, b.parent.col), cmp.Compare(a.order, b.order))
	})
	for _, c := range p.commands {
		j.command(c)
	}
	return &File{Commands: j.agreed(), Notes: j.all()}
}

// orderOf gives an Order, or 0 if it is none.
func orderOf(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxCommands {
		return 0
	}
	return n
}

func (j *judgement) command(c *command) {
	line := c.children[c.setting.line]
	if line == nil || line.text == "" {
		j.empty(c, line)
		return
	}
	calls := callsOf(line.text)
	if !calls.matters() && !calls.runsScript() {
		return
	}
	for _, r := range rules {
		if at, text := r.check(j, c); text != "" {
			j.drop(c, &calls, r, at, text)
			return
		}
	}
	if calls.runsScript() {
		j.runsScript(line)
		return
	}
	j.count(c, line, &calls)
}

// drop notes why Setup does not carry out a command. A script is not known to be about
// ports, and many run in Windows PE. Elsewhere the command was meant for a Windows of
// its architecture.
func (j *judgement) drop(c *command, calls *calls, r rule, at *element, text string) {
	if calls.matters() && r.name != "windows-pe" && r.name != "structure" {
		j.components.build(c.setting.component, c.component())
	}
	f := fault{rule: r.name}
	if !r.once {
		f.token = text
	}
	if r.name != "windows-pe" || calls.matters() {
		j.dropped(at, f, text)
	}
}

// empty notes a Path that is; a CommandLine may be.
func (j *judgement) empty(c *command, line *element) {
	switch {
	case c.setting.line != "Path":
	case line == nil:
		j.dropped(c.element, fault{rule: "no-command"}, c.setting.command+" has no Path; write one, or remove it")
	default:
		j.dropped(line, fault{rule: "no-command"}, "Path is empty; write a command line, or remove the "+c.setting.command)
	}
}

func (j *judgement) runsScript(line *element) {
	j.note(line, fault{rule: "script"}, fmt.Sprintf("%.60q runs what is not in this file; give portreg show the script itself", line.text))
}

// count takes what a command does to port ranges.
func (j *judgement) count(c *command, line *element, calls *calls) {
	if calls.wrong != "" {
		j.note(line, fault{"unread-command", calls.wrong}, "this command does not count: "+calls.wrong)
	} else if len(calls.cmds) == 0 && !calls.shows {
		j.note(line, fault{"unread-command", line.text}, fmt.Sprintf("this command does not count: what %.60q does is not known", line.text))
	}
	counts := false
	for _, cmd := range calls.cmds {
		if cmd.Active {
			j.note(line, fault{rule: "active"}, "store=active: gone after the next restart; write store=persistent")
			continue
		}
		counts = true
		cmd.Line, cmd.Col = line.line, line.col
		build := j.components.build(c.setting.component, c.component())
		build.cmds = append(build.cmds, cmd)
	}
	if counts && c.setting.command == "RunSynchronousCommand" {
		j.status(c, line, calls)
	}
}

// status notes where Setup does not hear of a block that is not excluded.
func (j *judgement) status(c *command, line *element, calls *calls) {
	cmd := calls.cmds[0]
	own := ""
	if cmd.Verb != netsh.Delete {
		own = path(cmd)
	}
	switch {
	case line.text == own:
		j.willReboot(c, line)
	case own != "" && (strings.Contains(line.text, `|findstr /r /c:"`) || strings.HasPrefix(line.text, own[:strings.IndexByte(own, '&')])):
		got, want := difference(line.text, own)
		j.note(line, fault{rule: "edited"}, fmt.Sprintf("not as portreg writes it: %.60q should be %.60q; its status may not tell whether this succeeds", got, want))
	case calls.restarts():
		j.note(line, fault{rule: "status"}, "when netsh refuses this, the command ends with 1 or 2, which Setup takes for a wish to restart, not for a failure; portreg gen -f unattend writes commands that end with 10")
	}
}

func (j *judgement) willReboot(c *command, line *element) {
	value := c.children["WillReboot"]
	switch {
	case value == nil:
		j.note(line, fault{rule: "will-reboot"}, "without WillReboot, status 10 is not known to end the installation; write <WillReboot>OnRequest</WillReboot>")
	case value.text != "OnRequest":
		j.note(value, fault{"will-reboot", value.text}, fmt.Sprintf("with WillReboot %.20q, status 10 is not known to end the installation; write OnRequest", value.text))
	}
}

// difference gives what is left of two texts from the call on in which they differ.
func difference(a, b string) (string, string) {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	n = strings.LastIndexAny(a[:n], "&|") + 1
	return a[n:], b[n:]
}

func (j *judgement) dropped(at *element, f fault, text string) {
	j.notes[j.note(at, f, text)].Dropped = true
}

// note says something about a command, once for all that have the fault, and gives
// its index.
func (j *judgement) note(at *element, f fault, text string) int {
	i, ok := j.noted[f]
	if !ok {
		i = len(j.notes)
		j.noted[f] = i
		j.notes = append(j.notes, Note{Line: at.line, Col: at.col, Rule: f.rule, Text: text})
		j.times = append(j.times, 0)
	}
	j.times[i]++
	return i
}

func (j *judgement) all() []Note {
	for i, n := range j.times {
		if n > 1 {
			j.notes[i].Text += fmt.Sprintf(" (%d commands)", n)
		}
	}
	slices.SortStableFunc(j.notes, func(a, b Note) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return j.notes
}
