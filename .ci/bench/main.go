// Command bench makes files to work on and prints how portreg compares with
// programs that everybody has, as the tables that README.md quotes.
//
// Whole processes are timed in turn, A B A B …, and the ratio is taken round
// by round: the median of the ratios holds on a machine whose speed drifts.
// Run it from the module's root: go run ./.ci/bench, or go run ./.ci/bench WORD
// for the rows that hold the word. It needs 2.5 GB of memory for files.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	if err := run(strings.Join(os.Args[1:], " ")); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(word string) error {
	dir, err := os.MkdirTemp(tmpfs(), "portreg-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	go removeAtInterrupt(dir)
	f := folder(dir)
	if err := f.build(); err != nil {
		return err
	}
	for _, t := range tables {
		t = t.having(word)
		if len(t.rows) == 0 {
			continue
		}
		fmt.Print(t.head)
		if err := f.print(t.rows); err != nil {
			return err
		}
	}
	return nil
}

// removeAtInterrupt leaves no gigabytes behind.
func removeAtInterrupt(dir string) {
	interrupt := make(chan os.Signal, 1)
	signal.Notify(interrupt, os.Interrupt, syscall.SIGTERM)
	<-interrupt
	os.RemoveAll(dir)
	os.Exit(1)
}

// having is the table with those rows only whose text has the word.
func (t table) having(word string) table {
	some := table{head: t.head}
	for _, r := range t.rows {
		if strings.Contains(r.what(), word) {
			some.rows = append(some.rows, r)
		}
	}
	return some
}

// print measures rows; their files are there from the first row that names them
// to the last.
func (d folder) print(rows []row) error {
	for i, r := range rows {
		if err := d.provide(r.jobs()); err != nil {
			return err
		}
		if err := r.print(d); err != nil {
			return err
		}
		var later []job
		for _, l := range rows[i+1:] {
			later = append(later, l.jobs()...)
		}
		d.sweep(r.jobs(), later)
	}
	return nil
}
