package main

import (
	"io"
	"net"
	"sync"
	"testing"
)

// proxy is a TCP proxy with an address of its own, which can be shut and led
// to another target.
type proxy struct {
	l  net.Listener
	wg sync.WaitGroup

	// still, while locked, lets nothing through and breaks nothing: a line that died.
	still sync.RWMutex

	mu     sync.Mutex
	target string // "" while shut
	conns  map[net.Conn]bool
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{l: l, target: target, conns: map[net.Conn]bool{}}
	p.wg.Go(p.serve)
	t.Cleanup(func() { l.Close(); p.lead(""); p.wg.Wait() })
	return p
}

func (p *proxy) addr() string { return p.l.Addr().String() }

// lead breaks every connection and leads new ones to target; without one it is shut.
func (p *proxy) lead(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
	for c := range p.conns {
		c.Close()
	}
	clear(p.conns)
}

func (p *proxy) serve() {
	for {
		c, err := p.l.Accept()
		if err != nil {
			return
		}
		p.mu.Lock()
		target := p.target
		p.mu.Unlock()
		up, err := net.Dial("tcp", target)
		if target == "" || err != nil {
			c.Close()
			continue
		}
		p.mu.Lock()
		if p.target != target { // shut meanwhile
			c.Close()
			up.Close()
		}
		p.conns[c], p.conns[up] = true, true
		p.mu.Unlock()
		p.wg.Go(func() { p.pass(c, up) })
		p.wg.Go(func() { p.pass(up, c) })
	}
}

func (p *proxy) pass(to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	io.Copy(halting{to, &p.still}, from) //nolint:errcheck // broken on purpose
}

// halting writes when it may.
type halting struct {
	to    io.Writer
	still *sync.RWMutex
}

// Write implements io.Writer.
func (h halting) Write(b []byte) (int, error) {
	h.still.RLock()
	defer h.still.RUnlock()
	return h.to.Write(b)
}
