package report

import (
	"fmt"
	"io"
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
	Text     string   `json:"text"` // what they are for
	Commands []string `json:"commands"`
}

// A labelled entry is one with what stands beside it.
type labelled struct {
	ranges.Entry
	labels []string
}

// removed and added give what the sides do not have in common, each with the labels of
// the side that has it.
func (c *Change) removed() []labelled { return c.Old.label(c.Old.Ports.Minus(c.New.Ports)) }
func (c *Change) added() []labelled   { return c.New.label(c.New.Ports.Minus(c.Old.Ports)) }

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

// line is the entry as a line of text that begins with sign.
func (l labelled) line(sign string) string {
	text := sign + " " + l.Entry.String()
	if l.labels != nil {
		text += "  # " + FirstFew(l.labels)
	}
	return Printable(text)
}

// counts is "2 port ranges removed, 1 port range added".
func counts(removed, added []labelled) string {
	return fmt.Sprintf("%s removed, %s added", Count(len(removed), "port range"), Count(len(added), "port range"))
}

// Text writes the counts, what is removed, what is added, and the port spaces before and
// after, removals red and additions green if colour is wanted.
func (c *Change) Text(w io.Writer, colour bool) error {
	var b strings.Builder
	removed, added := c.removed(), c.added()
	fmt.Fprintf(&b, "%s: %s\n", Printable(c.title()), counts(removed, added))
	for _, l := range removed {
		b.WriteString(red.of(l.line("-"), colour) + "\n")
	}
	for _, l := range added {
		b.WriteString(green.of(l.line("+"), colour) + "\n")
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
