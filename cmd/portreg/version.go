package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/alecthomas/kong"
)

type versionFlag bool

// BeforeReset prints the version and what else the build knows of its source.
func (versionFlag) BeforeReset(app *kong.Kong) error {
	fmt.Fprintln(app.Stdout, "portreg", readBuild())
	app.Exit(statusFine)
	return nil
}

// build is what a binary knows of the source it was made from.
type build struct {
	version  string // of the module: v1.2.3, a pseudo-version, or (devel)
	revision string // of git, 12 digits; "" if unknown
	date     string // of the revision in UTC, "2026-11-23"; "" if unknown
	modified bool   // the source was not that of the revision
}

func readBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return buildOf(info)
}

func buildOf(info *debug.BuildInfo) build {
	b := build{version: info.Main.Version}
	if b.version == "" {
		b.version = "(devel)"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.revision = s.Value[:min(12, len(s.Value))]
		case "vcs.time":
			b.date, _, _ = strings.Cut(s.Value, "T")
		case "vcs.modified":
			b.modified = s.Value == "true"
		}
	}
	return b
}

// String is "VERSION (revision 0123456789ab, 2026-11-23, modified)" without what is
// unknown.
func (b build) String() string {
	var known []string
	if b.revision != "" {
		known = append(known, "revision "+b.revision)
	}
	if b.date != "" {
		known = append(known, b.date)
	}
	if b.modified {
		known = append(known, "modified")
	}
	if known == nil {
		return b.version
	}
	return fmt.Sprintf("%s (%s)", b.version, strings.Join(known, ", "))
}
