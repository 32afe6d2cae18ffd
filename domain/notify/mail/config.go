package mail

import (
	"errors"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// Server is where mails are handed over.
type Server struct {
	host, port     string
	tls            bool // from the first byte on
	user, password string
}

// ParseServer reads smtp://user:password@host:port, where TLS is used if it is offered,
// or smtps://, where it always is. Without a port it is 587 if there is a password, 25 if
// not, and 465 for smtps. What is wrong is told without repeating it: it may hold a
// password.
func ParseServer(s string) (Server, error) {
	u, err := url.Parse(strings.TrimSpace(s))
	switch {
	case err != nil:
		return Server{}, errors.New("this is no address such as smtp://user:password@mail.example.com:587")
	case u.Scheme != "smtp" && u.Scheme != "smtps":
		return Server{}, errors.New("want smtp:// or smtps://")
	case u.Hostname() == "":
		return Server{}, errors.New("the host is missing")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return Server{}, errors.New("want nothing behind the host and its port")
	}
	to := Server{host: u.Hostname(), port: u.Port(), tls: u.Scheme == "smtps", user: u.User.Username()}
	to.password, _ = u.User.Password()
	switch {
	case (to.user == "") != (to.password == ""):
		return Server{}, errors.New("want a user and a password, or neither")
	case strings.ContainsFunc(to.user+to.password+to.host, unicode.IsControl):
		return Server{}, errors.New("user, password and host have no control characters")
	case to.port != "":
	case to.tls:
		to.port = "465"
	case to.password != "":
		to.port = "587"
	default:
		to.port = "25"
	}
	return to, nil
}

// String returns the host and its port.
func (s Server) String() string { return net.JoinHostPort(s.host, s.port) }

// local reports whether the server is on this machine, where nobody listens in.
func (s Server) local() bool {
	ip := net.ParseIP(s.host)
	return s.host == "localhost" || ip != nil && ip.IsLoopback()
}

// ParseFrom reads the sender of the mails, "Shop <shop@example.com>".
func ParseFrom(s string) (mail.Address, error) {
	a, err := address(s)
	if err != nil || strings.ContainsFunc(s, unicode.IsControl) {
		return mail.Address{}, errors.New("this is no address such as Shop <shop@example.com>")
	}
	return a, nil
}

// address reads one mail address. Its host is written as the network knows it, which
// those with other letters are not.
func address(s string) (mail.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil {
		return mail.Address{}, errors.New("this is not one mail address")
	}
	at := strings.LastIndexByte(a.Address, '@')
	host := a.Address[at+1:]
	if !ascii(host) {
		if host, err = idna.Lookup.ToASCII(host); err != nil {
			return mail.Address{}, errors.New("there can be no such host")
		}
	}
	a.Address = a.Address[:at+1] + host
	if strings.ContainsFunc(a.Address, unicode.IsControl) {
		return mail.Address{}, errors.New("it has control characters")
	}
	return *a, nil
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}
