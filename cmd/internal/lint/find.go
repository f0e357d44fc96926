package lint

import (
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
	"portreg/regfile"
)

// What the rules of the table find.

func findTouching(l *linter) {
	if l.carried() != target.Exclusions {
		l.related(touching, "%s touches %s", inOne)
	}
}

func findOverlapping(l *linter) {
	if l.takesOrders() {
		l.related(overlapping, "%s overlaps %s", nil)
	}
}

func findDuplicates(l *linter) {
	if l.takesOrders() {
		l.related(duplicate, alreadyThere, nil)
	}
	for _, r := range l.Repeats { // what is added twice stays once
		earlier := blockOf(r.Earlier)
		text := fmt.Sprintf(alreadyThere, blockOf(r.Command), earlier) + lineOf(earlier, spot{line: r.Line})
		if !l.find(r.Line, r.Col, "%s", text) {
			return
		}
	}
}

const alreadyThere = "%s is there already, as %s"

func blockOf(c netsh.Command) ranges.Entry {
	return ranges.Entry{Range: c.Range, Proto: c.Proto, Line: c.Line, Col: c.Col}
}

// takesOrders tells whether entries of the file were written by somebody, each for
// itself: not the rows of Windows, nor the blocks of a script that looks what is there.
func (l *linter) takesOrders() bool {
	return !slices.Contains([]string{artefact.Capture, artefact.Cmd, artefact.PS1}, l.Format)
}

// related finds how entries relate to earlier ones: those of a value only to each other.
// advice, if any, says what to make of those of a spot.
func (l *linter) related(how relation, format string, advice func(s spot, found []ranges.Entry) string) {
	before := newSeen()
	for s := range l.spots() {
		if s.key != "" {
			before = newSeen()
		}
		var texts []string
		var found []ranges.Entry
		for _, e := range s.entries {
			e.Line, e.Col = s.line, s.col
			if is, earlier := before.add(e); is == how {
				texts = append(texts, fmt.Sprintf(format, e, earlier)+lineOf(earlier, s))
				found = append(found, e)
			}
		}
		if texts == nil {
			continue
		}
		text := firstFew(texts)
		if advice != nil {
			text += "; " + advice(s, found)
		}
		if !l.findIn(s, "%s", text) {
			return
		}
	}
}

// inOne says how to write entries that touch: those of a value as one each.
func inOne(s spot, found []ranges.Entry) string {
	if s.key == "" {
		return "one entry is enough"
	}
	touching := finderOf(ranges.PortsOf(found...).Either())
	var whole []ranges.Entry
	for e := range s.ports().Entries() {
		if (spot{entries: []ranges.Entry{e}}).meets(touching) {
			whole = append(whole, e)
		}
	}
	return "write " + portsText(ranges.PortsOf(whole...))
}

// lineOf says where an entry is, if it is on another line than s.
func lineOf(e ranges.Entry, s spot) string {
	if e.Line == s.line {
		return ""
	}
	return fmt.Sprintf(" on line %d", e.Line)
}

// firstFew joins the first eight texts, and says how many more there are.
func firstFew(texts []string) string {
	const most = 8
	if extra := len(texts) - most; extra > 0 {
		texts = append(texts[:most:most], fmt.Sprintf("and %d more", extra))
	}
	return strings.Join(texts, ", ")
}

func portsText(p ranges.Ports) string {
	var texts []string
	for e := range p.Entries() {
		texts = append(texts, e.String())
	}
	return firstFew(texts)
}

// Each port of a file is told of by one of these three rules at most. A region is what
// a rule looks for where the dynamic port range is p.

func findBelow(l *linter) {
	l.within(l.below, func(pool) string { return "below 1025, where no dynamic port range may begin" })
}

func findAbove(l *linter) {
	l.within(l.above, func(p pool) string {
		return fmt.Sprintf("above MaxUserPort, the end of the dynamic port range %s; no effect until it is raised", p)
	})
}

