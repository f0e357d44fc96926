package gpp

import (
	"slices"
	"strings"
)

// A verdict is what is known of a filter on a version of Windows. Of two that both
// must hold the larger counts, of two of which one must hold the smaller.
type verdict int

const (
	holds verdict = iota
	unknown
	fails
)

func (v verdict) not() verdict { return fails - v }

// readers are the versions of Windows, as FilterOs names them, that read the values
// which this project is about, ReservedPorts and MaxUserPort, and have Preferences.
var readers = []string{"XP", "2K3", "2K3R2"}

// titleOf gives the name of a version behind "Windows".
func titleOf(version string) string {
	switch version {
	case "2K3":
		return "Server 2003"
	case "2K3R2":
		return "Server 2003 R2"
	}
	return version
}

// versions is MS-GPPREF, appendix, note 18.
var versions = []string{
	"95", "98", "ME", "NT", "2K", "XP", "2K3", "2K3R2", "VISTA", "2K8", "WIN7", "2K8R2",
	"WIN8", "WIN8S", "WINBLUE", "WINBLUESRV", "WINTHRESHOLD", "WINTHRESHOLDSRV",
}

// targeting has the verdict for each of the versions that a reader asks for.
type targeting []verdict

// targetingOf is what the filters of an item or a collection come to.
func (r *reader) targetingOf(e *element) targeting {
	t := make(targeting, len(r.versions))
	for _, filters := range e.below {
		if filters.name == "Filters" {
			for i, version := range r.versions {
				t[i] = max(t[i], combined(filters, version))
			}
		}
	}
	return t
}

func (t targeting) and(other targeting) targeting {
	for i, v := range other {
		t[i] = max(t[i], v)
	}
	return t
}

// never tells that none of the versions applies the item.
func (t targeting) never() bool { return slices.Min(t) == fails }

func (t targeting) depends() bool { return slices.Contains(t, unknown) }

// everywhere tells that all machines apply the item.
func (t targeting) everywhere() bool { return slices.Max(t) == holds }

// covers tells that the item is applied wherever another one may be.
func (t targeting) covers(other targeting) bool {
	for i := range t {
		if other[i] != fails && t[i] != holds {
			return false
		}
	}
	return true
}

// titlesOf names the versions that may apply an item: "Windows XP and Server 2003".
func (r *reader) titlesOf(t targeting, conjunction string) string {
	var names []string
	for i, version := range r.versions {
		if t[i] != fails {
			names = append(names, titleOf(version))
		}
	}
	last := len(names) - 1
	if last == 0 {
		return "Windows " + names[0]
	}
	return "Windows " + strings.Join(names[:last], ", ") + " " + conjunction + " " + names[last]
}

// combined is the verdict of the filters below e. Whether AND binds stronger than OR is
// not documented: where that matters, it is unknown.
func combined(e *element, version string) verdict {
	inOrder, all, terms := holds, holds, fails
	for i, filter := range e.below {
		v := verdictOf(filter, version)
		switch operator := filter.attr("bool"); {
		case i == 0:
			inOrder, all = v, v
		case operator == "AND":
			inOrder, all = max(inOrder, v), max(all, v)
		case operator == "OR":
			inOrder, all, terms = min(inOrder, v), v, min(terms, all)
		default:
			return unknown
		}
	}
	if inOrder != min(terms, all) {
		return unknown
	}
	return inOrder
}

func verdictOf(filter *element, version string) (v verdict) {
	switch filter.name {
	case "FilterCollection":
		v = combined(filter, version)
	case "FilterOs":
		v = runs(filter, version)
	default:
		return unknown
	}
	switch filter.attr("not") {
	case "0":
		return v
	case "1":
		return v.not()
	}
	return unknown
}

// runs tells whether a FilterOs means the version of Windows.
func runs(filter *element, version string) verdict {
	const any = "NE"
	class, named := filter.attr("class"), filter.attr("version")
	switch {
	case class == "9X", slices.Contains(versions, named) && named != version:
		return fails
	case class != "NT" && class != any, named != any && named != version:
		return unknown
	case filter.attr("type") != any, filter.attr("edition") != any, filter.attr("sp") != any:
		return unknown
	}
	return holds
}
