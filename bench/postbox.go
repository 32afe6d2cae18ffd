package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/emersion/go-smtp"
)

// postbox is a mail server on a loopback port that counts what it takes.
type postbox struct {
	server *smtp.Server
	addr   string
	taken  atomic.Int64
	mu     sync.Mutex
	times  map[string]int // mails by Message-ID
	ended  chan error
}

func newPostbox() (*postbox, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &postbox{addr: l.Addr().String(), times: map[string]int{}, ended: make(chan error, 1)}
	p.server = smtp.NewServer(p)
	p.server.Domain = "bench.example"
	p.server.MaxMessageBytes = 1 << 20
	p.server.ErrorLog = log.New(io.Discard, "", 0) // who mails is killed, and that cuts connections
	go func() { p.ended <- p.server.Serve(l) }()
	return p, nil
}

// close ends it: whoever mails is refused the connection.
func (p *postbox) close() error {
	err := p.server.Close()
	if errors.Is(err, smtp.ErrServerClosed) { // before
		err = nil
	}
	if e := <-p.ended; !errors.Is(e, smtp.ErrServerClosed) && !errors.Is(e, net.ErrClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// NewSession implements smtp.Backend.
func (p *postbox) NewSession(*smtp.Conn) (smtp.Session, error) { return letter{p}, nil }

// letter is one connection to a postbox.
type letter struct{ p *postbox }

// Mail implements smtp.Session.
func (letter) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt implements smtp.Session.
func (letter) Rcpt(string, *smtp.RcptOptions) error { return nil }

// Reset implements smtp.Session.
func (letter) Reset() {}

// Logout implements smtp.Session.
func (letter) Logout() error { return nil }

// Data implements smtp.Session.
func (l letter) Data(r io.Reader) error {
	id := ""
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && id == "" && strings.EqualFold(name, "Message-ID") {
			id = strings.Trim(value, " <>")
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	if id == "" {
		return fmt.Errorf("a mail without Message-ID")
	}
	l.p.mu.Lock()
	l.p.times[id]++
	l.p.mu.Unlock()
	l.p.taken.Add(1)
	return nil
}

// again counts the mails that came more than once, each time after the first.
func (p *postbox) again() (different, more int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, n := range p.times {
		more += n - 1
	}
	return len(p.times), more
}
