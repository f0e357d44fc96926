package report

import (
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/target"
	"portreg/ranges"
)

// A half is one protocol of a Side.
type half struct {
	reserved, runtime ranges.Set
	dynamic           Dynamic
}

func (s *Side) tcp() half { return half{s.Ports.TCP, s.Runtime.TCP, s.TCP} }
func (s *Side) udp() half { return half{s.Ports.UDP, s.Runtime.UDP, s.UDP} }

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

// bars draws the port space before and after, and which cells have dynamic ports and
// runtime reservations.
func (v view) bars(proto string) []string {
	row := func(title, text string) string {
		return strings.TrimRight(fmt.Sprintf("%s%-8s%s", proto, title, text), " ")
	}
	lines := []string{
		row("before", "1 "+bar(v.old.reserved)+" 65535"),
		row("after", "1 "+bar(v.new.reserved)+" 65535"),
	}
	marks := func(title string, old, new ranges.Set) {
		lines = append(lines, row(title, "  "+underline(new)))
		if !old.Equal(new) {
			lines = append(lines, row("  was", "  "+underline(old)))
		}
	}
	marks("dynamic", ranges.SetOf(v.old.dynamic.Range), ranges.SetOf(v.new.dynamic.Range))
	if !v.old.runtime.IsEmpty() || !v.new.runtime.IsEmpty() {
		marks("runtime", v.old.runtime, v.new.runtime)
	}
	return lines
}

// free says how many dynamic ports stay free, and where most of them in a row.
func (v view) free(proto string) []string {
	before, after := v.old.free(), v.new.free()
	was, wasRun := before.share(), before.largest()
	switch {
	case v.old.dynamic != v.new.dynamic:
		was = before.within(v.old.dynamic)
	case before.Equal(after.Set):
		was, wasRun = "the same", "the same"
	}
	lines := []string{
		fmt.Sprintf("free %sdynamic ports: %s; before: %s", proto, after.within(v.new.dynamic), was),
		fmt.Sprintf("largest free %srun: %s; before: %s", proto, after.largest(), wasRun),
	}
	if n := v.new.held(); n > 0 {
		lines = append(lines, fmt.Sprintf("not free: %s reserved at run time", Count(n, proto+"dynamic port")))
	}
	if after.Len() < target.FewFree && after.Len() < before.Len() {
		lines = append(lines, fmt.Sprintf("warning: fewer than %s %sdynamic ports stay free", Thousands(target.FewFree), proto))
	}
	return lines
}

// A free is what can be handed out of a dynamic port range.
type free struct {
	ranges.Set
	of ranges.Range
}

func freeOf(dynamic ranges.Range, taken ranges.Set) free {
	return free{ranges.SetOf(dynamic).Minus(taken), dynamic}
}

func (h half) free() free { return freeOf(h.dynamic.Range, h.reserved.Union(h.runtime)) }

// held counts the dynamic ports that are reserved at run time only.
func (h half) held() int {
	return freeOf(h.dynamic.Range, h.reserved).Len() - h.free().Len()
}

// within is "15,199 of 16,384 (92.7 %) in 49152-65535".
func (f free) within(d Dynamic) string {
	text := fmt.Sprintf("%s of %s (%s) in %s", Thousands(f.Len()), Thousands(f.of.Len()), f.percent(), f.of)
	if d.Assumed {
		text += " by default"
	}
	return text
}

// share is "15,199 (92.7 %)".
func (f free) share() string { return fmt.Sprintf("%s (%s)", Thousands(f.Len()), f.percent()) }

// percent has one digit behind the point, cut off, so that only all is 100 %.
func (f free) percent() string {
	tenths := f.Len() * 1000 / f.of.Len()
	return fmt.Sprintf("%d.%d %%", tenths/10, tenths%10)
}

// run gives// run gives the largest range; the first of several, an invalid one of none.
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
