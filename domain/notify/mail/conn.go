package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"daybreak/domain/notify"
)

// maxReplies is how much a server may say to one mail, in bytes.
const maxReplies = 64 << 10

// conn is a connection to the mail server, for one mail at a time.
type conn struct {
	raw    *bounded
	client *smtp.Client
	used   int         // mails that went through it
	idle   *time.Timer // ends it if nobody wants it
}

// bounded is a connection over which not too much is read.
type bounded struct {
	net.Conn
	left int
}

// Read implements net.Conn.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("the mail server says more than %d bytes", maxReplies)
	}
	n, err := b.Conn.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// dial opens a connection through which mails can be sent. It ends with ctx at the latest.
func (s *Sender) dial(ctx context.Context) (*conn, error) {
	raw, err := s.set.Dial(ctx, "tcp", s.set.Server.String())
	if err != nil {
		return nil, err
	}
	c := &conn{raw: &bounded{Conn: raw, left: maxReplies}}
	defer context.AfterFunc(ctx, c.cut)()
	if err := s.greet(c); err != nil {
		c.cut()
		return nil, err
	}
	return c, nil
}

// greet says who we are, over TLS where that can be had.
func (s *Sender) greet(c *conn) (err error) {
	to := s.set.Server
	// On this machine TLS keeps nobody out, and its certificate is one that nobody vouches
	// for; but a server may ask for it before it takes a password.
	config := &tls.Config{ServerName: to.host, RootCAs: s.set.Roots, MinVersion: tls.VersionTLS12, InsecureSkipVerify: to.local()}
	var first net.Conn = c.raw
	if to.tls {
		first = tls.Client(first, config)
	}
	if c.client, err = smtp.NewClient(first, to.host); err != nil {
		return err
	}
	if err := c.client.Hello(s.hello); err != nil {
		return err
	}
	if offered, _ := c.client.Extension("STARTTLS"); offered && !to.tls {
		if err := c.client.StartTLS(config); err != nil {
			return fmt.Errorf("TLS: %w", err)
		}
	}
	if to.password == "" {
		return nil
	}
	return s.login(c)
}

// mechanisms are the ways to log in, the best first.
var mechanisms = []struct {
	name string
	auth func(s Server) smtp.Auth
}{
	{"SCRAM-SHA-256", func(s Server) smtp.Auth { return smtp.ScramSHA256Auth(s.user, s.password) }},
	{"PLAIN", func(s Server) smtp.Auth { return smtp.PlainAuth("", s.user, s.password, s.host, s.local()) }},
	{"LOGIN", func(s Server) smtp.Auth { return smtp.LoginAuth(s.user, s.password, s.host, s.local()) }},
}

// login shows the password to a server that others cannot be in place of.
func (s *Sender) login(c *conn) error {
	if _, secure := c.client.TLSConnectionState(); !secure && !s.set.Server.local() {
		return errors.New("it offers no TLS, without which no password is shown to it")
	}
	_, offered := c.client.Extension("AUTH")
	for _, m := range mechanisms {
		if slices.Contains(strings.Fields(offered), m.name) {
			return c.client.Auth(m.auth(s.set.Server))
		}
	}
	return errors.New("it offers no way to log in that is known here")
}

// deliver hands a mail over. early: the connection failed before it came to this mail, so
// that another one may do. An error that holds a notify.Bounced is final.
func (c *conn) deliver(ctx context.Context, l letter) (early bool, err error) {
	defer context.AfterFunc(ctx, c.cut)()
	c.raw.left = maxReplies
	c.used++
	if utf8, _ := c.client.Extension("SMTPUTF8"); l.intl && !utf8 {
		return false, notify.Bounced{Cause: errors.New("the mail server takes no addresses with such letters")}
	}
	c.client.SkipSMTPUTF8(!l.intl) // a mail that says it needs it is refused where it is not known
	if err := c.client.Mail(l.from); err != nil {
		return true, err // of no mail in particular
	}
	if err := c.client.Rcpt(l.to); err != nil {
		return !replied(err), final(err)
	}
	w, err := c.client.Data()
	if err != nil {
		return !replied(err), final(err)
	}
	if _, err := w.Write(l.data); err != nil {
		return false, err // without the final dot it is no mail
	}
	return false, final(w.Close())
}

// reset makes the connection ready for another mail after one that ended with err, and
// reports whether that was possible.
func (c *conn) reset(ctx context.Context, err error) bool {
	defer context.AfterFunc(ctx, c.cut)()
	return replied(err) && c.client.Reset() == nil
}

// cut ends the connection at once, whoever uses it.
func (c *conn) cut() { c.raw.Close() }

// bye ends the connection without waiting for what the server says to it.
func (c *conn) bye() {
	c.raw.SetDeadline(time.Now().Add(time.Second))
	c.client.Text.Cmd("QUIT")
	c.client.Close()
}

// replied reports whether err is an answer of the server that leaves the connection open.
func replied(err error) bool {
	e, ok := errors.AsType[*textproto.Error](err)
	return ok && e.Code != closing
}

// closing is the reply of a server that ends the connection.
const closing = 421

// answered tells what the server said.
func answered(err *textproto.Error) error {
	return fmt.Errorf("the mail server answered %d %s", err.Code, err.Msg)
}

// final is err, as a notify.Bounced if the answer will always be the same. Those from 500
// to 549 other than a bad address are about the server and us, which can be repaired.
func final(err error) error {
	e, ok := errors.AsType[*textproto.Error](err)
	if ok && (e.Code == 501 || e.Code >= 550) {
		return notify.Bounced{Cause: answered(e)}
	}
	return err
}
