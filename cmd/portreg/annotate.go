package main

import (
	"fmt"
	"slices"

	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
	"portreg/ranges/netsh"
)

// annotate says what a ReservedPorts value holds.
func (j *job) annotate(result ranges.Set, there *export) {
	if !j.Annotate {
		return
	}
	j.made.Comments = []string{fmt.Sprintf("ReservedPorts: %s, %s", report.Count(result.Ranges(), "port range"), report.Count(result.Len(), "port"))}
	if j.Dynamic.IsValid() {
		j.made.Comments = append(j.made.Comments, fmt.Sprintf("MaxUserPort: the dynamic port range ends at %d", j.Dynamic.Last))
	}
	for r := range result.All() {
		labels := j.lists.labels(r, ranges.Both)
		if there != nil && !ranges.SetOf(r).Minus(j.now.Either()).IsEmpty() {
			labels = append(labels, "kept from "+there.name)
		}
		j.made.Comments = append(j.made.Comments, labelled(r.String(), labels))
	}
}

// annotateUndo says what an undo restores.
func (j *job) annotateUndo(there *export) {
	if !j.Annotate {
		return
	}
	before, was := there.reserved()
	switch {
	case !was:
		j.made.Comments = []string{"undo: ReservedPorts is deleted"}
	default:
		j.made.Comments = []string{fmt.Sprintf("undo: ReservedPorts as in %s, %s, %s", there.name, report.Count(before.Ranges(), "port range"), report.Count(before.Len(), "port"))}
	}
}

// annotateCommands says what the commands add and delete.
func (j *job) annotateCommands(plan target.Plan) {
	if !j.Annotate {
		return
	}
	j.made.Comments = []string{fmt.Sprintf("excluded port ranges: %s deleted, %s added", report.Count(len(plan.Delete), "block"), report.Count(len(plan.Add), "block"))}
	if j.Dynamic.IsValid() && !j.Undo {
		j.made.Comments = append(j.made.Comments, fmt.Sprintf("dynamic port range: %s", j.Dynamic))
	}
	for _, c := range slices.Concat(plan.Delete, plan.Add) {
		text := fmt.Sprintf("%s %s", c.Verb, entry(c.Range, c.Proto))
		var labels []string
		if c.Verb == netsh.Add || j.Undo {
			labels = j.lists.labels(c.Range, c.Proto)
		}
		if c.Verb == netsh.Add && !j.Undo {
			text += j.outside(c)
		}
		j.made.Comments = append(j.made.Comments, labelled(text, labels))
	}
}

// annotateScript says what a script is for.
func (j *job) annotateScript() {
	if !j.Annotate {
		return
	}
	if j.Undo {
		j.made.Comments = []string{fmt.Sprintf("undo: takes back what the log of %s names", j.Name)}
		return
	}
	blocks := target.Exclude(j.now).Add
	j.made.Comments = []string{fmt.Sprintf("excluded port ranges: %s listed", report.Count(len(blocks), "block"))}
	if j.Dynamic.IsValid() {
		j.made.Comments = append(j.made.Comments, fmt.Sprintf("dynamic port range: %s", j.Dynamic))
	}
	for _, b := range blocks {
		j.made.Comments = append(j.made.Comments, labelled(entry(b.Range, b.Proto)+j.outside(b), j.lists.labels(b.Range, b.Proto)))
	}
}

// outside says which ports of a block are no dynamic ones, if any.
func (j *job) outside(block netsh.Command) string {
	all := ranges.SetOf(block.Range)
	switch outside := all.Minus(j.pools.Of(block.Proto)); {
	case outside.IsEmpty():
		return ""
	case outside.Equal(all):
		return ", outside the dynamic port range"
	default:
		return fmt.Sprintf(", of which %s outside the dynamic port range", outside)
	}
}

// lists are lists as they were written.
type lists []*ranges.List

// labels gives what they say beside the entries that have a port of proto in r.
func (ll lists) labels(r ranges.Range, proto ranges.Proto) (all []string) {
	for _, list := range ll {
		for _, label := range list.Labels(r, proto) {
			if !slices.Contains(all, label) {
				all = append(all, label)
			}
		}
	}
	return all
}

func labelled(text string, labels []string) string {
	if len(labels) == 0 {
		return text
	}
	return text + "  " + report.FirstFew(len(labels), slices.Values(labels))
}
