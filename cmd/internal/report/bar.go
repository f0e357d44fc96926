package report

import (
	"strings"

	"portreg/ranges"
)

// A bar has a cell for every 1,024 ports.
const (
	cells    = 64
	cellSize = 65536 / cells
)

// fill shows how much of a cell there is: nothing, up to an eighth, and so on.
var fill = [...]rune{'·', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}

// bar draws which ports are in s, from port 0 to 65535. A cell is blank-looking only if
// it has no port, and full only if it has all of its ports (port 0 is none).
func bar(s ranges.Set) string {
	var b strings.Builder
	for i, n := range perCell(s) {
		size := cellSize
		if i == 0 {
			size--
		}
		b.WriteRune(fill[level(n, size)])
	}
	return b.String()
}

// level gives how many eighths n of size are, 0 and 8 only for none and all.
func level(n, size int) int {
	if n == 0 {
		return 0
	}
	return max(1, n*8/size)
}

// underline marks the cells that have a port in s.
func underline(s ranges.Set) string {
	var b strings.Builder
	for _, n := range perCell(s) {
		if n > 0 {
			b.WriteRune('─')
		} else {
			b.WriteRune(' ')
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// perCell counts the ports of each cell.
func perCell(s ranges.Set) (n [cells]int) {
	for r := range s.All() {
		for first := int(r.First); first <= int(r.Last); {
			cell := first / cellSize
			end := min(int(r.Last)+1, (cell+1)*cellSize)
			n[cell] += end - first
			first = end
		}
	}
	return n
}
