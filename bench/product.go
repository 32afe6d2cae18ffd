package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"
)

// product is the program under test, as a process of its own.
type product struct {
	bin, command string
	addr         string
	place        *place
	env          []string

	cmd   *exec.Cmd
	said  *tail
	ended chan error
}

// tail keeps the end of what a process says.
type tail struct {
	mu sync.Mutex
	b  []byte
}

const tailSize = 32 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.b = append(t.b, b...)
	if len(t.b) > 2*tailSize {
		t.b = append(t.b[:0], t.b[len(t.b)-tailSize:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.b)
}

// build returns a new binary of the product in dir. The go command keeps what it
// compiled, so that only changes cost time.
func build(ctx context.Context, dir string, flags ...string) (string, error) {
	root, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return "", fmt.Errorf("run bench inside the module, or give -bin: %w", err)
	}
	bin := filepath.Join(dir, "daybreak")
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-o", bin}, flags...), ".")...)
	cmd.Dir = strings.TrimSpace(string(root))
	cmd.Env = append([]string{"CGO_ENABLED=0"}, os.Environ()...) // unless told otherwise
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return bin, nil
}

// freePort returns a loopback address nobody listens at.
func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func newProduct(bin string, p *place, o options) (*product, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	env := []string{"ADDR=" + addr, "DATABASE_URL=" + p.db, "LOG_LEVEL=warn", "COMMIT_DELAY=" + o.slow.String()}
	if p.amqp != "" {
		env = append(env, "AMQP_URL="+p.amqp, "AMQP_PREFIX="+p.prefix)
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GODEBUG"} {
		if v, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+v)
		}
	}
	return &product{bin: bin, command: "serve", addr: addr, place: p, env: env}, nil
}

func (p *product) url() string { return "http://" + p.addr }

func (p *product) pid() int { return p.cmd.Process.Pid }

// launch starts the process and does not wait for it to answer.
func (p *product) launch() error {
	bin, err := filepath.Abs(p.bin)
	if err != nil {
		return err
	}
	cmd := exec.Command(bin, p.command)
	p.said, p.ended = new(tail), make(chan error, 1)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = p.place.dir, p.env, p.said, p.said
	if err := cmd.Start(); err != nil {
		return err
	}
	p.cmd = cmd
	go func(cmd *exec.Cmd, ended chan error) { ended <- cmd.Wait() }(p.cmd, p.ended)
	return nil
}

// startsWithin is how long a start may take: that of a large database too.
const startsWithin = 60 * time.Second

// start starts the process and waits until it is ready.
func (p *product) start(ctx context.Context) error {
	if err := p.launch(); err != nil {
		return err
	}
	return p.await(ctx, "/healthz/ready", 2*time.Millisecond)
}

// await asks for path until it is answered with 200.
func (p *product) await(ctx context.Context, path string, every time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, startsWithin)
	defer cancel()
	c := client{addr: p.addr}
	defer c.hangUp()
	req := request(nil, "GET", path, "", nil)
	for {
		if res, err := c.do(ctx, req); err == nil && res.status == http.StatusOK {
			return nil
		}
		select {
		case err := <-p.ended:
			p.ended <- err
			return fmt.Errorf("the product ended: %v\n%s", err, p.said)
		default:
		}
		if !sleep(ctx, every) {
			return fmt.Errorf("the product did not answer %s: %w\n%s", path, ctx.Err(), p.said)
		}
	}
}

// stop asks the process to end, and makes it.
func (p *product) stop() error {
	if p.cmd == nil {
		return nil
	}
	p.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may have ended
	select {
	case err := <-p.ended:
		p.cmd = nil
		return err
	case <-time.After(30 * time.Second):
		p.kill()
		return errors.New("the product did not end when asked to")
	}
}

// kill ends the process at once, as a power cut would.
func (p *product) kill() {
	if p.cmd == nil {
		return
	}
	p.cmd.Process.Kill() //nolint:errcheck // it may have ended
	<-p.ended
	p.cmd = nil
}

var setupLink = regexp.MustCompile(`/setup\?token=(\S+)\n`)

// setupToken is the secret of the link that makes the first admin. The product says
// it before it is ready, but what it says may arrive here a little later.
func (p *product) setupToken(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, startsWithin)
	defer cancel()
	for {
		if m := setupLink.FindStringSubmatch(p.said.String()); m != nil {
			return m[1], nil
		}
		if !sleep(ctx, time.Millisecond) {
			return "", fmt.Errorf("the product printed no link for the first admin:\n%s", p.said)
		}
	}
}