func findOutside(l *linter) {
	l.within(l.outside, func(p pool) string {
		change := "it is moved"
		if l.legacy() && p.assumed { // what is below its begin is below 1025
			change = "its end, MaxUserPort, is raised"
		}
		return fmt.Sprintf("outside the dynamic port range %s; no effect until %s", p, change)
	})
}

func allPorts() ranges.Set { return ranges.SetOf(ranges.Range{First: 1, Last: 65535}) }

// below is what no dynamic port range can be set to have (KB 929851); machines that
// have 1024 in theirs are known.
func (l *linter) below(p pool) ranges.Set {
	low := ranges.SetOf(ranges.Range{First: 1, Last: 1024})
	if p.assumed {
		return low
	}
	return low.Minus(ranges.SetOf(p.Range))
}

func (l *linter) above(p pool) ranges.Set {
	if !l.legacy() || p.assumed {
		return ranges.Set{}
	}
	return target.Above(allPorts(), p.Last).Minus(l.below(p))
}

func (l *linter) outside(p pool) ranges.Set {
	if !p.IsValid() {
		return ranges.Set{}
	}
	return allPorts().Minus(ranges.SetOf(p.Range)).Minus(l.below(p)).Minus(l.above(p))
}

// within finds the ports that are in a region.
func (l *linter) within(regionOf func(p pool) ranges.Set, textOf func(p pool) string) {
	if l.dead() || l.Format == artefact.Sysctl && l.o.Target.Mechanism == 0 {
		return
	}
	var of pool
	region := finderOf(regionOf(of))
	for s := range l.spots() {
		if len(s.entries) == 0 {
			continue
		}
		if p := l.pool(s, s.entries[0].Proto); p != of {
			of, region = p, finderOf(regionOf(p))
		}
		if !s.meets(region) {
			continue
		}
		if !l.findIn(s, "%s: %s", portsText(s.ports().Intersect(both(region.set))), textOf(of)) {
			return
		}
	}
}

func both(s ranges.Set) ranges.Ports { return ranges.Ports{TCP: s, UDP: s} }

func findFewFree(l *linter) {
	if l.dead() {
		return
	}
	if l.State != nil {
		for s := range l.spots() {
			if !l.findFew(s, ranges.TCP, "", s.ports().TCP) {
				return
			}
		}
		return
	}
	taken := l.Taken()
	file := spot{line: 1, col: 1}
	if l.legacy() {
		l.findFew(file, ranges.TCP, "", taken.Either())
		return
	}
	l.findFew(file, ranges.TCP, " of tcp", taken.TCP)
	l.findFew(file, ranges.UDP, " of udp", taken.UDP)
}

func (l *linter) findFew(s spot, proto ranges.Proto, of string, taken ranges.Set) bool {
	p := l.pool(s, proto)
	free := target.Free(p.Range, taken)
	if !p.IsValid() || free >= target.FewFree {
		return true
	}
	return l.findIn(s, "%d of %d ports of the dynamic port range%s %s stay free", free, p.Len(), of, p)
}

func findBadDynamic(l *linter) {
	if l.Format != artefact.Netsh && l.Format != artefact.Unattend {
		return // what a machine has, it has
	}
	for _, d := range l.Dynamic {
		if err := target.CheckDynamicRange(d.Range); err != nil && !l.find(d.Line, d.Col, "%v", err) {
			return
		}
	}
}

func findDeadValue(l *linter) {
	for _, v := range l.Values {
		if l.dead() && !l.findIn(spot{line: v.Line, col: v.Col, key: v.Key}, "%s does not read %s; portreg gen -t %s makes netsh commands", l.o.Target.Title, v.Name, l.o.Target.Name) {
			return
		}
	}
}

func findDeadExclusions(l *linter) {
	if l.carried() == target.Exclusions && l.dead() {
		l.find(1, 1, "%s has no excluded port ranges; portreg gen -t %s makes a .reg file", l.o.Target.Title, l.o.Target.Name)
	}
}

func findMissingHotfix(l *linter) {
	if l.o.Target.Hotfix != "" && l.State == nil {
		l.find(1, 1, "%s has excluded port ranges with hotfix %s only", l.o.Target.Title, l.o.Target.Hotfix)
	}
}

