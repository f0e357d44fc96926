package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"portreg/cmd/internal/usage"
)

type manCmd struct {
	Output fileName `short:"o" placeholder:"FILE" help:"The file to write; - is standard output."`
}

func (*manCmd) examples() string {
	return `  portreg man
  portreg man -o portreg.1
`
}

// Run writes the manual page.
func (c *manCmd) Run(s *session) error {
	p, err := describe()
	if err != nil {
		return err
	}
	b := readBuild()
	date, err := dateOf(b)
	if err != nil {
		return err
	}
	page := p.Man(usage.Manual{
		Version:  b.version,
		Date:     date,
		Statuses: statuses(),
		Environment: []usage.Term{
			{Name: "NO_COLOR", About: "If it is not empty, text is never coloured; else it is where standard output is a terminal."},
			{Name: "TERM", About: "If it is `dumb`, text is not coloured either."},
			{Name: sourceDate, About: "Seconds since 1970: the date of this page, instead of that of the source's revision."},
		},
		SeeAlso: []string{"git(1)", "hivexregedit(1)", "reged(8)"},
	})
	return s.write(c.Output, func(w io.Writer) error {
		_, err := io.WriteString(w, page)
		return err
	})
}

func statuses() []usage.Term {
	return []usage.Term{
		{Name: strconv.Itoa(statusFine), About: statusFineMeans},
		{Name: strconv.Itoa(statusFound), About: statusFoundMeans},
		{Name: strconv.Itoa(statusTrouble), About: statusTroubleMeans},
	}
}

const sourceDate = "SOURCE_DATE_EPOCH" // reproducible-builds.org

// dateOf gives the date for what is made from the program: never that of today.
func dateOf(b build) (string, error) {
	text := os.Getenv(sourceDate)
	if text == "" {
		return b.date, nil
	}
	seconds, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return "", fmt.Errorf("%s: %q is not a number of seconds", sourceDate, text)
	}
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly), nil
}
