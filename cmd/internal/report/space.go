package report

import (
	"fmt"
	"slices"

	"portreg/cmd/internal/target"
	"portreg/ranges"
)

// A half is one protocol of a Side.
type half struct {
	reserved ranges.Set
	dynamic  Dynamic
}

func (s *Side) tcp() half { return half{s.Ports.TCP, s.TCP} }
func (s *Side) udp() half { return half{s.Ports.UDP, s.UDP} }

// A view is what a Change is for one protocol.
type view struct{ old, new half }

// space draws the port spaces, and says how many dynamic ports are free in them.
func (c *Change) space() []string {
	tcp, udp := view{c.Old.tcp(), c.New.tcp()}, view{c.Old.udp(), c.New.udp()}
	return append(perProtocol(tcp, udp, view.bars), perProtocol(tcp, udp, view.free)...)
}

// perProtocol gives the lines of both protocols, or, where they say the same, once.
func perProtocol(tcp, udp view, lines func(v view, proto string) []string) []string {
	if both := lines(tcp, ""); slices.Equal(both, lines(udp, "")) {
		return both
	}
	return append(lines(tcp, "tcp "), lines(udp, "udp ")...)
}

// bars draws the port space before and after, and which cells have dynamic ports.
func (v view) bars(proto string) []string {
	row := func(title, text string) string { return fmt.Sprintf("%s%-8s%s", proto, title, text) }
	lines := []string{
		row("before", "1 "+bar(v.old.reserved)+" 65535"),
		row("after", "1 "+bar(v.new.reserved)+" 65535"),
		row("dynamic", v.new.dynamic.mark()),
	}
	if v.old.dynamic.Range != v.new.dynamic.Range {
		lines = append(lines, row("  was", v.old.dynamic.mark()))
	}
	return lines
}

func (d Dynamic) mark() string { return "  " + underline(ranges.SetOf(d.Range)) }

// free says how many dynamic ports stay free, and where most of them in a row.
func (v view) free(proto string) []string {
	before, after := v.old.free(), v.new.free()
	was, wasRun := before.share(), before.largest()
	switch {
	case v.old.dynamic != v.new.dynamic:
		was = before.String()
	case before.Equal(after.Set):
		was, wasRun = "the same", "the same"
	}
	lines := []string{
		fmt.Sprintf("free %sdynamic ports: %s; before: %s", proto, after, was),
		fmt.Sprintf("largest free %srun: %s; before: %s", proto, after.largest(), wasRun),
	}
	if after.Len() < target.FewFree && after.Len() < before.Len() {
		lines = append(lines, fmt.Sprintf("warning: fewer than %s %sdynamic ports stay free", Thousands(target.FewFree), proto))
	}
	return lines
}

// A free is what is not reserved of a dynamic port range.
type free struct {
	ranges.Set
	of Dynamic
}

func (h half) free() free { return free{ranges.SetOf(h.dynamic.Range).Minus(h.reserved), h.dynamic} }

// String is "15,199 of 16,384 (92.7 %) in 49152-65535".
func (f free) String() string {
	text := fmt.Sprintf("%s of %s (%s) in %s", Thousands(f.Len()), Thousands(f.of.Len()), f.percent(), f.of.Range)
	if f.of.Assumed {
		text += " by default"
	}
	return text
}

// share is "15,199 (92.7 %)".
func (f free) share() string { return fmt.Sprintf("%s (%s)", Thousands(f.Len()), f.percent()) }

// percent has one digit behind the point and is never rounded up, so that only all is 100 %.
func (f free) percent() string {
	return fmt.Sprintf("%d.%d %%", f.Len()*100/f.of.Len(), f.Len()*1000/f.of.Len()%10)
}

// run gives the largest range; the first of several, an invalid one of none.
func (f free) run() (run ranges.Range) {
	for r := range f.All() {
		if r.Len() > run.Len() {
			run = r
		}
	}
	return run
}

func (f free) largest() string {
	if f.IsEmpty() {
		return "none"
	}
	return fmt.Sprintf("%s (%s)", f.run(), Thousands(f.run().Len()))
}
