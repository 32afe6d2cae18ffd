package notify

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"daybreak/domain"
)

// maxHook is how long the address of a hook may be.
const maxHook = 500

// The formats of which the program knows more than the host.
const (
	generic    = "generic"
	mattermost = "mattermost"
	telegram   = "telegram"
	kakao      = "kakao"
)

// services tell a hook by its host.
var services = []struct{ host, format string }{
	{"hooks.slack.com", "slack"},
	{"hooks.slack-gov.com", "slack"},
	{"discord.com", "discord"},
	{"discordapp.com", "discord"},
	{"chat.googleapis.com", "google"},
	{"api.telegram.org", telegram},
	{"kapi.kakao.com", kakao},
	{".webhook.office.com", "teams"},
	{".logic.azure.com", "teams"},
	{".api.powerplatform.com", "teams"},
	{"api.powerautomate.com", "teams"},
}

var (
	mattermostPath = regexp.MustCompile(`^/hooks/[0-9a-z]{26}$`)
	telegramPath   = regexp.MustCompile(`^/bot[0-9]+:[0-9A-Za-z_-]+/sendMessage$`)
	telegramChat   = regexp.MustCompile(`^(-?[0-9]{1,20}|@[0-9A-Za-z_]{1,64})$`)
	kakaoPath      = "/v2/api/talk/memo/default/send"
)

// FormatOf returns what kind of hook an address is: one of Formats, by its host, or, as
// everybody has a Mattermost of their own, by its path.
func FormatOf(hook string) string {
	u, err := url.Parse(hook)
	if err != nil {
		return generic
	}
	host := strings.ToLower(u.Hostname())
	for _, s := range services {
		if host == s.host || s.host[0] == '.' && strings.HasSuffix(host, s.host) {
			return s.format
		}
	}
	if mattermostPath.MatchString(u.Path) {
		return mattermost
	}
	return generic
}

// Hosts are those inside the house that hooks may lead to, each "name" or "name:port" in
// lower case. They need no https.
type Hosts []string

// Have reports whether a host and its port, 80 or 443 if the address names none, are among
// them.
func (h Hosts) Have(host, port string) bool {
	host = strings.ToLower(host)
	return slices.Contains(h, host) || slices.Contains(h, net.JoinHostPort(host, port))
}

// ParseHosts reads Hosts from what a person wrote.
func ParseHosts(names []string) (Hosts, error) {
	var out Hosts
	for _, s := range names {
		host := s
		if h, port, err := net.SplitHostPort(s); err == nil && port != "" {
			host = h
		}
		if u, err := url.Parse("http://" + s); err != nil || host == "" || u.Host != s || u.Hostname() != host {
			return nil, fmt.Errorf("%q is no host, such as chat.lan or chat.lan:8065", s)
		}
		out = append(out, strings.ToLower(s))
	}
	return out, nil
}

// CheckHook returns the catalogue key of what is wrong with an address as that of a hook
// of the format, "" if nothing is. That it does not lead into the house, but to one of the
// hosts inside, has to be checked once more when it is called: names can mean any address.
func CheckHook(format, address string, inside Hosts) string {
	u, err := url.Parse(address)
	if err != nil || !isHook(address, u, inside) {
		return "err.notify.hook"
	}
	is := FormatOf(address)
	anywhere := format == generic || format == mattermost
	if format != is && !(anywhere && (is == generic || is == mattermost)) && !inside.Have(u.Hostname(), portOf(u)) {
		return "err.notify.hook_format"
	}
	q := u.Query()
	switch {
	case format == telegram && !(telegramPath.MatchString(u.Path) && telegramChat.MatchString(q.Get("chat_id"))):
		return "err.notify.hook_telegram"
	case format == kakao && (u.Path != kakaoPath || !q.Has("access_token") && !(q.Has("client_id") && q.Has("refresh_token"))):
		return "err.notify.hook_kakao"
	}
	return ""
}

// hook notes what is wrong with the address of a chat's hook, and returns it trimmed. A
// format that is "" is told by the address.
func (s *Service) hook(c *domain.Checks, field, format, address string) string {
	address = strings.TrimSpace(address)
	if format == "" {
		format = FormatOf(address)
	}
	if address != "" {
		key := CheckHook(format, address, s.set.Inside)
		c.Must(key == "", field, key)
	}
	return address
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

func isHook(s string, u *url.URL, inside Hosts) bool {
	if len(s) > maxHook || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }) {
		return false
	}
	if u.User != nil || u.Opaque != "" || u.Fragment != "" || u.Hostname() == "" {
		return false
	}
	if inside.Have(u.Hostname(), portOf(u)) {
		return u.Scheme == "https" || u.Scheme == "http"
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if u.Scheme != "https" || portOf(u) != "443" || !strings.Contains(host, ".") || host[0] == '.' {
		return false
	}
	// An address says nothing about whose it is, in whatever way it is written: its last
	// part is a number, where that of a name never is.
	last := host[strings.LastIndexByte(host, '.')+1:]
	if _, err := netip.ParseAddr(host); err == nil || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		return false
	}
	return !slices.ContainsFunc([]string{".local", ".localhost", ".internal", ".lan", ".home", ".arpa"},
		func(end string) bool { return strings.HasSuffix(host, end) })
}
