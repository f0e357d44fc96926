package main

import (
	"bytes"
	"strings"

	"portreg/cmd/internal/artefact"
	"portreg/cmd/internal/report"
	"portreg/cmd/internal/target"
	"portreg/ranges"
)

// printSVG draws the files. Deletions are no part of a port space: they are said.
func (c *showCmd) printSVG(s *session, w *bytes.Buffer, all []*artefact.Content) {
	var pictures []report.Picture
	for _, content := range all {
		s.sayNotes(content)
		if n := len(content.Deletes); n > 0 {
			s.sayf("%s: %s not in the picture", content.File, report.Count(n, "deletion"))
		}
		pictures = append(pictures, c.pictures(content)...)
	}
	report.SVG(w, pictures...)
}

// pictures gives one of each key, since each has its own dynamic port range.
func (c *showCmd) pictures(content *artefact.Content) (all []report.Picture) {
	keys := content.Keys()
	for _, one := range keys {
		p := c.picture(one)
		if len(keys) > 1 {
			p.Part = controlSetOf(keyOf(one))
		}
		all = append(all, p)
	}
	return all
}

func (c *showCmd) picture(content *artefact.Content) report.Picture {
	return report.Picture{
		File:   content.File,
		Groups: groupsOf(content),
		TCP:    c.pool(content, ranges.TCP),
		UDP:    c.pool(content, ranges.UDP),
	}
}

func (c *showCmd) pool(content *artefact.Content, proto ranges.Proto) report.Pool {
	r, assumed := content.DynamicRange(c.Target.Windows, proto)
	p := report.Pool{Range: r}
	switch {
	case !assumed:
	case c.Target.given():
		p.Assumed = "assumed: the default of " + c.Target.Title
	case r == target.DefaultLegacyRange:
		p.Assumed = "assumed: the default up to Windows Server 2003"
	default:
		p.Assumed = "assumed: the default since Windows Vista"
	}
	return p
}

// groupsOf gives what a file holds by what it calls it: the comments of a list, the
// control sets of a .reg file, the kinds of rows of a capture.
func groupsOf(c *artefact.Content) []report.Group {
	var g grouping
	switch {
	case c.List != nil:
		for _, e := range c.List.Entries() {
			g.add(c.List.Label(e.Line), e)
		}
	case c.GPO != "":
		return []report.Group{{Label: c.GPO, Ports: c.Ports}}
	case c.State != nil:
		for _, v := range c.Values {
			for _, r := range v.Entries {
				g.add(controlSetOf(v.Key), ranges.Entry{Range: r, Proto: ranges.Both})
			}
		}
	case c.Format == artefact.Capture:
		for _, p := range partsOf(c) {
			g.add(p.word, ranges.Entry{Range: p.Range, Proto: p.Proto})
		}
	default:
		return []report.Group{{Label: "reserved", Ports: c.Ports}}
	}
	return g.groups(c.Format == artefact.Capture)
}

// keyOf gives the key that c is about.
func keyOf(c *artefact.Content) string {
	if len(c.Values) > 0 {
		return c.Values[0].Key
	}
	return c.Dynamic[0].Key
}

// controlSetOf is what tells the keys of ReservedPorts apart: "SYSTEM\ControlSet001".
func controlSetOf(key string) string {
	return strings.Join(strings.Split(key, `\`)[1:3], `\`)
}

// A grouping puts entries together by their labels.
type grouping struct {
	labels  []string // in the order in which they came
	entries map[string][]ranges.Entry
}

func (g *grouping) add(label string, e ranges.Entry) {
	if g.entries == nil {
		g.entries = map[string][]ranges.Entry{}
	}
	if _, ok := g.entries[label]; !ok {
		g.labels = append(g.labels, label)
	}
	g.entries[label] = append(g.entries[label], e)
}

// groups gives them; of a capture only what is administered is there for good.
func (g *grouping) groups(capture bool) (all []report.Group) {
	for _, label := range g.labels {
		loose := capture && label != "administered"
		all = append(all, report.Group{Label: label, Ports: ranges.PortsOf(g.entries[label]...), Loose: loose})
	}
	return all
}
