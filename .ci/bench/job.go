package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// job is a command line, which may have pipes in it and > FILE at its end, and
// the file it makes, which is removed before every run. Otherwise standard output
// goes to a file.
type job struct {
	name, line, makes string
	status            int // beside 0, what its last process may end with
}

// found is the status of lint with findings.
const found = 1

// cost is wall time in milliseconds and the peak resident memory of the job's
// last process in MB.
type cost struct{ ms, mb float64 }

// missing is the first program of the job that is not installed.
func (j job) missing() string {
	for _, line := range strings.Split(j.line, " | ") {
		program := strings.Fields(line)[0]
		if _, err := exec.LookPath(program); err != nil && !strings.HasPrefix(program, "DIR/") {
			return program
		}
	}
	return ""
}

func (j job) run(d folder) (cost, error) {
	if j.makes != "" {
		os.Remove(d.in(j.makes))
	}
	line, to, named := strings.Cut(d.in(j.line), " > ")
	if !named {
		to = d.in("DIR/output")
	}
	out, err := os.Create(to)
	if err != nil {
		return cost{}, err
	}
	defer out.Close()
	cmds, err := commands(line, out)
	if err != nil {
		return cost{}, err
	}
	start := time.Now()
	if err := j.wait(cmds); err != nil {
		said, _ := os.ReadFile(to)
		return cost{}, fmt.Errorf("%s: %v: %.200s", line, err, said)
	}
	ms := float64(time.Since(start).Microseconds()) / 1000
	last := cmds[len(cmds)-1].ProcessState
	return cost{ms, float64(last.SysUsage().(*syscall.Rusage).Maxrss) / 1024}, nil
}

// commands are those of a line, joined by pipes.
func commands(line string, out *os.File) (cmds []*exec.Cmd, err error) {
	for i, part := range strings.Split(line, " | ") {
		words := strings.Fields(part)
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Stdout, cmd.Stderr = out, out
		if i > 0 {
			if err := pipe(cmds[i-1], cmd); err != nil {
				return nil, err
			}
		}
		cmds = append(cmds, cmd)
	}
	return cmds, nil
}

// wait starts the commands and waits for their end.
func (j job) wait(cmds []*exec.Cmd) error {
	for _, cmd := range cmds {
		if err := cmd.Start(); err != nil {
			return err
		}
		closeEnds(cmd)
	}
	for i, cmd := range cmds {
		err := cmd.Wait()
		if err != nil && (i < len(cmds)-1 || cmd.ProcessState.ExitCode() != j.status) {
			return err
		}
	}
	return nil
}

// pipe joins two commands by a pipe of the kernel's, as a shell does.
func pipe(from, to *exec.Cmd) error {
	r, w, err := os.Pipe()
	from.Stdout, to.Stdin = w, r
	return err
}

// closeEnds closes this process's ends of the pipes that cmd has now.
func closeEnds(cmd *exec.Cmd) {
	if r, ok := cmd.Stdin.(*os.File); ok {
		r.Close()
	}
	if w, ok := cmd.Stdout.(*os.File); ok && cmd.Stdout != cmd.Stderr {
		w.Close()
	}
}
