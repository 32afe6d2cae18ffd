package chat

import "net/http"

// Public reports whether an address is on the internet.
var Public = public

// Proxied reports whether calls go through a proxy.
func Proxied() bool { return guarded(Config{}).Transport.(*http.Transport).Proxy != nil }
