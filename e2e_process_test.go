package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// process is the program in a process of its own.
type process struct {
	cmd  *exec.Cmd
	base string
	ends func() // waits for the end

	mu  sync.Mutex
	out strings.Builder
}

var addressSaid = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// launch starts the program as a process and waits until it says that it is open.
func launch(t *testing.T, args []string, env map[string]string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0], args...)}
	p.cmd.Env = append(os.Environ(), asProgram+"=yes")
	for _, k := range slices.Sorted(maps.Keys(env)) {
		p.cmd.Env = append(p.cmd.Env, k+"="+env[k])
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stderr = p.cmd.Stdout
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	open, read := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(read)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			p.mu.Lock()
			fmt.Fprintln(&p.out, lines.Text())
			p.mu.Unlock()
			if strings.HasPrefix(lines.Text(), "Daybreak is open") {
				open <- addressSaid.FindString(lines.Text())
			}
		}
	}()
	p.ends = sync.OnceFunc(func() {
		<-read
		p.cmd.Wait() //nolint:errcheck // killed on purpose, mostly
	})
	t.Cleanup(p.kill)
	select {
	case p.base = <-open:
	case <-read:
		t.Fatalf("%v ended: %s", args, p.said())
	case <-time.After(patience):
		t.Fatalf("%v does not open: %s", args, p.said())
	}
	return p
}

// kill ends the process at once, as a power cut would, and waits until it is gone.
func (p *process) kill() {
	p.cmd.Process.Kill() //nolint:errcheck // it may have ended
	p.ends()
}

// end asks the process to end and waits.
func (p *process) end(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Error(err)
	}
	p.ends()
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("asked to end, it ended with %d: %s", code, p.said())
	}
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}
