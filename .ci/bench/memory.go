package main

import "fmt"

// maxMemory is how many MB a job may have resident, whatever the size of its file.
const maxMemory = 12

// memory is a row with the most memory that a job has resident. The kernel
// counts what this process held when it started the job, so that is the least it
// can show.
type memory struct {
	text string
	job  job
}

func (m memory) what() string { return m.text + ", most memory" }
func (m memory) jobs() []job  { return []job{m.job} }

func (m memory) print(d folder) error {
	peak := 0.0
	for range 3 {
		c, err := m.job.run(d)
		if err != nil {
			return err
		}
		peak = max(peak, c.mb)
	}
	fmt.Printf("| %s | %.1f MB | | | ≤ %d MB%s |\n", m.what(), peak, maxMemory, missed(peak, maxMemory))
	return nil
}
