package main

import (
	"fmt"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
)

// giveBack says how a machine that has the ports of old gives those back that new lacks:
// what is not listed any more stays reserved there until somebody takes it back. oldList
// and lists are arguments for commands.
func giveBack(old, new *artefact.Content, w target.Windows, oldList, lists string) []report.Step {
	if old.Ports.Minus(new.Ports).IsEmpty() {
		return nil
	}
	switch new.Format {
	case artefact.Capture:
		return nil // a machine's state, not what it is to be
	case artefact.Reg, artefact.Regedit4:
		return []report.Step{{Text: importing(new)}}
	case artefact.Cmd, artefact.PS1:
		return []report.Step{{Text: "The script releases what is removed where its log has it; without its log on a machine, nothing is released there."}}
	}
	return []report.Step{{Text: staysReserved(oldList), Commands: replaces(old, w, oldList, lists)}}
}

func importing(new *artefact.Content) string {
	if len(new.Values) == 0 {
		return fmt.Sprintf("%s sets no %s: a machine that imports it keeps what it has, unless a line deletes it.", new.File, target.ReservedPortsName)
	}
	return fmt.Sprintf("Importing %s replaces the whole value: what is removed is free after the restart. A machine that does not import it keeps what it has.", new.File)
}

func staysReserved(oldList string) string {
	text := "A machine that has the removed ports keeps them. To give them back there:"
	if oldList == "OLDLIST" {
		text = "A machine that has the removed ports keeps them. To give them back there, with the list deployed before as OLDLIST:"
	}
	return text
}

// replaces gives the command for each mechanism that old and w leave open.
func replaces(old *artefact.Content, w target.Windows, oldList, lists string) (commands []string) {
	mechanism := old.Carries()
	if w.Name != "" {
		mechanism = w.Mechanism
	}
	version := func(assumed string) string {
		if w.Name != "" {
			return w.Name
		}
		return assumed
	}
	if mechanism&target.Exclusions != 0 {
		commands = append(commands, fmt.Sprintf("portreg gen -t %s -f netsh --replaces %s %s", version("2022"), oldList, lists))
	}
	if mechanism&target.ReservedPorts != 0 {
		commands = append(commands, fmt.Sprintf("portreg gen -t %s --onto current.reg --replaces %s -o ports.reg %s", version("2003"), oldList, lists))
	}
	return commands
}
