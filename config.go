package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	netmail "net/mail"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones also where the machine has none

	"daybreak/domain/delivery"
	"daybreak/domain/event"
	"daybreak/domain/notify"
	"daybreak/domain/notify/mail"
	"daybreak/domain/payment/sandbox"
	"daybreak/domain/payment/stripe"
)

// config is everything that can be set, by flag or environment; a flag wins.
type config struct {
	command             string // demo, serve or sandbox-gateway
	addr, baseURL       string
	databaseURL         string
	amqpURL, amqpPrefix string
	roles               []string
	gatewayURL          string
	gatewaySecret       string
	stripeKey           string
	stripeSecret        string
	callbackURL         string
	metricsAddr         string
	trustedProxies      []string
	logLevel            string
	zone                *time.Location
	paymentProvider     string
	paymentTimeout      time.Duration
	paymentTTL          time.Duration
	paymentRefuse       bool
	cancelUntil         event.OrderStatus
	orderApproval       bool
	orderDeadline       time.Duration // 0: none
	deliveryAutoStart   bool
	promise             delivery.Promise
	roomCheckIn         time.Duration
	roomNoShow          time.Duration
	commitDelay         time.Duration
	smtpURL             string // empty: mails are kept
	smtp                mail.Server
	mailFrom            netmail.Address
	smtpRetry           time.Duration
	chatHosts           notify.Hosts
	sandbox             sandbox.Faults
	reset               bool
}

// roleNames are the parts of the product a process can run. Some have nothing to
// do in this version; naming them is no mistake, so that a deployment may list all.
var roleNames = []string{"web", "relay", "orders", "payment", "stock", "packing", "delivery", "rooms", "notify", "marketing", "lists", "jobs"}

// setting is one row of -help and of the table in README.
type setting struct {
	flag, env, value, usage string
}

// secretEnv may hold a password, which -help must not show.
const secretEnv = "SMTP_URL"

func settings(command string) []setting {
	database, callbacks := "sqlite:./data/daybreak.db", "0"
	if command == "demo" {
		database, callbacks = "sqlite:./data/demo.db", "1"
	}
	return []setting{
		{"addr", "ADDR", "127.0.0.1:8080", "where it listens"},
		{"base-url", "BASE_URL", "", "address of the site in links; https makes cookies secure (default: from -addr)"},
		{"db", "DATABASE_URL", database, "sqlite:path or postgres://…"},
		{"amqp", "AMQP_URL", "", "RabbitMQ; empty: the broker built in"},
		{"amqp-prefix", "AMQP_PREFIX", "daybreak", "begins the names of exchanges and queues"},
		{"roles", "ROLES", "all", "what this process runs: all, or some of " + strings.Join(roleNames, ",")},
		{"gateway", "GATEWAY_URL", "", "payment provider; empty: the sandbox inside this process. Its callbacks are signed with GATEWAY_SECRET; none are taken without one"},
		{"callback-url", "CALLBACK_URL", "", "sandbox-gateway: where callbacks go, as https://shop.example/webhooks/payments; empty: none are sent"},
		{"metrics", "METRICS_ADDR", "", "listener for metrics and profiles, never public; empty: off"},
		{"trusted-proxies", "TRUSTED_PROXIES", "", "networks whose X-Forwarded-For is believed, comma separated"},
		{"log-level", "LOG_LEVEL", "info", "debug, info, warn or error"},
		{"tz", "TZ", "Asia/Seoul", "zone in which the shop's days begin"},
		{"payment", "PAYMENT_PROVIDER", "sandbox", "sandbox, none, or stripe, which needs STRIPE_KEY, STRIPE_WEBHOOK_SECRET (of BASE_URL/webhooks/stripe) and -base-url"},
		{"payment-overload", "PAYMENT_OVERLOAD", "pending", "while payments fail: pending takes orders, to be paid later; refuse turns customers away"},
		{"payment-timeout", "PAYMENT_TIMEOUT", "610ms", "how long an order waits for the provider's answer; Stripe gets 3s at least"},
		{"payment-ttl", "PAYMENT_PENDING_TTL", "15m", "how long an unpaid order is kept"},
		{"approval", "ORDER_APPROVAL", "auto", "staff: an order is paid once staff have accepted it; auto: at once"},
		{"deadline", "ORDER_DEADLINE", "off", "an order not accepted and paid for so long is rejected, such as 2h; off: never"},
		{"cancel-until", "ORDER_CANCEL_UNTIL", "packed",
			"last state that can be cancelled: placed, packing, packed or shipped (which then becomes a return)"},
		{"auto-start", "DELIVERY_AUTO_START", "off", "on: a parcel leaves as soon as it is packed"},
		{"dawn-cutoff", "DAWN_CUTOFF", "23:00", "what is ordered before this time of day …"},
		{"dawn-by", "DAWN_BY", "07:00", "… is promised by the next of this"},
		{"room-check-in", "ROOM_CHECKIN_WINDOW", "10m", "how long before its start a booked room can be used"},
		{"room-no-show", "ROOM_NO_SHOW_AFTER", "10m", "how long after its start an unused booking is released"},
		{"smtp", "SMTP_URL", "", "mail server, smtp://user:password@host:587 or smtps://…, rather from the environment; empty: mails are kept and shown to staff. A password goes over TLS or to this machine only"},
		{"mail-from", "MAIL_FROM", "Daybreak <no-reply@localhost>", "sender of the mails"},
		{"smtp-retry", "SMTP_RETRY", "1m", "what could not be sent is tried again after 1, 5, 15 and 60 of this"},
		{"chat-hosts", "CHAT_HOSTS", "", "hosts in this network that hooks of chats may lead to, such as mattermost.lan:8065, comma separated; all others are called by https on the internet only"},
		{"commit-delay", "COMMIT_DELAY", "0s", "added to each commit on SQLite, to measure slow disks"},
		{"sandbox-latency", "SANDBOX_LATENCY", "0", "sandbox: ms before each answer"},
		{"sandbox-jitter", "SANDBOX_JITTER", "0", "sandbox: up to so many ms more, at random"},
		{"sandbox-fail", "SANDBOX_FAIL", "0", "sandbox: share of calls that fail, 0 to 1"},
		{"sandbox-hang", "SANDBOX_HANG", "0", "sandbox: share of calls that act and never answer, 0 to 1"},
		{"sandbox-callback", "SANDBOX_CALLBACK", callbacks, "sandbox: share of calls that it tells of by a callback, too, 0 to 1"},
	}
}