func findLostProtocols(l *linter) {
	if !l.legacy() || l.carried() != 0 {
		return
	}
	lost := ranges.Ports{TCP: l.Ports.TCP.Minus(l.Ports.UDP), UDP: l.Ports.UDP.Minus(l.Ports.TCP)}
	either := finderOf(lost.Either())
	for s := range l.spots() {
		if !s.meets(either) {
			continue
		}
		lost := s.ports().Intersect(lost)
		if !lost.IsEmpty() && !l.findIn(s, "%s: ReservedPorts knows no protocol; it is reserved for both", portsText(lost)) {
			return
		}
	}
}

func findEmptyList(l *linter) {
	if l.Format == artefact.List && l.Ports.IsEmpty() {
		l.find(1, 1, "the list has no entry")
	}
}

func findReplaced(l *linter) {
	if l.IsState() {
		return
	}
	text := "importing this replaces all that %s holds on the machine; portreg gen --onto keeps it"
	if l.Row().Policy {
		text = "this policy replaces all that %s holds on every machine that it applies to"
	}
	for _, v := range l.Values {
		if !l.find(v.Line, v.Col, text, v.Name) {
			return
		}
	}
}

func findCutOff(l *linter) {
	if l.Format == artefact.Reg && !l.Whole {
		l.find(1, 1, "the file does not end in a blank line, as all that write .reg files have it; it may be cut off")
	}
}

func findCurrentControlSet(l *linter) {
	mixed := l.namesControlSet()
	for _, op := range l.Ops {
		place, ok := target.ControlSetOf(op.Key)
		if !ok || place.ControlSet > 0 || op.Verb != regfile.CreateKey && op.Verb != regfile.DeleteKey {
			continue
		}
		l.hive = l.o.Offline || !place.Online()
		if text := currentText(l.hive, mixed, place); text != "" && !l.find(op.Pos.Line, op.Pos.Col, "%s", text) {
			return
		}
	}
}

// currentText says what is wrong with a CurrentControlSet, if anything.
func currentText(hive, mixed bool, place target.Place) string {
	const instead = `write ControlSet001, or the one that Select\Current names`
	switch {
	case !place.Online():
		return place.Mount + " is a hive that was loaded, and none has a CurrentControlSet; " + instead
	case hive:
		return "no offline hive has a CurrentControlSet; " + instead
	case mixed:
		return "CurrentControlSet is one of the numbered control sets; the file names these, too"
	}
	return ""
}

// namesControlSet tells whether the file names a control set by its number.
func (l *linter) namesControlSet() bool {
	for _, op := range l.Ops {
		if place, ok := target.ControlSetOf(op.Key); ok && place.ControlSet > 0 {
			return true
		}
	}
	return false
}

func findActive(l *linter) {
	for _, a := range l.Adds {
		if a.Active && !l.find(a.Line, a.Col, "store=active: %s is gone after the next restart; write store=persistent", blockOf(a)) {
			return
		}
	}
}

// elsewhere is what else a file may be checked for. An ignore that is of use there is
// of use.
var elsewhere = [...]struct {
	target string
	Options
}{
	{"2003", Options{Offline: true}},
	{"2003", Options{Dynamic: target.DefaultLegacyRange}},
	{"2008r2", Options{}},
}

func findUnusedIgnores(l *linter) {
	if len(l.ignores.all) == 0 {
		return
	}
	own := l.rule.Name
	for _, e := range elsewhere {
		e.Options.Target, _ = target.ByName(e.target)
		e.Options.Ignore = []string{own}
		other := &linter{Content: l.Content, o: e.Options, rules: l.rules, ignores: l.ignores}
		other.run()
	}
	for _, i := range l.ignores.all {
		if l.ignores.cover(i.Line, own) {
			continue
		}
		for _, w := range l.ignores.unused(i, l.rules, own) {
			if !l.find(i.Line, w.col, "%s", w.text) {
				return
			}
		}
	}
}
