package main

import (
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

// makeCommands makes the netsh commands, or those that take them back.
func (j *job) makeCommands() error {
	there, err := j.ontoCaptures()
	if err != nil {
		return err
	}
	plan := target.Replace(j.before, j.now)
	if len(j.Onto) > 0 {
		plan = target.ReplaceOnto(there, j.before, j.now)
	}
	if j.Undo {
		plan = plan.Undo()
		j.made.Commands = append(j.restoreDynamic(there), plan.Commands()...)
	} else {
		j.warnRows(plan, there)
		stay := there.Excluded().Minus(target.PortsOf(plan.Delete))
		j.sayPools(j.now.Union(stay), there)
		j.made.Commands = append(plan.Commands(), j.setDynamic()...)
	}
	if len(j.made.Commands) == 0 {
		j.sayf("there is nothing to do")
	}
	j.annotateCommands(plan)
	return nil
}

// makeScript makes what a script goes by, which works out the commands itself when it
// runs.
func (j *job) makeScript() {
	j.made.Script = netsh.Converge{Name: string(j.Name), Undo: j.Undo}
	if !j.Undo {
		j.made.Script.Ports, j.made.Script.Dynamic = j.now, j.Dynamic
		j.made.Script.ReleaseWinNAT = j.ReleaseWinNAT
		j.sayPools(j.now, &target.Machine{})
	}
	j.annotateScript()
}

// ontoCaptures reads the machine's current state; if none is given, it is that of a
// machine of which nothing is known.
func (j *job) ontoCaptures() (*target.Machine, error) {
	if len(j.Onto) == 0 {
		return &target.Machine{}, nil
	}
	var captures []*artefact.Content
	for _, file := range j.Onto {
		c, err := j.readAs(file, artefact.Options{Proto: j.Protocol.Proto}, "not a capture; --onto wants the output of netsh int ipv4 show excludedportrange", artefact.Capture)
		if err != nil {
			return nil, err
		}
		captures = append(captures, c)
	}
	return j.machine("--onto", captures, j.now.Union(j.before))
}

// warnRows names the ports that are not given back, since netsh deletes whole rows
// only, and the runtime reservations that adds will meet.
func (j *job) warnRows(plan target.Plan, there *target.Machine) {
	gone := j.before.Minus(j.now)
	for _, row := range plan.Held(there, gone) {
		held := gone.Of(row.Proto).Intersect(ranges.SetOf(row.Range))
		why := "is no block of the old list, and may be somebody else's"
		if slices.Contains(slices.Collect(j.before.Of(row.Proto).All()), row.Range) {
			why = "is not in every table"
		}
		j.warnRow(row, "%s of %s stays excluded: the row %s %s; if it is yours, delete it by hand and add what is to stay", report.FirstFew(held.Ranges(), held.All()), row.Proto, row.Range, why)
	}
	for _, row := range plan.InTheWay(there) {
		j.warnRow(row, "the runtime reservation %s is in the way; adding fails until it is gone", entry(row.Range, row.Proto))
	}
}

func (j *job) setDynamic() []netsh.Command {
	if !j.Dynamic.IsValid() {
		return nil
	}
	return target.SetDynamic(ranges.Both, j.Dynamic)
}

// restoreDynamic sets what the captures say was set before.
func (j *job) restoreDynamic(there *target.Machine) (cmds []netsh.Command) {
	if !j.Dynamic.IsValid() {
		return nil
	}
	left := ranges.Both
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		if r, ok := there.Dynamic(proto); ok && target.CheckDynamicRange(r) == nil {
			cmds = append(cmds, target.SetDynamic(proto, r)...)
			left &^= proto
		}
	}
	if left != 0 {
		j.warnf("the dynamic port range of %s is left alone; no --onto FILE has one that netsh can set", strings.ReplaceAll(left.String(), "+", " and "))
	}
	return cmds
}
