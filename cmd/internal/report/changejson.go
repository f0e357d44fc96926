package report

import (
	"io"

	"portreg/ranges"
)

// The JSON form of a Change; schema/diff.json describes it.

type jsonChange struct {
	Old      jsonSide       `json:"old"`
	New      jsonSide       `json:"new"`
	Removed  []jsonLabelled `json:"removed"`
	Added    []jsonLabelled `json:"added"`
	Beside   jsonBeside     `json:"beside"`
	GiveBack []Step         `json:"giveBack"`
}

type jsonBeside struct {
	Removed []string `json:"removed"`
	Added   []string `json:"added"`
}

type jsonSide struct {
	Name string   `json:"name"`
	TCP  jsonHalf `json:"tcp"`
	UDP  jsonHalf `json:"udp"`
}

type jsonHalf struct {
	Reserved       int           `json:"reserved"`
	Dynamic        ranges.Range  `json:"dynamic"`
	Assumed        bool          `json:"assumed"`
	Runtime        int           `json:"runtime"`
	Free           int           `json:"free"`
	LargestFreeRun *ranges.Range `json:"largestFreeRun"`
}

type jsonLabelled struct {
	Entry  string   `json:"entry"`
	Labels []string `json:"labels"`
}

// JSON writes all of c as one object.
func (c *Change) JSON(w io.Writer) error {
	removed, added := c.entries()
	gone, come := c.beside()
	beside := jsonBeside{append([]string{}, gone...), append([]string{}, come...)}
	form := jsonChange{c.Old.json(), c.New.json(), jsonEntries(removed), jsonEntries(added), beside, []Step{}}
	for _, s := range c.Advice {
		s.Commands = append([]string{}, s.Commands...)
		form.GiveBack = append(form.GiveBack, s)
	}
	return JSON(w, form)
}

func (s *Side) json() jsonSide { return jsonSide{TrueName(s.Name), s.tcp().json(), s.udp().json()} }

func (h half) json() jsonHalf {
	free := h.free()
	form := jsonHalf{h.reserved.Len(), h.dynamic.Range, h.dynamic.Assumed, h.held(), free.Len(), nil}
	if run := free.run(); run.IsValid() {
		form.LargestFreeRun = &run
	}
	return form
}

func jsonEntries(all []labelled) []jsonLabelled {
	form := []jsonLabelled{}
	for _, l := range all {
		form = append(form, jsonLabelled{l.Entry.String(), append([]string{}, l.labels...)})
	}
	return form
}
