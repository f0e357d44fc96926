package main

import (
	"runtime/debug"
	"testing"
)

// Whatever a build lacks, the version is one line. That real builds have the parts,
// package oracle checks, with git.
func TestVersion(t *testing.T) {
	revision := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef0123456789abcdef01234567"}
	date := debug.BuildSetting{Key: "vcs.time", Value: "2026-11-23T17:25:00Z"}
	modified := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	clean := debug.BuildSetting{Key: "vcs.modified", Value: "false"}
	short := debug.BuildSetting{Key: "vcs.revision", Value: "0123"}
	for _, c := range []struct {
		version  string
		settings []debug.BuildSetting
		want     string
	}{
		{"", nil, "(devel)"},
		{"(devel)", []debug.BuildSetting{{Key: "GOOS", Value: "linux"}}, "(devel)"},
		{"v1.2.3", nil, "v1.2.3"},
		{"v1.2.3", []debug.BuildSetting{revision, date, clean}, "v1.2.3 (revision 0123456789ab, 2026-11-23)"},
		{"(devel)", []debug.BuildSetting{revision, date, modified}, "(devel) (revision 0123456789ab, 2026-11-23, modified)"},
		{"", []debug.BuildSetting{short}, "(devel) (revision 0123)"},
		{"", []debug.BuildSetting{modified}, "(devel) (modified)"},
	} {
		info := debug.BuildInfo{Main: debug.Module{Version: c.version}, Settings: c.settings}
		if got := buildOf(&info).String(); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.version, c.settings, got, c.want)
		}
	}
}
