package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"daybreak/domain"
	"daybreak/domain/accounts"
	"daybreak/domain/notify"
	"daybreak/views"
)

// postOffice is a mail server that greylists: whoever writes to somebody is asked to come
// again three times.
type postOffice struct {
	*smtp.Server
	addr  string
	mu    sync.Mutex
	tries map[string]int
	mails []string // to and Message-ID
}

func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{tries: map[string]int{}}
	p.Server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &letter{postOffice: p}, nil }))
	p.Domain, p.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.addr = l.Addr().String()
	done := make(chan error, 1)
	go func() { done <- p.Serve(l) }()
	t.Cleanup(func() { p.Close(); l.Close(); <-done })
	return p
}

func (p *postOffice) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.mails)
}

type letter struct {
	*postOffice
	to string
}

func (l *letter) Reset()                               {}
func (l *letter) Logout() error                        { return nil }
func (l *letter) Mail(string, *smtp.MailOptions) error { return nil }
func (l *letter) Rcpt(to string, _ *smtp.RcptOptions) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.to = to
	if l.tries[to]++; l.tries[to] <= 3 {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "come again"}
	}
	return nil
}

func (l *letter) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mails = append(l.mails, l.to+" "+m.Header.Get("Message-ID"))
	return nil
}

// Mails that are not taken at once arrive later, once; a chat hears at the same time, and
// a mail stands in for one that is gone.
func TestChannels(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t)
	var mu sync.Mutex
	var heard []string
	chat := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		} else if err == nil && r.Header.Get("Daybreak-Signature") != "" {
			heard = append(heard, string(b))
		}
	}))
	t.Cleanup(chat.Close)

	s := bareSite(t, onSQLite)
	s.env["SMTP_URL"], s.env["MAIL_FROM"], s.env["SMTP_RETRY"] = "smtp://"+office.addr, "새벽 <shop@example.com>", "10ms"
	s.env["CHAT_HOSTS"] = strings.TrimPrefix(chat.URL, "http://")
	for _, roles := range s.roles() {
		s.up(roles)
	}
	settings := notify.New(s.db, notify.Settings{Directory: directory{accounts.New(s.db)}, Renderer: views.Mail{Base: func() string { return s.base }},
		Inside: notify.Hosts{s.env["CHAT_HOSTS"]}})
	for who, path := range map[*caller]string{s.customer: "/here", s.packer: "/gone"} {
		_, err := settings.SetPreferences(t.Context(), domain.Actor{ID: who.id, Role: domain.Customer}, notify.Preferences{ChatURL: chat.URL + path})
		if err != nil {
			t.Fatal(err)
		}
	}
	const n = 5
	bread := s.product(t, 100)
	for range n {
		s.customer.order(t, bread, 1)
	}
	of := func(who *caller) (out []string) {
		for _, m := range office.got() {
			if to, id, _ := strings.Cut(m, " "); to == who.email {
				out = append(out, id)
			}
		}
		return out
	}
	eventually(t, "the customer has a mail of each order", func() bool { return len(of(s.customer)) >= n })
	eventually(t, "the packer has mails instead of chats", func() bool { return len(of(s.packer)) >= 1 })
	eventually(t, "the chat has heard of each order", func() bool { mu.Lock(); defer mu.Unlock(); return len(heard) >= n })
	for _, who := range []*caller{s.customer, s.packer} {
		ids := of(who)
		slices.Sort(ids)
		if len(slices.Compact(slices.Clone(ids))) != len(ids) || !strings.HasSuffix(ids[0], "@example.com>") {
			t.Errorf("%s got %q", who.email, ids)
		}
	}
	if len(of(s.customer)) != n || len(heard) != n || !strings.Contains(heard[0], `"kind":"order"`) {
		t.Errorf("%d mails, and the chat heard %q", len(of(s.customer)), heard)
	}
	s.sound(t)
}
