package chat

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"daybreak/domain/notify"
)

// errInside says that an address leads into the house's own network.
var errInside = errors.New("the address leads to a network that is not public")

// outside are the addresses of the internet that people have services at: of IPv6 only
// what is given out, less what stands for something else.
var (
	closed = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
		"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
		"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
	given = netip.MustParsePrefix("2000::/3")
	nat64 = netip.MustParsePrefix("64:ff9b::/96") // holds an IPv4 address in its last 4 bytes
)

func prefixes(texts ...string) (out []netip.Prefix) {
	for _, s := range texts {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// public reports whether an address is on the internet, and not in the house or nowhere.
func public(ip netip.Addr) bool {
	ip = ip.Unmap()
	if nat64.Contains(ip) {
		b := ip.As16()
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !ip.IsValid() || ip.Zone() != "" || ip.Is6() && !given.Contains(ip) {
		return false
	}
	for _, p := range closed {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}

// guarded returns a client that calls nobody in the house, whatever a name may mean at
// the moment: what counts is the address that is dialled. It follows no redirects.
func guarded(set Config) *http.Client {
	free := &net.Dialer{Resolver: set.Resolver, Timeout: longest}
	guard := &net.Dialer{Resolver: set.Resolver, Timeout: longest, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil || to.Port() != 443 || !public(to.Addr()) {
			return errInside
		}
		return nil
	}}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: nil, // which would dial for us
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				if host, port, err := net.SplitHostPort(addr); err == nil && set.Inside.Have(host, port) {
					return free.DialContext(ctx, network, addr)
				}
				return guard.DialContext(ctx, network, addr)
			},
			MaxIdleConns: 32, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second, TLSHandshakeTimeout: longest,
			MaxResponseHeaderBytes: maxReply, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

var _ notify.Sender = (*Sender)(nil)
