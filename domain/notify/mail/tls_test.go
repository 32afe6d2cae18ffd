package mail_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"daybreak/domain/notify/mail"
)

// A password is shown to a server that is who it should be, and to nobody else.
func TestLogin(t *testing.T) {
	t.Parallel()
	config, pool := certificate(t)
	const login = user + ":" + password + "@"
	for name, test := range map[string]struct {
		setup func(s *server)
		url   string
		bare  bool   // nobody vouches for the server
		err   string // "": it is sent
		in    bool
	}{
		"STARTTLS":              {func(s *server) { s.TLSConfig = config }, "smtp://" + login + host, false, "", true},
		"STARTTLS, no password": {func(s *server) { s.TLSConfig = config; s.wants = false }, "smtp://" + host, false, "", false},
		"smtps":                 {func(s *server) { s.smtps = config }, "smtps://" + login + host, false, "", true},
		"plain":                 {func(s *server) { s.wants = false }, "smtp://" + host, false, "", false},
		"no TLS":                {func(s *server) { s.AllowInsecureAuth = true }, "smtp://" + login + host, false, "offers no TLS", false},
		"this machine":          {func(s *server) { s.AllowInsecureAuth = true }, "smtp://" + login + "localhost", false, "", true},
		"this machine, by TLS":  {func(s *server) { s.TLSConfig = config }, "smtp://" + login + "127.0.0.1", true, "", true},
		"not the host":          {func(s *server) { s.TLSConfig = config }, "smtp://" + login + "mail.example.org", false, "certificate is valid for " + host, false},
		"nobody vouches":        {func(s *server) { s.TLSConfig = config }, "smtp://" + login + host, true, "unknown authority", false},
		"smtps, nobody vouches": {func(s *server) { s.smtps = config }, "smtps://" + login + host, true, "unknown authority", false},
		"smtps, but plain":      {nil, "smtps://" + login + host, false, "the mail server", false},
		"wrong password":        {func(s *server) { s.TLSConfig = config }, "smtp://" + user + ":guess-me@" + host, false, "who?", false},
		"no password":           {func(s *server) { s.TLSConfig = config }, "smtp://" + host, false, "530", false},
		"no login offered":      {func(s *server) {}, "smtp://" + login + "localhost", false, "no way to log in", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := serve(t, func(s *server) {
				s.wants = true
				if test.setup != nil {
					test.setup(s)
				}
			})
			set := mail.Config{Roots: pool}
			if test.bare {
				set.Roots = nil
			}
			err := sender(t, srv.addr, test.url, set).Send(t.Context(), message(nil))
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) || bounced(err) {
				t.Errorf("%v", err)
			}
			if err != nil && (strings.Contains(err.Error(), password) || strings.Contains(err.Error(), "guess-me")) {
				t.Errorf("the password is in %v", err)
			}
			if (len(srv.logins) > 0) != test.in || (len(srv.got()) == 1) != (test.err == "") {
				t.Errorf("logins %q, %d mails", srv.logins, len(srv.got()))
			}
		})
	}
}

// Some servers know nothing but LOGIN.
func TestLoginByLOGIN(t *testing.T) {
	t.Parallel()
	said := make(chan string, 8)
	steps := []string{"334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 welcome\r\n"}
	addr := talk(t, "220 hi\r\n", func(line string) string {
		switch {
		case strings.HasPrefix(line, "EHLO"):
			return "250-hi\r\n250 AUTH LOGIN\r\n"
		case len(steps) > 0:
			said <- line
			answer := steps[0]
			steps = steps[1:]
			return answer
		}
		return "451 that was all\r\n"
	})
	err := sender(t, addr, "smtp://"+user+":"+password+"@localhost", mail.Config{}).Send(t.Context(), message(nil))
	if err == nil || !strings.Contains(err.Error(), "451") {
		t.Errorf("%v", err)
	}
	encode := base64.StdEncoding.EncodeToString
	for _, want := range []string{"AUTH LOGIN", encode([]byte(user)), encode([]byte(password))} {
		if got := <-said; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// What a server says before TLS counts for nothing afterwards.
func TestSaidBeforeTLS(t *testing.T) {
	t.Parallel()
	addr := talk(t, "220 hi\r\n", func(line string) string {
		if strings.HasPrefix(line, "EHLO") {
			return "250-hi\r\n250 STARTTLS\r\n"
		}
		return "220 go on\r\n250-hi\r\n250 AUTH PLAIN\r\n235 welcome\r\n"
	})
	err := sender(t, addr, "smtp://"+user+":"+password+"@"+host, mail.Config{}).Send(t.Context(), message(nil))
	if err == nil || !strings.Contains(err.Error(), "tls:") {
		t.Errorf("%v", err)
	}
}

func TestServers(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"smtp://mail.example.com":                  "mail.example.com:25",
		"smtp://a:b@mail.example.com":              "mail.example.com:587",
		"smtps://a:b@mail.example.com":             "mail.example.com:465",
		" smtps://a%40x:b%2Fc@mail.example.com:1 ": "mail.example.com:1",
		"smtp://[::1]:2525":                        "[::1]:2525",
		"smtp://127.0.0.1/":                        "127.0.0.1:25",
		"":                                         "",
		"mail.example.com:25":                      "",
		"a:hush@mail.example.com:25":               "",
		"https://a:hush@mail.example.com":          "",
		"smtp://a:hush@":                           "",
		"smtp://a:hush@mail.example.com/x":         "",
		"smtp://a:hush@mail.example.com?x=y":       "",
		"smtp://a:hush@mail.example.com:%zz":       "",
		"smtp://a:hush@mail.example.com:port":      "",
		"smtp://a:hush%00@mail.example.com":        "",
		"smtp://a:hush%0d%0aQUIT@mail.example.com": "",
		"smtp://:hush@mail.example.com":            "",
		"smtp://hush@mail.example.com":             "",
	} {
		s, err := mail.ParseServer(url)
		switch {
		case (err == nil) != (want != "") || err == nil && s.String() != want:
			t.Errorf("%q: %s %v", url, s, err)
		case err != nil && strings.Contains(err.Error(), "hush"):
			t.Errorf("%q: the password is in %v", url, err)
		}
	}
	for from, want := range map[string]string{
		"shop@example.com":                    "<shop@example.com>",
		"Shop <shop@example.com>":             `"Shop" <shop@example.com>`,
		"shop@한국.kr":                          "<shop@xn--3e0b707e.kr>",
		"":                                    "",
		"the shop":                            "",
		"a@example.com, b@example.com":        "",
		"a@example.com\r\nBcc: b@example.com": "",
		"A\r\nBcc: b@example.com <a@example.com>": "",
	} {
		if a, err := mail.ParseFrom(from); (err == nil) != (want != "") || err == nil && a.String() != want {
			t.Errorf("%q: %s %v", from, &a, err)
		}
	}
}