// parse reads the configuration of a command from its arguments and environment.
func parse(command string, args []string, getenv func(string) string, out io.Writer) (config, error) {
	c := config{command: command}
	fs := flag.NewFlagSet("daybreak "+command, flag.ContinueOnError)
	fs.SetOutput(out)
	v := map[string]*string{}
	for _, s := range settings(command) {
		value := s.value
		if e := getenv(s.env); e != "" && s.env != secretEnv {
			value = e
		}
		v[s.flag] = fs.String(s.flag, value, s.usage+" ("+s.env+")")
	}
	fs.BoolVar(&c.reset, "reset", false, "demo: forget the data and start anew")
	if err := fs.Parse(args); err != nil {
		return c, err
	}
	if fs.NArg() > 0 {
		return c, fmt.Errorf("unexpected argument %q", fs.Arg(0))
	}
	get := func(name string) string { return strings.TrimSpace(*v[name]) }
	c.addr, c.baseURL, c.databaseURL = get("addr"), get("base-url"), get("db")
	c.amqpURL, c.amqpPrefix, c.gatewayURL = get("amqp"), get("amqp-prefix"), get("gateway")
	c.callbackURL, c.gatewaySecret = get("callback-url"), getenv("GATEWAY_SECRET") // never a flag: others would see it
	c.stripeKey, c.stripeSecret = getenv("STRIPE_KEY"), getenv("STRIPE_WEBHOOK_SECRET")
	c.metricsAddr, c.trustedProxies, c.logLevel = get("metrics"), list(get("trusted-proxies")), get("log-level")
	c.smtpURL = cmp.Or(get("smtp"), strings.TrimSpace(getenv(secretEnv)))
	return c, c.interpret(get)
}

// interpret reads the settings that are more than text.
func (c *config) interpret(get func(string) string) (err error) {
	if c.roles, err = rolesOf(get("roles"), c.amqpURL); err != nil {
		return err
	}
	if c.zone, err = time.LoadLocation(get("tz")); err != nil {
		return fmt.Errorf("tz: %w", err)
	}
	for name, to := range map[string]*time.Duration{"payment-timeout": &c.paymentTimeout, "payment-ttl": &c.paymentTTL, "commit-delay": &c.commitDelay,
		"room-check-in": &c.roomCheckIn, "room-no-show": &c.roomNoShow, "smtp-retry": &c.smtpRetry} {
		if *to, err = time.ParseDuration(get(name)); err != nil || *to < 0 {
			return fmt.Errorf("%s: %q is no duration such as 610ms", name, get(name))
		}
	}
	if c.paymentProvider, err = c.providerOf(get("payment")); err != nil {
		return err
	}
	switch get("payment-overload") {
	case "pending":
	case "refuse":
		c.paymentRefuse = true
	default:
		return fmt.Errorf("payment-overload: %q, want pending or refuse", get("payment-overload"))
	}
	if err := c.orderLife(get); err != nil {
		return err
	}
	c.deliveryAutoStart = get("auto-start") == "on"
	if c.promise, err = delivery.NewPromise(get("dawn-cutoff"), get("dawn-by"), c.zone); err != nil {
		return fmt.Errorf("dawn-cutoff, dawn-by: %w", err)
	}
	if err := c.mail(get); err != nil {
		return err
	}
	if c.chatHosts, err = notify.ParseHosts(list(get("chat-hosts"))); err != nil {
		return fmt.Errorf("chat-hosts: %w", err)
	}
	return c.faults(get)
}

