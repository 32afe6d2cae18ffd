package mail_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"daybreak/domain/notify"
	mailer "daybreak/domain/notify/mail"
)

func refusal(code int) *smtp.SMTPError {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "because"}
}

func bounced(err error) bool {
	_, ok := errors.AsType[notify.Bounced](err)
	return ok
}

// Greylisting: who asks again later is let in.
func TestGreylisting(t *testing.T) {
	t.Parallel()
	tries := 0
	srv := serve(t, func(s *server) {
		s.onRcpt = func(string) error {
			if tries++; tries <= 3 {
				return refusal(451)
			}
			return nil
		}
	})
	s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
	for i := range 4 {
		err := s.Send(t.Context(), message(nil))
		if (err == nil) != (i == 3) || bounced(err) || i < 3 && !strings.Contains(err.Error(), "451 4.1.1 because") {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if n := len(srv.got()); n != 1 || srv.connections() != 1 {
		t.Errorf("%d mails over %d connections", n, srv.connections())
	}
}

// What the server says decides whether a mail is sent again.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"rcpt", "data"} {
		for code, final := range map[int]bool{421: false, 450: false, 451: false, 452: false, 550: true, 551: true, 552: true, 553: true,
			554: true, 501: true, 503: false, 530: false} {
			t.Run(fmt.Sprint(at, code), func(t *testing.T) {
				t.Parallel()
				refuse := true
				srv := serve(t, func(s *server) {
					s.onRcpt = func(string) error {
						if at == "rcpt" && refuse {
							return refusal(code)
						}
						return nil
					}
					s.onData = func(int) error {
						if at == "data" && refuse {
							return refusal(code)
						}
						return nil
					}
				})
				s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
				err := s.Send(t.Context(), message(nil))
				if err == nil || bounced(err) != final || !strings.Contains(err.Error(), fmt.Sprint(code)) || !strings.Contains(err.Error(), "because") {
					t.Errorf("%v, bounced %t", err, bounced(err))
				}
				refuse = false
				if err := s.Send(t.Context(), message(nil)); err != nil {
					t.Errorf("the mail after it: %v", err)
				}
			})
		}
	}
}

// What is wrong with the server, or between it and us, is nobody's bounce.
func TestTroubleWithTheServer(t *testing.T) {
	t.Parallel()
	hello := func(line string) string {
		if strings.HasPrefix(line, "EHLO") {
			return "250-" + host + "\r\n250 PIPELINING\r\n"
		}
		return "250 ok\r\n"
	}
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone.Close()
	for name, addr := range map[string]string{
		"nobody there":       gone.Addr().String(),
		"refuses us":         talk(t, "554 go away\r\n", hello),
		"no mail server":     talk(t, "HTTP/1.1 400 Bad Request\r\n\r\n", hello),
		"too busy":           talk(t, "421 later\r\n", hello),
		"an endless reply":   talk(t, strings.Repeat("220-so much to say ", 1<<13)+"\r\n", hello),
		"no sender":          talk(t, "220 hi\r\n", func(l string) string { return strings.ReplaceAll(hello(l), "250 ok", "550 not you") }),
		"a strange answer":   talk(t, "220 hi\r\n", func(string) string { return "what?\r\n" }),
		"EHLO is not known":  talk(t, "220 hi\r\n", func(string) string { return "502 no\r\n" }),
		"DATA comes too big": talk(t, "220 hi\r\n", func(l string) string { return strings.ReplaceAll(hello(l), "ok", strings.Repeat("ok", 1<<16)) }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sender(t, addr, "smtp://"+host, mailer.Config{})
			if err := s.Send(t.Context(), message(nil)); err == nil || bounced(err) || !strings.HasPrefix(err.Error(), "the mail server") {
				t.Errorf("%v", err)
			}
		})
	}
}

