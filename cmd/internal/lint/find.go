package lint

import (
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/regfile"
)

// What the rules of the table find.

func findTouching(l *linter) {
	if l.carried() != target.Exclusions {
		l.related(touching, "%s touches %s", "; one entry is enough")
	}
}

func findOverlapping(l *linter) {
	if l.takesOrders() {
		l.related(overlapping, "%s overlaps %s", "")
	}
}

func findDuplicates(l *linter) {
	if l.takesOrders() {
		l.related(duplicate, "%s is there already, as %s", "")
	}
}

// takesOrders tells whether entries of the file were written by somebody, each for
// itself: not the rows of Windows, nor the blocks of a script that looks what is there.
func (l *linter) takesOrders() bool {
	return !slices.Contains([]string{artefact.Capture, artefact.Cmd, artefact.PS1}, l.Format)
}

// related finds how entries relate to earlier ones: those of a value only to each other.
func (l *linter) related(how relation, format, advice string) {
	before := newSeen()
	for s := range l.spots() {
		if s.key != "" {
			before = newSeen()
		}
		var texts []string
		for _, e := range s.entries {
			e.Line, e.Col = s.line, s.col
			if is, earlier := before.add(e); is == how {
				texts = append(texts, fmt.Sprintf(format, e, earlier)+lineOf(earlier, s))
			}
		}
		if texts != nil {
			l.find(s.line, s.col, "%s", firstFew(texts)+advice)
		}
	}
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

// A partition of the ports of a spot that are not in the dynamic port range.
type partition struct {
	below   ranges.Ports // 1 to 1024
	above   ranges.Ports // behind a MaxUserPort that is known
	outside ranges.Ports // all others, where the range is known or assumed
	pool    ranges.Range
	assumed bool
}

func (l *linter) partition(s spot) (p partition) {
	if len(s.entries) == 0 || l.dead() || l.Format == artefact.Sysctl && l.o.Target.Mechanism == 0 {
		return p
	}
	var known bool
	p.pool, p.assumed, known = l.pool(s, s.entries[0].Proto)
	rest := s.ports()
	if known && !p.assumed {
		rest = rest.Minus(both(p.pool))
	}
	p.below = rest.Intersect(both(ranges.Range{First: 1, Last: lowest - 1}))
	rest = rest.Minus(p.below)
	if l.legacy() && !p.assumed && p.pool.Last < 65535 {
		p.above = rest.Intersect(both(ranges.Range{First: p.pool.Last + 1, Last: 65535}))
	}
	if known {
		p.outside = rest.Minus(p.above).Minus(both(p.pool))
	}
	return p
}

// lowest is the first port that a dynamic port range of any Windows may be set to
// begin with (KB 929851).
const lowest = 1025

func both(r ranges.Range) ranges.Ports {
	set := ranges.SetOf(r)
	return ranges.Ports{TCP: set, UDP: set}
}

func findBelow(l *linter) {
	for s := range l.spots() {
		if p := l.partition(s); !p.below.IsEmpty() {
			l.find(s.line, s.col, "%s: no dynamic port range begins below %d", portsText(p.below), lowest)
		}
	}
}

func findAbove(l *linter) {
	for s := range l.spots() {
		if p := l.partition(s); !p.above.IsEmpty() {
			l.find(s.line, s.col, "%s: above MaxUserPort, which is %d; no effect until it is raised", portsText(p.above), p.pool.Last)
		}
	}
}

func findOutside(l *linter) {
	for s := range l.spots() {
		if p := l.partition(s); !p.outside.IsEmpty() {
			l.find(s.line, s.col, "%s: outside the dynamic port range %s%s; no effect until it is moved", portsText(p.outside), p.pool, byDefault(p.assumed))
		}
	}
}

func byDefault(assumed bool) string {
	if assumed {
		return " (the default)"
	}
	return ""
}

func findFewFree(l *linter) {
	if l.dead() {
		return
	}
	if l.Format == artefact.Reg {
		for s := range l.spots() {
			l.findFew(s, ranges.TCP, "", s.ports().TCP)
		}
		return
	}
	taken := l.taken()
	file := spot{line: 1, col: 1}
	if l.legacy() {
		l.findFew(file, ranges.TCP, "", taken.Either())
		return
	}
	l.findFew(file, ranges.TCP, " of tcp", taken.TCP)
	l.findFew(file, ranges.UDP, " of udp", taken.UDP)
}

func (l *linter) findFew(s spot, proto ranges.Proto, of string, taken ranges.Set) {
	pool, assumed, ok := l.pool(s, proto)
	if !ok {
		return
	}
	if free := target.Free(pool, taken); free < target.FewFree {
		l.find(s.line, s.col, "%d of %d ports of the dynamic port range%s %s%s stay free", free, pool.Len(), of, pool, byDefault(assumed))
	}
}

// taken is what is not handed out: of captures the runtime reservations, too.
func (l *linter) taken() ranges.Ports {
	taken := l.Ports
	if l.Capture == nil {
		return taken
	}
	for _, t := range l.Capture.Tables {
		for _, row := range t.Rows {
			taken = taken.Union(ranges.PortsOf(ranges.Entry{Range: row.Range, Proto: row.Proto}))
		}
	}
	return taken
}

func findDeadValue(l *linter) {
	for _, v := range l.Values {
		if l.dead() {
			l.find(v.Line, v.Col, "%s does not read %s; portreg gen -t %s makes netsh commands", l.o.Target.Title, v.Name, l.o.Target.Name)
		}
	}
}

func findDeadExclusions(l *linter) {
	if l.Format != artefact.Reg && l.dead() {
		l.find(1, 1, "%s has no excluded port ranges; portreg gen -t %s makes a .reg file", l.o.Target.Title, l.o.Target.Name)
	}
}

func findMissingHotfix(l *linter) {
	if l.o.Target.Hotfix != "" && l.Format != artefact.Reg {
		l.find(1, 1, "%s has excluded port ranges with hotfix %s only", l.o.Target.Title, l.o.Target.Hotfix)
	}
}

func findLostProtocols(l *linter) {
	if !l.legacy() || l.carried() != 0 {
		return
	}
	for s := range l.spots() {
		p := s.ports()
		lost := ranges.Ports{TCP: p.TCP.Minus(l.Ports.UDP), UDP: p.UDP.Minus(l.Ports.TCP)}
		if !lost.IsEmpty() {
			l.find(s.line, s.col, "%s: ReservedPorts knows no protocol; it is reserved for both", portsText(lost))
		}
	}
}

func findReplaced(l *linter) {
	for _, v := range l.Values {
		l.find(v.Line, v.Col, "importing this replaces all that %s holds on the machine; portreg gen --onto keeps it", v.Name)
	}
}

func findCutOff(l *linter) {
	if l.Format == artefact.Reg && !l.Whole {
		l.find(1, 1, "the file does not end in a blank line, as all that write .reg files have it; it may be cut off")
	}
}

func findCurrentControlSet(l *linter) {
	if l.Format != artefact.Reg || !l.o.Offline && !l.namesControlSet() {
		return
	}
	for _, op := range l.Ops {
		n, ok := target.ControlSet(op.Key)
		switch {
		case !ok || n > 0 || op.Verb != regfile.CreateKey && op.Verb != regfile.DeleteKey:
		case l.o.Offline:
			l.find(op.Pos.Line, op.Pos.Col, `no offline hive has a CurrentControlSet; write ControlSet001, or the one that Select\Current names`)
		default:
			l.find(op.Pos.Line, op.Pos.Col, "CurrentControlSet is one of the numbered control sets; the file names these, too")
		}
	}
}

// namesControlSet tells whether the file names a control set by its number.
func (l *linter) namesControlSet() bool {
	for _, op := range l.Ops {
		if n, ok := target.ControlSet(op.Key); ok && n > 0 {
			return true
		}
	}
	return false
}

func findActive(l *linter) {
	for _, a := range l.Adds {
		if a.Active {
			l.find(a.Line, a.Col, "store=active: %s is gone after the next restart; write store=persistent", ranges.Entry{Range: a.Range, Proto: a.Proto})
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
	{"", Options{}},
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
		for _, text := range i.unused(l.rules, own) {
			l.find(i.Line, i.Col, "%s", text)
		}
	}
}
