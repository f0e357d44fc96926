package report

import (
	"bytes"
	"fmt"
	"strings"

	"portreg/ranges"
)

// A canvas collects the elements of an SVG. All numbers in it are whole ones, so that
// edges are sharp and the bytes the same everywhere.
type canvas struct {
	b       bytes.Buffer
	y       int  // how far down it is filled
	crowded bool // some marks are
}

func (c *canvas) text(class string, x int, anchor, text string) {
	c.textAt(c.y, class, x, anchor, text)
}

// textAt writes on the baseline y.
func (c *canvas) textAt(y int, class string, x int, anchor, text string) {
	fmt.Fprintf(&c.b, "<text class=\"%s\" x=\"%d\" y=\"%d\"", class, x, y)
	if anchor != "start" {
		fmt.Fprintf(&c.b, " text-anchor=\"%s\"", anchor)
	}
	fmt.Fprintf(&c.b, ">%s</text>\n", escapeXML(text))
}

func (c *canvas) rect(class string, x, y, w, h int) {
	fmt.Fprintf(&c.b, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n", class, x, y, w, h)
}

// path draws d; title may be "".
func (c *canvas) path(class, d, title string) {
	fmt.Fprintf(&c.b, "<path class=\"%s\" d=\"%s\"", class, d)
	if title == "" {
		c.b.WriteString("/>\n")
		return
	}
	fmt.Fprintf(&c.b, "><title>%s</title></path>\n", escapeXML(title))
}

// marks draws runs of v as one shape.
func (c *canvas) marks(class string, v window, runs []run, top, height int, title string) {
	var d strings.Builder
	for _, r := range runs {
		box(&d, r.x, top, r.w, height)
		if r.crowded() {
			c.crowded = true
			hole(&d, r.x+1, top+1, r.w-2, height-2)
			fillBox(&d, v, r, top, height)
		}
	}
	c.path(class, d.String(), title)
}

func box(d *strings.Builder, x, y, w, h int) {
	fmt.Fprintf(d, "M%d %dh%dv%dh-%dz", x, y, w, h, w)
}

// hole is a box that goes round the other way, which leaves it out of the one around it.
func hole(d *strings.Builder, x, y, w, h int) {
	fmt.Fprintf(d, "M%d %dv%dh%dv-%dz", x, y, h, w, h)
}

// fillBox fills the box of a run as far as its ports are in the ranges, here and there.
func fillBox(d *strings.Builder, v window, r run, top, height int) {
	const step = 16 // pixels
	s := ranges.SetOf(r.ranges...)
	for x := r.x + 1; x < r.end()-1; x += step {
		w := min(step, r.end()-1-x)
		shown := v.shownIn(x, w)
		if n := s.Intersect(ranges.SetOf(shown)).Len(); n > 0 {
			h := max(2, (2*(height-2)*n/shown.Len()+1)/2)
			box(d, x, top+height-1-h, w, h)
		}
	}
}

// axis draws the ticks of v from y on, upwards if length is negative, and their ports.
func (c *canvas) axis(v window, y, length int) {
	base := y + length - 3
	if length > 0 {
		base = y + length + 12
	}
	ticks := v.ticks()
	for i, t := range ticks {
		anchor := "middle"
		switch i {
		case 0:
			anchor = "start"
		case len(ticks) - 1:
			anchor = "end"
		}
		c.path("tick", fmt.Sprintf("M%d.5 %dv%d", v.left(t), y, length), "")
		c.textAt(base, "soft", v.left(t), anchor, fmt.Sprint(t))
	}
}

// A window shows n ports from first on in w pixels from x on.
type window struct{ first, n, x, w int }

// windowOf shows r in a chart.
func windowOf(r ranges.Range) window { return window{int(r.First), r.Len(), chartLeft, chartWidth} }

// around shows r in a chart, with some room and round ends.
func around(r ranges.Range) window {
	step := stepOf(r.Len())
	first := max(0, (int(r.First)/step-1)*step)
	end := min(1<<16-1, (int(r.Last)/step+2)*step)
	return window{first, end - first + 1, chartLeft, chartWidth}
}

// stepOf gives the distance of ticks for n ports: 1, 2 or 5 and zeros, at least 10.
func stepOf(n int) int {
	for step := 10; ; step *= 10 {
		for _, s := range [...]int{step, 2 * step, 5 * step} {
			if n <= 7*s {
				return s
			}
		}
	}
}

// ports gives what v shows, but for port 0.
func (v window) ports() ranges.Range {
	return ranges.Range{First: uint16(max(1, v.first)), Last: uint16(v.first + v.n - 1)}
}

// left gives the pixel in which port begins.
func (v window) left(port int) int { return v.x + (port-v.first)*v.w/v.n }

// right gives the pixel behind the one in which port ends.
func (v window) right(port int) int { return v.x + ((port+1-v.first)*v.w+v.n-1)/v.n }

// shownIn gives the ports that begin in w pixels from x on.
func (v window) shownIn(x, w int) ranges.Range {
	begins := func(x int) int { return v.first + ((x-v.x)*v.n+v.w-1)/v.w }
	return ranges.Range{First: uint16(max(1, begins(x))), Last: uint16(begins(x+w) - 1)}
}

// ticks gives the first and the last port of v and round ones between them.
func (v window) ticks() []int {
	const apart = 48 // pixels
	last := v.first + v.n - 1
	step := stepOf(v.n - 1)
	ticks := []int{v.first}
	for t := (v.first/step + 1) * step; t < last; t += step {
		if v.left(t)-v.x >= apart && v.left(last)-v.left(t) >= apart {
			ticks = append(ticks, t)
		}
	}
	return append(ticks, last)
}

// A run is pixels that show ports of a set.
type run struct {
	x, w   int
	ranges []ranges.Range
}

func (r run) end() int { return r.x + r.w }

// crowded tells whether r stands for more ranges than one may take for one.
func (r run) crowded() bool { return len(r.ranges) > 8 }

// run gives the pixels of r, at least as many as a mark must have.
func (v window) run(r ranges.Range) run {
	x := v.left(int(r.First))
	w := v.right(int(r.Last)) - x
	if w < narrowest {
		x -= (narrowest - w) / 2
		w = narrowest
	}
	x = max(v.x, min(x, v.x+v.w-w))
	return run{x, w, []ranges.Range{r}}
}

// runs gives the pixels of s, which v shows; what touches is one run.
func (v window) runs(s ranges.Set) (all []run) {
	for r := range s.All() {
		next := v.run(r)
		if i := len(all) - 1; i >= 0 && next.x <= all[i].end() {
			all[i].w = max(all[i].w, next.end()-all[i].x)
			all[i].ranges = append(all[i].ranges, r)
			continue
		}
		all = append(all, next)
	}
	return all
}