// A server that takes a mail and hangs instead of saying so: the mail is sent again, and
// whoever gets it twice can tell.
func TestHangAfterTheDot(t *testing.T) {
	t.Parallel()
	taken, release := make(chan struct{}), make(chan struct{})
	srv := serve(t, func(s *server) {
		s.onData = func(n int) error {
			if n == 1 {
				close(taken)
				<-release
			}
			return nil
		}
	})
	defer close(release)
	s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-taken; cancel() }()
	if err := s.Send(ctx, message(nil)); !errors.Is(err, context.Canceled) || bounced(err) {
		t.Fatalf("%v", err)
	}
	if err := s.Send(t.Context(), message(nil)); err != nil {
		t.Fatal(err)
	}
	mails := srv.got()
	if len(mails) != 2 {
		t.Fatalf("%d mails", len(mails))
	}
	for _, m := range mails {
		if id := parse(t, m).Header.Get("Message-ID"); id != "<01K0ABCDEFGHJKMNPQRSTVWXYZ@example.com>" {
			t.Errorf("Message-ID %s", id)
		}
	}
}

// However far it comes, a server that stops talking holds nobody longer than the ctx.
func TestHangs(t *testing.T) {
	t.Parallel()
	for _, stop := range []string{"", "EHLO", "MAIL", "RCPT", "DATA", ".", "STARTTLS", "AUTH"} {
		t.Run(stop, func(t *testing.T) {
			t.Parallel()
			reached := make(chan struct{})
			var once sync.Once
			greeting := "220 hi\r\n"
			if stop == "" {
				greeting = ""
				once.Do(func() { close(reached) })
			}
			inData, url := false, "smtp://"+host
			if stop == "AUTH" {
				url = "smtp://" + user + ":" + password + "@localhost"
			}
			addr := talk(t, greeting, func(line string) string {
				verb, _, _ := strings.Cut(line, " ")
				switch {
				case verb == stop && stop != "":
					once.Do(func() { close(reached) })
					return ""
				case inData:
					return ""
				case verb == "DATA":
					inData = true
					return "354 go on\r\n"
				case verb == "EHLO" && stop == "STARTTLS":
					return "250-hi\r\n250 STARTTLS\r\n"
				case verb == "EHLO":
					return "250-hi\r\n250 AUTH PLAIN\r\n"
				}
				return "250 ok\r\n"
			})
			s := sender(t, addr, url, mailer.Config{})
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-reached; cancel() }()
			if err := s.Send(ctx, message(nil)); !errors.Is(err, context.Canceled) || bounced(err) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A few connections carry all mails, and each carries many.
func TestBurst(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
	const n = 300
	var wg sync.WaitGroup
	work := make(chan int)
	for range 8 {
		wg.Go(func() {
			for i := range work {
				if err := s.Send(t.Context(), message(func(m *notify.Message) { m.ID = fmt.Sprint("01K0-", i) })); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for i := range n {
		work <- i
	}
	close(work)
	wg.Wait()
	ids := map[string]bool{}
	for _, m := range srv.got() {
		ids[parse(t, m).Header.Get("Message-ID")] = true
	}
	if len(ids) != n || srv.connections() < 3 || srv.connections() > 8 {
		t.Errorf("%d mails over %d connections", len(ids), srv.connections())
	}
}

// A connection that the server has closed in the meantime costs no mail and no try.
func TestStaleConnection(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
	if err := s.Send(t.Context(), message(nil)); err != nil {
		t.Fatal(err)
	}
	srv.hangUp()
	if err := s.Send(t.Context(), message(nil)); err != nil || len(srv.got()) != 2 || srv.connections() != 2 {
		t.Errorf("%v, %d mails, %d connections", err, len(srv.got()), srv.connections())
	}
}

// Who waits for a connection waits no longer than the ctx, and closing is no hindrance.
func TestNoFreeConnection(t *testing.T) {
	t.Parallel()
	release, busy := make(chan struct{}), make(chan struct{}, 4)
	srv := serve(t, func(s *server) { s.onData = func(int) error { busy <- struct{}{}; <-release; return nil } })
	s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := s.Send(t.Context(), message(nil)); err != nil {
				t.Error(err)
			}
		})
	}
	for range 4 {
		<-busy
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Send(ctx, message(nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	s.Close()
	close(release)
	wg.Wait()
	if n := len(srv.got()); n != 4 {
		t.Errorf("%d mails", n)
	}
}

func parse(t *testing.T, b []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(string(b)))
	if err != nil {
		t.Fatalf("%v:\n%s", err, b)
	}
	return m
}
