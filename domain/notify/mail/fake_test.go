package mail_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"

	"daybreak/domain/notify"
	"daybreak/domain/notify/mail"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const host, user, password = "smtp.example.com", "shop", "hush-hush"

// server is a mail server that takes what it is told to take.
type server struct {
	*smtp.Server
	addr  string
	smtps *tls.Config // it speaks TLS from the first byte on

	mu     sync.Mutex
	mails  [][]byte // as they came
	rcpts  []string
	conns  []*smtp.Conn
	logins []string // of those who logged in
	wants  bool     // a login

	onMail, onRcpt func(of string) error
	onData         func(n int) error // the mail's number; it has been stored by then
}

// serve starts a server, which setup may change before.
func serve(t *testing.T, setup func(s *server)) *server {
	t.Helper()
	s := &server{}
	s.Server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns = append(s.conns, c)
		return &session{server: s}, nil
	}))
	s.Domain, s.ErrorLog = host, log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	if setup != nil {
		setup(s)
	}
	if s.smtps != nil {
		l = tls.NewListener(l, s.smtps)
	}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		l.Close() // which it may not have heard of yet
		<-done
	})
	return s
}

// got returns the mails that came.
func (s *server) got() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.mails...)
}

func (s *server) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

type session struct {
	*server
	in bool
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.wants && !s.in {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "log in first"}
	}
	if s.onMail != nil {
		return s.onMail(from)
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	s.rcpts = append(s.rcpts, to)
	s.mu.Unlock()
	if s.onRcpt != nil {
		return s.onRcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.mails = append(s.mails, b)
	n := len(s.mails)
	s.mu.Unlock()
	if s.onData != nil {
		return s.onData(n)
	}
	return nil
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(mech string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, pass string) error {
		if name != user || pass != password {
			return errors.New("who?")
		}
		s.mu.Lock()
		s.logins = append(s.logins, name)
		s.mu.Unlock()
		s.in = true
		return nil
	}), nil
}

// certificate returns one for the host, and who vouches for it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, pool
}

// sender sends to the server at addr, which is believed to be the one in the URL.
func sender(t *testing.T, addr, url string, set mail.Config) *mail.Sender {
	t.Helper()
	var err error
	if set.Server, err = mail.ParseServer(url); err != nil {
		t.Fatal(err)
	}
	if set.From, err = mail.ParseFrom("새벽 상점 <shop@example.com>"); err != nil {
		t.Fatal(err)
	}
	set.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, addr)
	}
	s := mail.New(set)
	t.Cleanup(s.Close)
	return s
}

// message is one that can be sent; change may make it another.
func message(change func(m *notify.Message)) notify.Message {
	m := notify.Message{ID: "01K0ABCDEFGHJKMNPQRSTVWXYZ", Kind: notify.KindOrder, To: "jiho@example.com", Name: "김지호", Lang: "ko",
		Subject: "주문 2026-000123이 접수되었습니다", Text: "안녕하세요.\n\n주문을 접수했습니다.\n", URL: "https://shop.example.com/orders/1",
		Unsubscribe: "https://shop.example.com/unsubscribe/abc.DEF-_1"}
	if change != nil {
		change(&m)
	}
	return m
}

// talk is a server that says what lines it is given, one after the other, each when a
// line has come.
func talk(t *testing.T, greeting string, answer func(line string) string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var conns []net.Conn
	var mu sync.Mutex
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			wg.Go(func() {
				io.WriteString(c, greeting)
				var in []byte
				for b := make([]byte, 4096); ; {
					n, err := c.Read(b)
					if err != nil {
						return
					}
					in = append(in, b[:n]...)
					for i := bytes.IndexByte(in, '\n'); i >= 0; i = bytes.IndexByte(in, '\n') {
						line := string(bytes.TrimSpace(in[:i]))
						in = in[i+1:]
						io.WriteString(c, answer(line))
					}
				}
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return l.Addr().String()
}

// hangUp ends the connections there are.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
}
