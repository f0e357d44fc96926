package unattend

import (
	"fmt"
	"slices"
	"strings"

	"portreg/ranges"
	"portreg/ranges/netsh"
)

// components are those of an answer file. Setup takes the ones for the architecture
// of its Windows.
type components struct {
	first map[componentKey]*element
	named []*component
	index map[string]*component
}

type componentKey struct{ pass, name, architecture string }

// A component is what all passes have of it.
type component struct{ builds []*build }

// A build is a component for one architecture.
type build struct {
	architecture string
	at           *element // the first
	cmds         []netsh.Command
}

func keyOf(e *element) componentKey {
	return componentKey{e.parent.attr("pass"), e.attr("name"), e.attr("processorArchitecture")}
}

// add takes note of a component.
func (cc *components) add(e *element) {
	if cc.first == nil {
		cc.first, cc.index = map[componentKey]*element{}, map[string]*component{}
	}
	if e.parent == nil || !slices.Contains(architectures, e.attr("processorArchitecture")) {
		return
	}
	if key := keyOf(e); cc.first[key] == nil {
		cc.first[key] = e
	}
	cc.build(e.attr("name"), e)
}

// build gives the build of the component called name for the architecture of e.
func (cc *components) build(name string, e *element) *build {
	c := cc.index[name]
	if c == nil {
		c = &component{}
		cc.index[name] = c
		cc.named = append(cc.named, c)
	}
	architecture := e.attr("processorArchitecture")
	i := slices.IndexFunc(c.builds, func(b *build) bool { return b.architecture == architecture })
	if i < 0 {
		i = len(c.builds)
		c.builds = append(c.builds, &build{architecture: architecture, at: e})
	}
	return c.builds[i]
}

// agreed gives the commands that every architecture of their component has, as far as
// it has them, and notes what one lacks.
func (j *judgement) agreed() (cmds []netsh.Command) {
	for _, c := range j.components.named {
		for _, b := range c.builds {
			b.cmds = left(b.cmds)
		}
		shared, all := c.shared(), c.all()
		for _, b := range c.builds {
			if lacks := b.lacks(all); len(lacks) > 0 && slices.Contains(architectures, b.architecture) {
				text := fmt.Sprintf("%s: not for %s; what counts is there for every architecture", listed(lacks), b.architecture)
				j.note(b.at, fault{"architecture-lacks", text}, text)
			}
			for _, cmd := range b.cmds {
				cmds = append(cmds, shared.cut(cmd)...)
			}
		}
	}
	return cmds
}

// left gives what commands do on a machine of which nothing is known: a delete takes
// back an add of the same block before it, and itself.
func left(cmds []netsh.Command) (rest []netsh.Command) {
	added := map[effect][]int{}
	gone := make([]bool, len(cmds))
	for i, c := range cmds {
		block := effect{Proto: c.Proto, Range: c.Range}
		switch {
		case c.Verb == netsh.Add:
			added[block] = append(added[block], i)
		case c.Verb == netsh.Delete && len(added[block]) > 0:
			for _, k := range append(added[block], i) {
				gone[k] = true
			}
			delete(added, block)
		}
	}
	for i, c := range cmds {
		if !gone[i] {
			rest = append(rest, c)
		}
	}
	return rest
}

// effects are the ports that commands exclude and what else they do.
type effects struct {
	ports  ranges.Ports
	others map[effect]bool
}

// An effect is a command but for its place.
type effect struct {
	netsh.Verb
	Family string
	ranges.Proto
	ranges.Range
}

func effectOf(c netsh.Command) effect {
	if c.Verb == netsh.Delete {
		c.Family = ""
	}
	return effect{c.Verb, c.Family, c.Proto, c.Range}
}

func (e effect) String() string {
	text := ranges.Entry{Range: e.Range, Proto: e.Proto}.String()
	if e.Verb == netsh.Delete {
		return "delete " + text
	}
	return fmt.Sprintf("dynamic port range of %s %s", e.Family, text)
}

func effectsOf(cmds []netsh.Command) effects {
	var entries []ranges.Entry
	others := map[effect]bool{}
	for _, c := range cmds {
		if c.Verb == netsh.Add {
			entries = append(entries, ranges.Entry{Range: c.Range, Proto: c.Proto})
		} else {
			others[effectOf(c)] = true
		}
	}
	return effects{ranges.PortsOf(entries...), others}
}

// shared gives what every build does.
func (c *component) shared() effects {
	s := effectsOf(c.builds[0].cmds)
	for _, b := range c.builds[1:] {
		e := effectsOf(b.cmds)
		s.ports = s.ports.Intersect(e.ports)
		for o := range s.others {
			if !e.others[o] {
				delete(s.others, o)
			}
		}
	}
	return s
}

// all gives the commands of all builds.
func (c *component) all() (cmds []netsh.Command) {
	for _, b := range c.builds {
		cmds = append(cmds, b.cmds...)
	}
	return cmds
}

// lacks gives what others do and the build does not.
func (b *build) lacks(all []netsh.Command) (texts []string) {
	have := effectsOf(b.cmds)
	for e := range effectsOf(all).ports.Minus(have.ports).Entries() {
		texts = append(texts, e.String())
	}
	for _, c := range all {
		if o := effectOf(c); c.Verb != netsh.Add && !have.others[o] {
			have.others[o] = true
			texts = append(texts, o.String())
		}
	}
	return texts
}

// cut gives what of a command is among the effects.
func (s effects) cut(c netsh.Command) (cmds []netsh.Command) {
	if c.Verb != netsh.Add {
		if s.others[effectOf(c)] {
			cmds = append(cmds, c)
		}
		return cmds
	}
	for r := range s.ports.Of(c.Proto).Intersect(ranges.SetOf(c.Range)).All() {
		c.Range = r
		cmds = append(cmds, c)
	}
	return cmds
}

// listed joins texts, not too many.
func listed(texts []string) string {
	const most = 5
	if n := len(texts) - most; n > 1 {
		texts = append(texts[:most:most], fmt.Sprintf("%d more", n))
	}
	return strings.Join(texts, ", ")
}
