package main

import (
	"fmt"
	"slices"

	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
)

// A pool is a dynamic port range.
type pool struct {
	ranges.Range
	of      string // " of tcp"; "" where it is that of both protocols
	assumed bool   // nothing says that it is this one
}

// sayFree says how many ports of a pool stay free: of one that is set always, else
// if they are few.
func (j *job) sayFree(p pool, taken ranges.Set) {
	free := target.Free(p.Range, taken)
	text := fmt.Sprintf("%s of %s ports of the dynamic port range%s stay free", report.Thousands(free), report.Thousands(p.Len()), p.of)
	if p.assumed {
		text += fmt.Sprintf(", if it is %s as by default", p.Range)
	}
	switch {
	case free < target.FewFree:
		j.warnf("%s", text)
	case j.Dynamic.IsValid():
		j.sayf("%s", text)
	}
}

// sayPools says how many dynamic ports stay free where taken is excluded, and which
// of the listed ones are none.
func (j *job) sayPools(taken ranges.Ports, there *target.Machine) {
	tcp, udp := j.modernPool(ranges.TCP, there), j.modernPool(ranges.UDP, there)
	j.pools = ranges.Ports{TCP: ranges.SetOf(tcp.Range), UDP: ranges.SetOf(udp.Range)}
	j.sayOutside()
	j.sayFree(tcp, taken.TCP)
	j.sayFree(udp, taken.UDP)
}

// sayOutside tells the listed ports apart that are no dynamic ones: those matter only
// once the dynamic port range is moved over them, as installers do.
func (j *job) sayOutside() {
	outside := j.now.Minus(j.pools)
	if outside.IsEmpty() {
		return
	}
	text := fmt.Sprintf("no effect outside the dynamic port range %s until it is moved: %s", j.pools, counted(outside))
	if inside := j.now.Intersect(j.pools); !inside.IsEmpty() {
		text += "; inside: " + counted(inside)
	}
	j.sayf("%s", text)
}

// counted is "2 port ranges (80-90, 443/tcp)".
func counted(ports ranges.Ports) string {
	entries := slices.Collect(ports.Entries())
	return fmt.Sprintf("%s (%s)", report.Count(len(entries), "port range"), report.FirstFew(len(entries), slices.Values(entries)))
}

// modernPool gives the dynamic port range of proto that will be in force.
func (j *job) modernPool(proto ranges.Proto, there *target.Machine) pool {
	of := " of " + proto.String()
	if j.Dynamic.IsValid() {
		return pool{j.Dynamic, of, false}
	}
	if r, ok := there.Dynamic(proto); ok {
		return pool{r, of, false}
	}
	return pool{target.DefaultDynamicRange, of, true}
}
