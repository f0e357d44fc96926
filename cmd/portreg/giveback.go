package main

import (
	"fmt"
	"slices"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges/netsh"
)

// A deployed list and the one to deploy, as arguments of a command; or, where a file is
// none or cannot be named, these words.
const (
	oldListWord = "OLDLIST"
	listWord    = "LIST"
)

// giveBack says how a machine that has the ports of old gives those back that new lacks:
// what is not listed any more stays reserved there until somebody takes it back.
func giveBack(old, new *artefact.Content, w target.Windows, oldList, lists string, oldFile fileName) []report.Step {
	mechanism := old.Carries() & new.Carries()
	if w.Name != "" {
		mechanism &= w.Mechanism
	}
	switch {
	case old.Ports.Minus(new.Ports).IsEmpty(), mechanism == 0:
		return nil
	case new.IsState():
		return nil // a machine's state, not what it is to be
	case new.State != nil:
		return []report.Step{{Text: importing(new)}}
	case new.Script != nil:
		return []report.Step{{Text: running(old.Script, new.Script)}}
	}
	steps := []report.Step{{Text: "A machine that has the removed ports keeps them."}}
	if new.Ports.IsEmpty() {
		lists = "--allow-empty " + lists
	}
	if old.Format == artefact.Hive {
		return []report.Step{hiveBack(old, oldFile, lists)}
	}
	for _, way := range waysBack {
		if way.mechanism&mechanism != 0 {
			steps = append(steps, way.step(w, oldList, lists))
		}
	}
	return steps
}

// hiveBack is the step for an image: what is in its hive stays there.
func hiveBack(hive *artefact.Content, file fileName, lists string) report.Step {
	place, _ := target.PlaceOf(hive.Values[0].Key)
	return report.Step{
		Text:     "The hive keeps the removed ports. To give them back, with the list deployed before as " + oldListWord + " (write the file into the hive with hivexregedit or reged):",
		Commands: []string{fmt.Sprintf("portreg gen -t 2003 --control-set %d --encoding utf-8 --onto %s --replaces %s -o ports.reg %s", place.ControlSet, argument(file, "SYSTEM"), oldListWord, lists)},
	}
}

// importing says what becomes of removed ports where a file of the registry is imported,
// or a policy applied.
func importing(new *artefact.Content) string {
	switch policy := new.Row().Policy; {
	case policy && len(new.Values) == 0:
		return "The new policy sets no ReservedPorts: a machine that it applies to keeps what it has, unless an entry deletes it."
	case policy:
		return "Applying the new policy replaces the whole value: what is removed is free after the restart. A machine that it does not apply to keeps what it has."
	case len(new.Values) == 0:
		return "The new file sets no ReservedPorts: a machine that imports it keeps what it has, unless a line deletes it."
	}
	return "Importing the new file replaces the whole value: what is removed is free after the restart. A machine that does not import it keeps what it has."
}

// running says what becomes of removed ports where a script with a log runs. old is nil
// if what was there was none.
func running(old, new *netsh.Converge) string {
	if old != nil && old.Name == new.Name {
		return "The new script releases what is removed and in its log, which the old one kept on the machine; without that log it releases nothing."
	}
	return "The new script releases what is in its own log only: what was reserved by other means stays on a machine until that is undone."
}

// A wayBack is the command that gives ports back where a mechanism keeps them: its
// operands are the target, the deployed list and the new lists.
type wayBack struct {
	mechanism               target.Mechanism
	version, where, command string
}

var waysBack = [...]wayBack{
	{target.Exclusions, "2022", "Windows Vista, Server 2008 and later", "portreg gen -t %s -f netsh --replaces %s %s"},
	{target.ReservedPorts, "2003", "Windows 2000, XP and Server 2003, with an export of the machine as current.reg", "portreg gen -t %s --onto current.reg --replaces %s -o ports.reg %s"},
}

func (b wayBack) step(w target.Windows, oldList, lists string) report.Step {
	version, where := b.version, b.where
	if w.Name != "" {
		version = w.Name
	}
	if oldList == oldListWord {
		where += ", with the list deployed before as " + oldListWord
	}
	if slices.Contains(strings.Fields(lists), listWord) {
		where += ", with the new list as " + listWord
	}
	return report.Step{Text: "To give them back on " + where + ":", Commands: []string{fmt.Sprintf(b.command, version, oldList, lists)}}
}