// providerOf reads who takes the money. Stripe has to know whom it pays, and where to
// send customers back to.
func (c *config) providerOf(name string) (string, error) {
	switch name {
	case "sandbox", "none":
		return name, nil
	case "stripe":
	default:
		return "", fmt.Errorf("payment: %q, want sandbox, none or stripe", name)
	}
	switch {
	case c.command == "demo":
		return "", errors.New("payment: the demo pays in its sandbox; use serve with stripe")
	case c.stripeKey == "" || c.stripeSecret == "":
		return "", errors.New("payment: stripe needs STRIPE_KEY and STRIPE_WEBHOOK_SECRET in the environment")
	case !strings.HasPrefix(c.baseURL, "https://") && !strings.HasPrefix(c.baseURL, "http://"):
		return "", errors.New("payment: stripe sends customers back to the site; set -base-url, such as https://shop.example")
	case c.paymentTTL > stripe.Longest:
		return "", fmt.Errorf("payment-ttl: %s, want %s at most with stripe", c.paymentTTL, stripe.Longest)
	}
	return name, nil
}

// orderLife reads what a business chooses about its orders.
func (c *config) orderLife(get func(string) string) (err error) {
	c.cancelUntil = event.OrderStatus(strings.ToUpper(get("cancel-until")))
	if !slices.Contains([]event.OrderStatus{event.StatusPlaced, event.StatusPacking, event.StatusPacked, event.StatusShipped}, c.cancelUntil) {
		return fmt.Errorf("cancel-until: %q, want placed, packing, packed or shipped", get("cancel-until"))
	}
	approval := get("approval")
	if c.orderApproval = approval == "staff"; !c.orderApproval && approval != "auto" {
		return fmt.Errorf("approval: %q, want auto or staff", approval)
	}
	if d := get("deadline"); d != "off" {
		if c.orderDeadline, err = time.ParseDuration(d); err != nil || c.orderDeadline <= 0 {
			return fmt.Errorf("deadline: %q is neither off nor a duration such as 2h", d)
		}
	}
	return nil
}

func (c *config) faults(get func(string) string) (err error) {
	for name, to := range map[string]*int{"sandbox-latency": &c.sandbox.LatencyMs, "sandbox-jitter": &c.sandbox.JitterMs} {
		if *to, err = strconv.Atoi(strings.TrimSuffix(get(name), "ms")); err != nil {
			return fmt.Errorf("%s: %q is no number of milliseconds", name, get(name))
		}
	}
	for name, to := range map[string]*float64{"sandbox-fail": &c.sandbox.FailRate, "sandbox-hang": &c.sandbox.HangRate,
		"sandbox-callback": &c.sandbox.CallbackRate} {
		if *to, err = strconv.ParseFloat(get(name), 64); err != nil {
			return fmt.Errorf("%s: %q is no number from 0 to 1", name, get(name))
		}
	}
	return c.sandbox.Check()
}

// rolesOf reads the roles. Without a broker between processes all of them must be in one.
func rolesOf(s, amqp string) ([]string, error) {
	if s == "" || s == "all" {
		return roleNames, nil
	}
	roles := list(s)
	for _, r := range roles {
		if !slices.Contains(roleNames, r) {
			return nil, fmt.Errorf("roles: %q is unknown; there are %s", r, strings.Join(roleNames, ", "))
		}
	}
	if amqp == "" {
		return nil, fmt.Errorf("roles: a part of the roles needs a broker between the processes: set AMQP_URL")
	}
	return roles, nil
}

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

func (c *config) has(role string) bool { return slices.Contains(c.roles, role) }

// sqlitePath is the database file, "" on PostgreSQL.
func (c *config) sqlitePath() string {
	path, ok := strings.CutPrefix(c.databaseURL, "sqlite:")
	if !ok {
		return ""
	}
	return strings.TrimPrefix(path, "//")
}

// ledgerPath is where the sandbox gateway keeps its books: beside the database.
func (c *config) ledgerPath() string {
	if p := c.sqlitePath(); p != "" {
		return p + ".gateway"
	}
	return "data/gateway.ledger"
}

// forget removes the demo's data.
func (c *config) forget() error {
	p := c.sqlitePath()
	if p == "" {
		return fmt.Errorf("-reset works on a SQLite file only")
	}
	for _, f := range []string{p, p + "-wal", p + "-shm", c.ledgerPath()} {
		if err := os.Remove(f); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}
