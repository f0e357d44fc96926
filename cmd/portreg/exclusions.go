package main

import (
	"fmt"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

// makeCommands makes the netsh commands, or those that take them back.
func (j *job) makeCommands() error {
	captures, err := j.ontoCaptures()
	if err != nil {
		return err
	}
	plan := target.Replace(j.before, j.now)
	if captures != nil {
		plan = target.ReplaceOnto(rowsOf(captures), j.before, j.now)
	}
	if j.Undo {
		plan = plan.Undo()
		j.made.Commands = append(j.restoreDynamic(captures), plan.Commands()...)
	} else {
		j.warnHeld(plan, captures)
		j.warnInTheWay(plan, captures)
		stay := target.Administered(rowsOf(captures)).Minus(target.PortsOf(plan.Delete))
		j.sayPools(j.now.Union(stay), captures)
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
		j.sayPools(j.now, nil)
	}
	j.annotateScript()
}

// ontoCaptures reads the machine's current state, if it is given.
func (j *job) ontoCaptures() (captures []*artefact.Content, err error) {
	var seen ranges.Proto
	for _, file := range j.Onto {
		c, err := j.read(file, artefact.Options{Proto: j.Protocol.Proto})
		if err != nil {
			return nil, err
		}
		if c.Format != artefact.Capture {
			return nil, &ranges.Error{Name: c.File, Line: 1, Col: 1, Msg: "this is no capture; --onto wants the output of netsh int ipv4 show excludedportrange"}
		}
		captures = append(captures, c)
		seen |= c.Tables
	}
	if captures == nil {
		return nil, nil
	}
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		needed := !j.now.Of(proto).IsEmpty() || !j.before.Of(proto).IsEmpty()
		if needed && seen&proto == 0 {
			return nil, fmt.Errorf("--onto has no table for %s, which the lists need; add a capture of netsh int ipv4 show excludedportrange %[1]s", proto)
		}
	}
	return captures, nil
}

func rowsOf(captures []*artefact.Content) (rows []netsh.Row) {
	for _, c := range captures {
		rows = append(rows, c.Rows...)
	}
	return rows
}

// warnHeld names the ports that are not given back: netsh deletes whole rows only.
func (j *job) warnHeld(plan target.Plan, captures []*artefact.Content) {
	gone := j.before.Minus(j.now)
	for _, c := range captures {
		for _, row := range plan.Held(c.Rows, gone) {
			held := gone.Of(row.Proto).Intersect(ranges.SetOf(row.Range))
			j.warnRow(c, row, "%s of %s stays excluded: the row %s is no block of the old list, and may be somebody else's; if it is yours, delete it by hand and add what is to stay", some(held.Ranges(), held.All()), row.Proto, row.Range)
		}
	}
}

// warnInTheWay names the runtime reservations that adds will meet.
func (j *job) warnInTheWay(plan target.Plan, captures []*artefact.Content) {
	for _, c := range captures {
		for _, row := range plan.InTheWay(c.Rows) {
			j.warnRow(c, row, "the runtime reservation %s is in the way; adding fails until it is gone", entry(row.Range, row.Proto))
		}
	}
}

func (j *job) warnRow(c *artefact.Content, row netsh.Row, format string, args ...any) {
	report(j.err, &ranges.Error{Name: c.File, Line: row.Line, Col: row.Col, Msg: fmt.Sprintf("warning: "+format, args...)})
}

// sayPools says how many dynamic ports stay free where taken is excluded.
func (j *job) sayPools(taken ranges.Ports, captures []*artefact.Content) {
	for _, proto := range [...]ranges.Proto{ranges.TCP, ranges.UDP} {
		j.sayFree(j.modernPool(proto, captures), taken.Of(proto))
	}
}

// modernPool gives the dynamic port range of proto that will be in force.
func (j *job) modernPool(proto ranges.Proto, captures []*artefact.Content) pool {
	of := " of " + proto.String()
	if j.Dynamic.IsValid() {
		return pool{j.Dynamic, of, false}
	}
	for _, c := range captures {
		for _, d := range c.Dynamic {
			if d.Proto == proto {
				return pool{d.Range, of, false}
			}
		}
	}
	return pool{target.DefaultDynamicRange, of, true}
}

func (j *job) setDynamic() []netsh.Command {
	if !j.Dynamic.IsValid() {
		return nil
	}
	return target.SetDynamic(ranges.Both, j.Dynamic)
}

// restoreDynamic sets what the captures say was set before.
func (j *job) restoreDynamic(captures []*artefact.Content) (cmds []netsh.Command) {
	if !j.Dynamic.IsValid() {
		return nil
	}
	var restored ranges.Proto
	for _, c := range captures {
		for _, d := range c.Dynamic {
			if target.CheckDynamicRange(d.Range) == nil && restored&d.Proto == 0 {
				cmds = append(cmds, target.SetDynamic(d.Proto, d.Range)...)
				restored |= d.Proto
			}
		}
	}
	if left := ranges.Both &^ restored; left != 0 {
		j.warnf("the dynamic port range of %s is left alone; no --onto FILE has one that netsh can set", strings.ReplaceAll(left.String(), "+", " and "))
	}
	return cmds
}
