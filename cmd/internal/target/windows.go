// Package target knows the Windows versions and how each of them keeps ports
// out of its dynamic port range.
//
// There are two mechanisms, and no version has both:
//
//   - ReservedPorts, a REG_MULTI_SZ value that Windows 2000, XP and Server 2003
//     read at start-up (KB 812873). It holds one string "first-last" per range,
//     knows no protocol, and "is not implemented" from Vista and Server 2008 on.
//   - Excluded port ranges, which netsh keeps per protocol from Vista and Server
//     2008 on: in the box since Windows 8 and Server 2012, with hotfix KB 2665809
//     before.
//
// The package turns port sets into registry operations and netsh commands and
// reads the registry's value back. It opens nothing and prints nothing.
package target

import "strings"

// Mechanism is a way of keeping ports out of the dynamic port range.
type Mechanism uint8

// The two mechanisms, as bits: a format may carry either or both.
const (
	ReservedPorts Mechanism = 1 << iota // the registry value of KB 812873
	Exclusions                          // netsh's excluded port ranges
)

// Windows is one version of Windows.
type Windows struct {
	Name      string    // as -t takes it: "2003"
	Title     string    // as Microsoft writes it: "Windows Server 2003"
	Mechanism Mechanism // the one it has
	Hotfix    string    // what it needs for its mechanism, "" for nothing
}

const excludedPortRangeHotfix = "KB 2665809"

// versions is the table, oldest first.
// Sources: KB 812873 (ReservedPorts), KB 2665809 (excludedportrange on Vista,
// 2008, 7 and 2008 R2), netsh interface reference (later versions).
var versions = [...]Windows{
	{"2000", "Windows 2000", ReservedPorts, ""},
	{"xp", "Windows XP", ReservedPorts, ""},
	{"2003", "Windows Server 2003", ReservedPorts, ""},
	{"vista", "Windows Vista", Exclusions, excludedPortRangeHotfix},
	{"2008", "Windows Server 2008", Exclusions, excludedPortRangeHotfix},
	{"7", "Windows 7", Exclusions, excludedPortRangeHotfix},
	{"2008r2", "Windows Server 2008 R2", Exclusions, excludedPortRangeHotfix},
	{"8", "Windows 8", Exclusions, ""},
	{"2012", "Windows Server 2012", Exclusions, ""},
	{"8.1", "Windows 8.1", Exclusions, ""},
	{"2012r2", "Windows Server 2012 R2", Exclusions, ""},
	{"10", "Windows 10", Exclusions, ""},
	{"11", "Windows 11", Exclusions, ""},
	{"2016", "Windows Server 2016", Exclusions, ""},
	{"2019", "Windows Server 2019", Exclusions, ""},
	{"2022", "Windows Server 2022", Exclusions, ""},
	{"2025", "Windows Server 2025", Exclusions, ""},
}

// HasPreferences tells whether w can apply Group Policy Preferences: XP and Server 2003
// with KB 943729, later versions without. They were never made for Windows 2000.
func (w Windows) HasPreferences() bool { return w.Name != "2000" }

// Names gives the names of all versions, oldest first, separated by blanks.
func Names() string {
	var names []string
	for _, w := range versions {
		names = append(names, w.Name)
	}
	return strings.Join(names, " ")
}

// ByName finds the version that -t calls name, in any case.
func ByName(name string) (Windows, bool) {
	for _, w := range versions {
		if strings.EqualFold(w.Name, name) {
			return w, true
		}
	}
	return Windows{}, false
}
