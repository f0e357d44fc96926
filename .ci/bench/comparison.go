package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// comparison is a row that compares a job of portreg with another.
type comparison struct {
	text         string
	ours, theirs job
	goal         float64 // the ratio of the times must not exceed it; 0 is none
	rounds       int
}

func (c comparison) what() string { return c.text }
func (c comparison) jobs() []job  { return []job{c.ours, c.theirs} }

func (c comparison) print(d folder) error {
	if p := c.theirs.missing(); p != "" {
		fmt.Printf("| %s | | %s: there is no %s | | %s |\n", c.text, c.theirs.name, p, atMost(c.goal))
		return nil
	}
	t, err := d.pairs(c.ours, c.theirs, c.rounds)
	if err != nil {
		return err
	}
	fmt.Printf("| %s | %.1f ms | %s: %.1f ms | %.2f | %s%s |\n", c.text, t.ours, c.theirs.name, t.theirs, t.ratio, atMost(c.goal), missed(t.ratio, c.goal))
	return nil
}

// times are medians in milliseconds, and the most memory that ours took in MB.
type times struct{ ours, theirs, ratio, peak float64 }

// enough is how long a comparison goes on that has three rounds.
const enough = 4 * time.Second

// pairs runs the two in turn.
func (d folder) pairs(ours, theirs job, rounds int) (t times, err error) {
	var a, b, ratios []float64
	for start := time.Now(); len(a) < rounds && (len(a) < 3 || time.Since(start) < enough); {
		o, err := ours.run(d)
		if err != nil {
			return t, err
		}
		p, err := theirs.run(d)
		if err != nil {
			return t, err
		}
		t.peak = max(t.peak, o.mb)
		a, b, ratios = append(a, o.ms), append(b, p.ms), append(ratios, o.ms/p.ms)
	}
	return times{median(a), median(b), median(ratios), t.peak}, nil
}

func median(v []float64) float64 {
	v = slices.SortedFunc(slices.Values(v), cmp.Compare)
	return v[len(v)/2]
}

func atMost(goal float64) string {
	if goal == 0 {
		return ""
	}
	return fmt.Sprintf("≤ %.2f", goal)
}

func missed(value, goal float64) string {
	if goal > 0 && value > goal {
		return " **missed**"
	}
	return ""
}
