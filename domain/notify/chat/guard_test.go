package chat_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"daybreak/domain/notify"
	"daybreak/domain/notify/chat"
)

func TestPublic(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "172.15.255.255": true, "172.32.0.1": true, "100.63.0.1": true, "100.128.0.1": true,
		"223.255.255.255": true, "2606:4700::1111": true, "2a00:1450:4001::1": true, "::ffff:8.8.8.8": true, "64:ff9b::8.8.8.8": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "100.127.255.255": false, "127.0.0.1": false,
		"127.8.8.8": false, "169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.8": false, "192.0.2.1": false,
		"192.168.1.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false,
		"239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false, "::": false, "::1": false, "::ffff:127.0.0.1": false,
		"::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false, "::10.0.0.1": false, "64:ff9b::10.0.0.1": false, "64:ff9b::7f00:1": false,
		"64:ff9b:1::1": false, "100::1": false, "2001::1": false, "2001:db8::1": false, "2002:7f00:1::": false, "fc00::1": false,
		"fd12:3456::1": false, "fe80::1": false, "fe80::1%eth0": false, "fec0::1": false, "ff02::1": false, "3fff::1": false, "2600::1%1": false,
	} {
		if got := chat.Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if chat.Public(netip.Addr{}) {
		t.Error("nowhere is public")
	}
}

// names is a DNS in which a name means what the test says.
func names(t *testing.T, of map[string]string) *net.Resolver {
	t.Helper()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if end, ok := ctx.Deadline(); !ok || time.Until(end) > 5*time.Second {
			t.Error("there is time without an end")
		}
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			for {
				var n uint16
				if binary.Read(there, binary.BigEndian, &n) != nil {
					return
				}
				b := make([]byte, n)
				if _, err := io.ReadFull(there, b); err != nil {
					return
				}
				b = reply(b, of)
				if _, err := there.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(b))), b...)); err != nil {
					return
				}
			}
		}()
		return here, nil
	}}
}

func reply(query []byte, of map[string]string) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	ip, err := netip.ParseAddr(of[strings.TrimSuffix(q.Name.String(), ".")])
	h := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}
	switch {
	case err != nil:
		m.RCode = dnsmessage.RCodeNameError
	case ip.Is4() && q.Type == dnsmessage.TypeA:
		m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.AResource{A: ip.As4()}}}
	case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
		m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}}}
	}
	b, err := m.Pack()
	if err != nil {
		return nil
	}
	return b
}

// Whatever a name means at the moment, nobody in the house is called.
func TestNamesThatLeadInside(t *testing.T) {
	t.Parallel()
	of := map[string]string{"loop.example": "127.0.0.1", "mapped.example": "::ffff:127.0.0.1", "six.example": "::1", "ten.example": "10.1.2.3",
		"meta.example": "169.254.169.254", "ula.example": "fd00::1", "nat.example": "64:ff9b::7f00:1", "hooks.slack.com": "192.168.0.1"}
	s := sender(t, chat.Config{Resolver: names(t, of)})
	for name := range of {
		m := korean
		m.To = "https://" + name + "/hook"
		m.Format = notify.FormatOf(m.To)
		if err := s.Send(t.Context(), m); !bounced(err) || !strings.Contains(err.Error(), "not public") {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := korean
	m.Format, m.To = "generic", "https://nobody.example/hook"
	if err := s.Send(t.Context(), m); err == nil || bounced(err) {
		t.Errorf("a name that means nothing: %v", err)
	}
}

// What is no address of a chat is not called at all.
func TestAddresses(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	s := sender(t, chat.Config{})
	for _, to := range []string{r.URL + "/", "https://127.0.0.1/", "https://localhost/", "http://x.example/", "https://u:p@x.example/",
		"https://x.example:8443/", "file:///etc/passwd", "", "\x00", "https://hooks.slack.com/x"} {
		m := korean
		m.Format, m.To = "generic", to
		if err := s.Send(t.Context(), m); !bounced(err) {
			t.Errorf("%s: %v", to, err)
		}
	}
	m := korean
	m.Format, m.To = "pigeon", "https://x.example/"
	if err := s.Send(t.Context(), m); !bounced(err) {
		t.Errorf("%v", err)
	}
	if len(r.all()) != 0 {
		t.Error("somebody was called")
	}
}

// A hook that sends us elsewhere is not followed.
func TestRedirects(t *testing.T) {
	t.Parallel()
	inner := receive(t, nil)
	outer := receive(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, inner.URL+"/admin", http.StatusTemporaryRedirect)
	})
	m := korean
	m.Format, m.To = "generic", outer.URL+"/"
	if err := sender(t, chat.Config{}, outer, inner).Send(t.Context(), m); !bounced(err) || len(inner.all()) != 0 {
		t.Errorf("%v, %d requests", err, len(inner.all()))
	}
}

// A reply is read as far as it can be of use, and no proxy is asked to call for us.
func TestEndlessReply(t *testing.T) {
	t.Parallel()
	const much = 64 << 20
	wrote := make(chan int, 1)
	r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		n, chunk := 0, make([]byte, 1<<16)
		for n < much {
			m, err := w.Write(chunk)
			if n += m; err != nil {
				break
			}
		}
		wrote <- n
	})
	m := korean
	m.Format, m.To = "generic", r.URL+"/"
	if err := sender(t, chat.Config{}, r).Send(t.Context(), m); err != nil {
		t.Errorf("%v", err)
	}
	if n := <-wrote; n >= much {
		t.Errorf("all of its %d bytes were read", n)
	}
	if chat.Proxied() {
		t.Error("it goes through a proxy")
	}
}

// A chat that does not answer holds nobody longer than the ctx, and one that cannot be
// reached is tried again.
func TestTrouble(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 1)
	hangs := receive(t, func(_ http.ResponseWriter, r *http.Request) { reached <- struct{}{}; <-r.Context().Done() })
	garbage := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			io.WriteString(c, "SSH-2.0-OpenSSH_s3cret\r\n")
			c.Close()
		}
	})
	gone := receive(t, nil)
	gone.Close()
	unknown := httptest.NewUnstartedServer(http.NotFoundHandler())
	unknown.Config.ErrorLog = log.New(io.Discard, "", 0)
	unknown.StartTLS()
	defer unknown.Close()
	s := sender(t, chat.Config{Inside: notify.Hosts{strings.TrimPrefix(unknown.URL, "https://")}}, hangs, garbage, gone)
	for name, to := range map[string]string{"garbage": garbage.URL, "gone": gone.URL, "unknown": unknown.URL} {
		m := korean
		m.Format, m.To = "generic", to+"/p4th"
		if err := s.Send(t.Context(), m); err == nil || bounced(err) || strings.Contains(err.Error(), "p4th") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-reached; cancel() }()
	m := korean
	m.Format, m.To = "generic", hangs.URL+"/"
	if err := s.Send(ctx, m); !errors.Is(err, context.Canceled) || bounced(err) {
		t.Errorf("%v", err)
	}
}
