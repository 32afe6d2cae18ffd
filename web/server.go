// Package web is HTTP: routes, sessions, forms, the JSON API and the live stream.
// It knows no SQL and no broker; it calls the contexts and draws what they answer.
package web

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"daybreak/domain/accounts"
	"daybreak/domain/catalog"
	"daybreak/domain/delivery"
	"daybreak/domain/desk"
	"daybreak/domain/lists"
	"daybreak/domain/notify"
	"daybreak/domain/ops"
	"daybreak/domain/orders"
	"daybreak/domain/packing"
	"daybreak/domain/payment"
	"daybreak/domain/rooms"
	"daybreak/domain/stock"
	"daybreak/views"
)

// Config is how the site is run.
type Config struct {
	BaseURL        string              // of links that leave the site; https makes the cookies secure
	TrustedProxies []string            // CIDR prefixes whose X-Forwarded-For is believed
	Demo           []views.DemoAccount // offered on the log-in page; none outside the demo
	Version        string
}

// Server holds what the handlers need. Its fields are set once, before Routes.
type Server struct {
	Config
	Accounts *accounts.Service
	Catalog  *catalog.Service
	Delivery *delivery.Service
	Desk     *desk.Service
	Lists    *lists.Service
	Ops      *ops.Service
	Notify   *notify.Service
	Orders   *orders.Service
	Packing  *packing.Service
	Payment  *payment.Service
	Rooms    *rooms.Service
	Stock    *stock.Service
	// Queues is what the operations pages and calls see of the queue.
	Queues Queues
	// Sandbox, if set, is the payment provider of a demo.
	Sandbox Sandbox
	// Ready reports, per named check, why the process should get no requests now.
	Ready func(ctx context.Context) map[string]error

	sessions *scs.SessionManager
	live     *hub
	writes   ownWrites
	origins  *http.CrossOriginProtection
}

// Queues is the queue as far as the pages need it; main hands it in.
type Queues interface {
	// Pause stops a consumer's effects until Resume; its events are kept.
	Pause(ctx context.Context, consumer string) error
	Resume(ctx context.Context, consumer string) error
	// Status is drawn as JSON by the status call.
	Status(ctx context.Context) (any, error)
}

// limits of one request.
const (
	maxBody   = 64 << 10
	sessionAt = 12 * time.Hour
)

// Routes returns the handler of the whole site. It is called once.
func (s *Server) Routes() http.Handler {
	s.sessions = s.newSessions()
	s.live = newHub(s)
	s.origins = s.crossOrigin()
	r := chi.NewRouter()
	r.Use(s.requestID, s.recover, s.clientIP(), securityHeaders, s.log, limitBody, s.crossSite, headAsGet)
	r.NotFound(s.notFound)
	r.MethodNotAllowed(s.methodNotAllowed)

	r.Get("/healthz/live", s.getAlive)
	r.Get("/healthz/ready", s.getReady)
	r.Get("/static/*", s.getStatic)
	r.Get("/favicon.ico", s.getFavicon)
	r.Head("/static/*", s.getStatic)
	r.Get("/live", s.program(s.getLive))
	r.Head("/live", s.methodNotAllowed) // a stream without a body would never end
	r.With(compress).Get("/calendar/{token}.ics", s.page(s.getCalendar))
	s.routeBoards(r)
	r.Post(PaymentWebhook, s.postWebhook(payment.SignatureHeader))
	r.Post(StripeWebhook, s.postWebhook("Stripe-Signature"))
	s.routeAPI(r)

	r.Group(func(r chi.Router) {
		r.Use(compress, s.sessions.LoadAndSave, s.identifySession, s.prefs)
		s.routeShop(r)
		s.routeAccount(r)
		s.routeNotifications(r)
		s.routeRooms(r)
		s.routeSetup(r)
		s.routeBookings(r)
		r.Route("/staff", s.routeStaff)
		// What is nowhere else looks like a page, too, to who is signed in.
		r.NotFound(s.notFound)
		r.MethodNotAllowed(s.methodNotAllowed)
	})
	return r
}

// Close ends the live streams, so that a shutdown need not wait for them.
func (s *Server) Close() { s.live.close() }

// Changed tells the live pages which rows have changed. It does not block.
func (s *Server) Changed(changes []lists.Change) { s.live.changed(withProvider(changes)) }

// SignedOut ends the streams of an account that lost its sessions.
func (s *Server) SignedOut(account string) {
	if s.live != nil { // a process without the site has none
		s.live.accountGone(account)
	}
}

// Streams returns how many live streams are open.
func (s *Server) Streams() int {
	if s.live == nil {
		return 0
	}
	_, _, all := s.live.count("", "")
	return all
}
