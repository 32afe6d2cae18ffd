// Package mail sends messages by e-mail, over SMTP.
package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"daybreak/domain/notify"
)

const (
	maxConns = 4                // open at once
	maxUses  = 100              // mails through one connection; servers count them, too
	idleFor  = 20 * time.Second // before one nobody needs is closed
	longest  = time.Minute      // for a mail whose caller set no deadline
)

// Config is where mails are handed over and whose they are.
type Config struct {
	Server Server
	From   mail.Address // of ParseFrom
	// Roots vouch for the server's certificate; nil: those of the machine.
	Roots *x509.CertPool
	// Dial opens connections; nil: as the machine does.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Sender is a notify.Sender. A few connections serve all mails, one after the other.
type Sender struct {
	set   Config
	from  mail.Address
	hello string        // who we say we are
	slots chan struct{} // taken while a connection is in use

	mu     sync.Mutex
	idle   []*conn
	closed bool
}

// New returns a sender. It calls nobody.
func New(set Config) *Sender {
	if set.Dial == nil {
		set.Dial = (&net.Dialer{}).DialContext
	}
	s := &Sender{set: set, from: set.From, slots: make(chan struct{}, maxConns)}
	s.from.Name = line(s.from.Name, maxName)
	s.hello = hostOf(s.from)
	if name, err := os.Hostname(); err == nil && strings.Contains(name, ".") && isAtom(strings.ReplaceAll(name, ".", "-")) {
		s.hello = name // servers want a name with a domain
	}
	return s
}

// Close ends the connections that are not in use, and those in use after their mail.
func (s *Sender) Close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.forget()
}

// Send implements notify.Sender. A mail that the server has taken without our hearing of
// it is sent again later, with the same Message-ID.
func (s *Sender) Send(ctx context.Context, m notify.Message) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	l, err := s.compose(m, time.Now())
	if err != nil {
		return notify.Bounced{Cause: err}
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
		return fmt.Errorf("no connection to the mail server is free: %w", ctx.Err())
	}
	return told(ctx, s.hand(ctx, l))
}

// hand hands a mail over, through a new connection if the one that was kept is no more
// good.
func (s *Sender) hand(ctx context.Context, l letter) error {
	if c := s.take(); c != nil {
		early, err := c.deliver(ctx, l)
		if !early {
			s.put(ctx, c, err)
			return err
		}
		c.cut()
		s.forget() // the others are as old
	}
	c, err := s.dial(ctx)
	if err != nil {
		return err
	}
	early, err := c.deliver(ctx, l)
	if early {
		c.cut()
	} else {
		s.put(ctx, c, err)
	}
	return err
}

// take returns a connection that is open, nil if there is none.
func (s *Sender) take() *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.idle) > 0 {
		c := s.idle[len(s.idle)-1]
		s.idle = s.idle[:len(s.idle)-1]
		if c.idle.Stop() { // or its time is over at this moment
			return c
		}
	}
	return nil
}

// put keeps a connection for the next mail, if it is good for one after a mail that ended
// with err.
func (s *Sender) put(ctx context.Context, c *conn, err error) {
	if err != nil && !c.reset(ctx, err) {
		c.cut()
	} else if c.used >= maxUses || !s.keep(c) {
		c.bye()
	}
}

// keep reports whether c was kept.
func (s *Sender) keep(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	c.idle = time.AfterFunc(idleFor, func() { s.drop(c) })
	s.idle = append(s.idle, c)
	return true
}

// drop ends a connection that nobody has wanted for a while.
func (s *Sender) drop(c *conn) {
	s.mu.Lock()
	s.idle = slices.DeleteFunc(s.idle, func(is *conn) bool { return is == c })
	s.mu.Unlock()
	c.bye()
}

// forget ends the connections that are not in use.
func (s *Sender) forget() {
	s.mu.Lock()
	idle := s.idle
	s.idle = nil
	s.mu.Unlock()
	for _, c := range idle {
		if c.idle.Stop() {
			c.bye()
		}
	}
}

// told is what the staff are told of err. What the server said counts, also if it came
// late; after the deadline all else is only a consequence of it.
func told(ctx context.Context, err error) error {
	if _, bounced := errors.AsType[notify.Bounced](err); err == nil || bounced {
		return err
	}
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return answered(e)
	}
	if ctx.Err() != nil {
		return fmt.Errorf("the mail server did not answer in time: %w", ctx.Err())
	}
	return fmt.Errorf("the mail server cannot be used: %w", err)
}
