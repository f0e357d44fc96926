package report

import (
	"fmt"
	"io"
	"strings"
)

// A comment on GitHub has at most 65,536 characters (w3c/webref#245); a workflow that
// adds a heading and a link should not reach that.
const (
	markdownSize = 60_000 // bytes
	markdownLine = 300    // characters of an entry with its labels
)

// Markdown writes c for a comment or a job summary on a forge: in less than 60,000
// bytes, with what was left out said. All that comes from lists and file names stands in
// fenced blocks, on lines that begin with something else, so that it can neither be
// markup nor end its block.
func (c *Change) Markdown(w io.Writer) error {
	counts, removed, added := c.lines()
	head := fmt.Sprintf("**%s**\n\n```diff\n%s\n%s\n", counts, c.Old.heading("---"), c.New.heading("+++"))
	tail := "```\n\n```text\n" + strings.Join(c.space(), "\n") + "\n```\n"
	for _, step := range c.Advice {
		tail += "\n" + step.markdown()
	}
	left := markdownSize - len(head) - len(tail)
	gone, come := markdownLines(removed), markdownLines(added)
	goneText := firstLines(gone, max(left/2, left-size(come)))
	comeText := firstLines(come, left-len(goneText))
	_, err := io.WriteString(w, head+goneText+comeText+tail)
	return err
}

func (s *Side) heading(sign string) string {
	return shortened(sign+" "+Printable(s.Name), markdownLine)
}

func markdownLines(all []string) (lines []string) {
	for _, line := range all {
		lines = append(lines, shortened(line, markdownLine)+"\n")
	}
	return lines
}

func size(lines []string) (n int) {
	for _, line := range lines {
		n += len(line)
	}
	return n
}

// firstLines joins as many lines as fit into room bytes, and says how many more there are.
func firstLines(lines []string, room int) string {
	if size(lines) <= room {
		return strings.Join(lines, "")
	}
	const note = "# and %s more, left out here: portreg diff prints them all\n"
	room -= len(note) + len("65,535")
	n, used := 0, 0
	for used+len(lines[n]) <= room {
		used += len(lines[n])
		n++
	}
	return strings.Join(lines[:n], "") + fmt.Sprintf(note, Thousands(len(lines)-n))
}

// markdown is the step as a sentence and a block of commands.
func (s Step) markdown() string {
	text := s.Text + "\n"
	if len(s.Commands) > 0 {
		text += "\n```sh\n" + strings.Join(s.Commands, "\n") + "\n```\n"
	}
	return text
}
