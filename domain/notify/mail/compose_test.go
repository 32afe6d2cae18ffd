package mail_test

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain/notify"
	mailer "daybreak/domain/notify/mail"
)

// received sends m and returns what came, read as a reader's program does.
func received(t *testing.T, m notify.Message) (raw []byte, h mail.Header, bodies map[string]string) {
	t.Helper()
	srv := serve(t, nil)
	if err := sender(t, srv.addr, "smtp://"+host, mailer.Config{}).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	raw = srv.got()[0]
	h, bodies = read(t, raw)
	return raw, h, bodies
}

// fataler is a test, or one of many tries of a test.
type fataler interface {
	Context() context.Context
	Helper()
	Fatal(...any)
}

func read(t fataler, raw []byte) (mail.Header, map[string]string) {
	t.Helper()
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	part := func(h textproto.MIMEHeader, r io.Reader) {
		kind, params, err := mime.ParseMediaType(h.Get("Content-Type"))
		if err != nil || !strings.EqualFold(params["charset"], "utf-8") {
			t.Fatal(h, err)
		}
		if h.Get("Content-Transfer-Encoding") == "quoted-printable" {
			r = quotedprintable.NewReader(r)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		bodies[kind] = strings.ReplaceAll(string(b), "\r\n", "\n")
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if kind != "multipart/alternative" {
		part(textproto.MIMEHeader(msg.Header), msg.Body)
		return msg.Header, bodies
	}
	mr := multipart.NewReader(msg.Body, params["boundary"])
	for p, err := mr.NextRawPart(); ; p, err = mr.NextRawPart() {
		if err == io.EOF {
			return msg.Header, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		part(p.Header, p)
	}
}

func decoded(t fataler, s string) string {
	t.Helper()
	out, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMail(t *testing.T) {
	t.Parallel()
	m := message(func(m *notify.Message) { m.HTML = "<p>주문을 <b>접수</b>했습니다.</p>" })
	_, h, bodies := received(t, m)
	for name, want := range map[string]string{
		"Message-ID": "<01K0ABCDEFGHJKMNPQRSTVWXYZ@example.com>", "Auto-Submitted": "auto-generated", "Content-Language": "ko",
		"List-Unsubscribe": "<" + m.Unsubscribe + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "MIME-Version": "1.0",
		"X-Mailer": "", "User-Agent": "", "Bcc": "",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := decoded(t, h.Get("Subject")); got != m.Subject {
		t.Errorf("subject %q", got)
	}
	from, err := h.AddressList("From")
	if err != nil || len(from) != 1 || *from[0] != (mail.Address{Name: "새벽 상점", Address: "shop@example.com"}) {
		t.Errorf("from %v %v", from, err)
	}
	to, err := h.AddressList("To")
	if err != nil || len(to) != 1 || *to[0] != (mail.Address{Name: m.Name, Address: m.To}) {
		t.Errorf("to %v %v", to, err)
	}
	if at, err := h.Date(); err != nil || time.Since(at) > time.Minute || time.Since(at) < -time.Minute {
		t.Errorf("date %s %v", at, err)
	}
	if bodies["text/plain"] != m.Text || bodies["text/html"] != m.HTML {
		t.Errorf("%q", bodies)
	}
}

// Without what is optional there is nothing in its place.
func TestPlainMail(t *testing.T) {
	t.Parallel()
	_, h, bodies := received(t, message(func(m *notify.Message) { m.HTML, m.Unsubscribe, m.Name, m.Lang = "", "", "", "" }))
	for _, name := range []string{"List-Unsubscribe", "List-Unsubscribe-Post", "Content-Language"} {
		if v, ok := h[name]; ok {
			t.Errorf("%s: %q", name, v)
		}
	}
	if len(bodies) != 1 || h.Get("To") != "<jiho@example.com>" {
		t.Errorf("%q to %s", bodies, h.Get("To"))
	}
}

// What people typed stays text, wherever it stands.
func TestInjection(t *testing.T) {
	t.Parallel()
	known := []string{"Auto-Submitted", "Content-Language", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "List-Unsubscribe",
		"List-Unsubscribe-Post", "Message-Id", "Mime-Version", "Subject", "To"}
	for name, evil := range map[string]string{
		"CRLF":             "Kim\r\nBcc: a@evil.example\r\n\r\nhello",
		"LF":               "Kim\nBcc: a@evil.example",
		"CR":               "Kim\rBcc: a@evil.example",
		"NUL":              "Kim\x00\r\n.\r\nMAIL FROM:<x@evil.example>",
		"a line separator": "Kim\u2028Bcc: a@evil.example",
		"another address":  `Kim" <a@evil.example>, "x`,
		"an encoded word":  "=?utf-8?q?Kim=0D=0ABcc:_a@evil.example?=",
		"backslashes":      `Kim\`,
		"bytes":            "Kim\xff\xfe",
		"long":             strings.Repeat("김", 10_000),
		"long ASCII":       strings.Repeat("x", 10_000),
		"words":            strings.Repeat("word ", 2_000),
		"a dot":            "Kim\r\n.\r\nQUIT",
		"emoji":            "👨‍👩‍👧 가족",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw, h, _ := received(t, message(func(m *notify.Message) {
				m.Name, m.Subject, m.Lang, m.Unsubscribe = evil, evil, evil, "https://x.example/"+evil
			}))
			for field := range h {
				if !slices.Contains(known, field) {
					t.Errorf("there is a %s", field)
				}
			}
			if to, err := h.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != "jiho@example.com" {
				t.Errorf("to %v %v", to, err)
			}
			for _, s := range []string{decoded(t, h.Get("Subject")), h.Get("List-Unsubscribe")} {
				if strings.ContainsAny(s, "\r\n\x00\u2028") {
					t.Errorf("%q", s)
				}
			}
			shortLines(t, raw)
		})
	}
}

func shortLines(t fataler, raw []byte) {
	t.Helper()
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n") {
			t.Fatal("a line has", len(line), "bytes")
		}
	}
}

// A mail goes to one address, and to none that is more than that.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"jiho@example.com":             "jiho@example.com",
		"Kim <jiho@example.com>":       "jiho@example.com",
		`"a b"@example.com`:            `a b@example.com`,
		"jiho@한국.kr":                   "jiho@xn--3e0b707e.kr",
		"":                             "",
		"jiho":                         "",
		"a@b@c":                        "",
		"a@":                           "",
		"@b":                           "",
		"a@example.com, b@example.com": "",
		"a@example.com>\r\nRCPT TO:<b@example.com": "",
		"\"a\r\nRCPT TO:<x>\"@example.com":         "",
		"\"a\\\r\\\nb\"@example.com":               "",
		"a@example.com\x00":                        "",
		"지호@example.com":                           "", // a server without SMTPUTF8
	} {
		t.Run(to, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, nil)
			err := sender(t, srv.addr, "smtp://"+host, mailer.Config{}).Send(t.Context(), message(func(m *notify.Message) { m.To = to }))
			if (err == nil) != (want != "") || err != nil && !bounced(err) {
				t.Fatalf("%v", err)
			}
			if want != "" && !slices.Equal(srv.rcpts, []string{want}) || want == "" && len(srv.rcpts) > 0 {
				t.Errorf("it went to %q", srv.rcpts)
			}
		})
	}
}

// Letters of other languages go where they are understood.
func TestAddressInKorean(t *testing.T) {
	t.Parallel()
	srv := serve(t, func(s *server) { s.EnableSMTPUTF8 = true })
	if err := sender(t, srv.addr, "smtp://"+host, mailer.Config{}).Send(t.Context(), message(func(m *notify.Message) { m.To = "지호@example.com" })); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(srv.rcpts, []string{"지호@example.com"}) {
		t.Errorf("it went to %q", srv.rcpts)
	}
}

// A message without an ID that can be one is never sent: nobody could tell it from another.
func TestIDs(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
	for _, id := range []string{"", "a b", "a>\r\nBcc: x@y.example", "a@b", strings.Repeat("x", 1000)} {
		if err := s.Send(t.Context(), message(func(m *notify.Message) { m.ID = id })); !bounced(err) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if srv.connections() != 0 {
		t.Error("the server was called for nothing")
	}
}

// Whatever the text is, it arrives as it was, in lines that every server takes.
func TestBodies(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	s := sender(t, srv.addr, "smtp://"+host, mailer.Config{})
	check := func(t fataler, in string) {
		t.Helper()
		if err := s.Send(t.Context(), message(func(m *notify.Message) { m.Text, m.HTML = in, "<p>"+in+"</p>" })); err != nil {
			t.Fatal(err)
		}
		mails := srv.got()
		raw := mails[len(mails)-1]
		_, bodies := read(t, raw)
		shortLines(t, raw)
		if bodies["text/plain"] != in || bodies["text/html"] != "<p>"+in+"</p>" {
			t.Fatal("got ", bodies, " for ", in)
		}
	}
	for _, in := range []string{"", ".", ".\n", "a\n.\nb\n", "..\n.\n", "From me\n", "=2E\n=\n", strings.Repeat("x", 5000) + "\n",
		strings.Repeat("가", 3000), "끝 \n\t\n", "--boundary--\n", "a\n\n\n.\n\nQUIT\n"} {
		check(t, in)
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.StringOf(rapid.RuneFrom([]rune(".\n =a한=-\t👍<>&"))).Draw(t, "text"))
	})
}
