package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"portreg/ranges"
)

// A Side is the port reservations that a file holds.
type Side struct {
	Name     string // of the file, for messages
	Ports    ranges.Ports
	Runtime  ranges.Ports // what else is taken as long as the machine runs, and so not free
	TCP, UDP Dynamic
	Labels   func(ranges.Range, ranges.Proto) []string // what stands beside the entries of a list; nil if nothing does
	Beside   []string                                  // what else the file does, a line each
}

// Dynamic is a dynamic port range.
type Dynamic struct {
	ranges.Range
	Assumed bool // it is a default: nothing says that it is this one
}

// A Change is what becomes of one side's ports on the other.
type Change struct {
	Old, New Side
	Advice   []Step // how to give back what is removed
}

// A Step is commands for a person to run, or a fact without any.
type Step struct {
	Text     string   `json:"text"` // what they are for; portreg's own words only
	Commands []string `json:"commands"`
}

// A labelled entry is one with what stands beside it.
type labelled struct {
	ranges.Entry
	labels []string
}

// IsEmpty tells whether the sides reserve the same ports, and do the same beside.
func (c *Change) IsEmpty() bool {
	removed, added := c.beside()
	return c.Old.Ports.Equal(c.New.Ports) && len(removed)+len(added) == 0
}

// beside gives what only one of the sides does beside reserving ports.
func (c *Change) beside() (removed, added []string) {
	return without(c.Old.Beside, c.New.Beside), without(c.New.Beside, c.Old.Beside)
}

// without gives the lines that the others lack.
func without(lines, others []string) (left []string) {
	other := make(map[string]bool, len(others))
	for _, line := range others {
		other[line] = true
	}
	for _, line := range lines {
		if !other[line] {
			left = append(left, line)
		}
	}
	return left
}

// entries gives what the sides do not have in common, with the labels of the side that
// has it.
func (c *Change) entries() (removed, added []labelled) {
	come, gone := ranges.Diff(c.Old.Ports, c.New.Ports)
	return c.Old.label(gone), c.New.label(come)
}

func (s *Side) label(ports ranges.Ports) (all []labelled) {
	for e := range ports.Entries() {
		l := labelled{Entry: e}
		if s.Labels != nil {
			l.labels = s.Labels(e.Range, e.Proto)
		}
		all = append(all, l)
	}
	return all
}

// lines gives the counts and, as lines of text with their signs, the entries and then
// what else the sides do.
func (c *Change) lines() (counts string, removed, added []string) {
	gone, come := c.entries()
	goneBeside, comeBeside := c.beside()
	counts = fmt.Sprintf("%s removed, %s added", Count(len(gone), "port range"), Count(len(come), "port range"))
	removed = append(signed("-", gone), besides("-", goneBeside)...)
	added = append(signed("+", come), besides("+", comeBeside)...)
	return counts, removed, added
}

func signed(sign string, all []labelled) (lines []string) {
	for _, l := range all {
		text := sign + " " + l.Entry.String()
		if l.labels != nil {
			text += "  # " + FirstFew(len(l.labels), slices.Values(l.labels))
		}
		lines = append(lines, Printable(text))
	}
	return lines
}

func besides(sign string, all []string) (lines []string) {
	for _, text := range all {
		lines = append(lines, Printable(sign+" # "+text))
	}
	return lines
}

// Text writes the counts, what is removed, what is added, and the port spaces before and
// after, removals red and additions green if colour is wanted.
func (c *Change) Text(w io.Writer, colour bool) error {
	var b strings.Builder
	counts, removed, added := c.lines()
	fmt.Fprintf(&b, "%s: %s\n", Printable(c.title()), counts)
	for _, line := range removed {
		b.WriteString(red.of(line, colour) + "\n")
	}
	for _, line := range added {
		b.WriteString(green.of(line, colour) + "\n")
	}
	fmt.Fprintf(&b, "\n%s\n", strings.Join(c.space(), "\n"))
	for _, step := range c.Advice {
		b.WriteString("\n" + step.text())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Change) title() string {
	if c.Old.Name == c.New.Name {
		return c.New.Name
	}
	return c.Old.Name + " -> " + c.New.Name
}

// text is the step in lines, the commands indented.
func (s Step) text() string {
	text := s.Text + "\n"
	for _, command := range s.Commands {
		text += "  " + command + "\n"
	}
	return text
}
