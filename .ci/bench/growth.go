package main

import "fmt"

// growth is a row that compares an export of so many MB with that of 400.
type growth struct{ mb int }

// maxGrowth is how much more time a MB may take in larger exports; in smaller
// ones the start of the process counts.
const maxGrowth = 1.25

func (g growth) what() string { return fmt.Sprintf("growth, %d MB", g.mb) }

func (g growth) jobs() (jobs []job) {
	for _, j := range g.pairs() {
		jobs = append(jobs, j[:]...)
	}
	return jobs
}

// pairs are the jobs with the export and with that of 400 MB.
func (g growth) pairs() (pairs [][2]job) {
	this, usual := fmt.Sprintf("%d.reg", g.mb), "400.reg"
	for _, j := range []func(export string) job{show, lint, editStream} {
		pairs = append(pairs, [2]job{j(this), j(usual)})
	}
	return pairs
}

func (g growth) print(d folder) error {
	peak, most := 0.0, 0.0
	fmt.Printf("| %d MB ", g.mb)
	for _, j := range g.pairs() {
		t, err := d.pairs(j[0], j[1], 10)
		if err != nil {
			return err
		}
		perMB := t.ratio * 400 / float64(g.mb)
		peak, most = max(peak, t.peak), max(most, perMB)
		fmt.Printf("| %.1f ms, %.2f GB/s, × %.2f ", t.ours, float64(g.mb)/t.ours, perMB)
	}
	if g.mb <= 400 {
		most = 0
	}
	fmt.Printf("| %.1f MB | ≤ %d MB%s, × %.2f%s |\n", peak, maxMemory, missed(peak, maxMemory), maxGrowth, missed(most, maxGrowth))
	return nil
}
