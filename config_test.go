package main

import (
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

// Who chooses Stripe has to say whose money it is, and where customers go back to; the
// secrets are nowhere to be read.
func TestStripeSettings(t *testing.T) {
	t.Parallel()
	all := map[string]string{"PAYMENT_PROVIDER": "stripe", "STRIPE_KEY": "sk_test_123", "STRIPE_WEBHOOK_SECRET": "whsec_shared", "BASE_URL": "https://shop.example"}
	with := func(changes ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(changes); i += 2 {
				if changes[i] == name {
					return changes[i+1]
				}
			}
			return all[name]
		}
	}
	if c, err := parse("serve", nil, with(), io.Discard); err != nil || c.paymentProvider != "stripe" || c.stripeKey != "sk_test_123" || c.stripeSecret != "whsec_shared" {
		t.Errorf("%s %v", c.paymentProvider, err)
	}
	for name, test := range map[string]struct {
		command string
		getenv  func(string) string
	}{
		"no key":          {"serve", with("STRIPE_KEY", "")},
		"no secret":       {"serve", with("STRIPE_WEBHOOK_SECRET", "")},
		"no address":      {"serve", with("BASE_URL", "")},
		"half an address": {"serve", with("BASE_URL", "shop.example")},
		"two days":        {"serve", with("PAYMENT_PENDING_TTL", "48h")},
		"the demo":        {"demo", with()},
		"another":         {"serve", with("PAYMENT_PROVIDER", "Stripe")},
	} {
		if _, err := parse(test.command, nil, test.getenv, io.Discard); err == nil {
			t.Errorf("%s was taken", name)
		} else if strings.Contains(err.Error(), "sk_test") || strings.Contains(err.Error(), "whsec") {
			t.Errorf("%s: %v", name, err)
		}
	}
	var help strings.Builder
	if _, err := parse("serve", []string{"-help"}, with(), &help); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	if strings.Contains(help.String(), "sk_test") || strings.Contains(help.String(), "whsec") || !strings.Contains(help.String(), "STRIPE_KEY") {
		t.Error("the help shows a secret, or does not say what is needed")
	}
}

// Where mails go is told by an address that may hold a password: neither a refusal nor
// the help repeats it.
func TestMailSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env  map[string]string
		good bool
	}{
		"none":         {nil, true},
		"plain":        {map[string]string{"SMTP_URL": "smtp://mail.example.com"}, true},
		"TLS":          {map[string]string{"SMTP_URL": " smtps://shop:hush%40@mail.example.com:465 ", "MAIL_FROM": "새벽 <shop@example.com>", "SMTP_RETRY": "5s"}, true},
		"no scheme":    {map[string]string{"SMTP_URL": "shop:hush@mail.example.com:587"}, false},
		"another":      {map[string]string{"SMTP_URL": "https://shop:hush@mail.example.com"}, false},
		"no host":      {map[string]string{"SMTP_URL": "smtp://shop:hush@"}, false},
		"a path":       {map[string]string{"SMTP_URL": "smtp://shop:hush@mail.example.com/box"}, false},
		"unreadable":   {map[string]string{"SMTP_URL": "smtp://shop:hush@mail.example.com:%zz"}, false},
		"two senders":  {map[string]string{"MAIL_FROM": "a@example.com, b@example.com"}, false},
		"no sender":    {map[string]string{"MAIL_FROM": "the shop"}, false},
		"a header":     {map[string]string{"MAIL_FROM": "a@example.com\r\nBcc: b@example.com"}, false},
		"no patience":  {map[string]string{"SMTP_RETRY": "0s"}, false},
		"negative":     {map[string]string{"SMTP_RETRY": "-1m"}, false},
		"no duration":  {map[string]string{"SMTP_RETRY": "soon"}, false},
		"hosts":        {map[string]string{"CHAT_HOSTS": "chat.lan:8065, 10.0.0.7"}, true},
		"no chat":      {map[string]string{"CHAT_HOSTS": "https://chat.lan/hooks"}, false},
		"the shortest": {map[string]string{"SMTP_RETRY": "1ms"}, true},
	} {
		getenv := func(name string) string { return test.env[name] }
		c, err := parse("serve", nil, getenv, io.Discard)
		if (err == nil) != test.good {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: %v", name, err)
		}
		if name == "TLS" && (c.smtp.String() != "mail.example.com:465" || c.mailFrom.Address != "shop@example.com") {
			t.Errorf("%s: %q from %q", name, c.smtp, &c.mailFrom)
		}
		var help strings.Builder
		if _, err := parse("serve", []string{"-help"}, getenv, &help); !errors.Is(err, flag.ErrHelp) || strings.Contains(help.String(), "hush") {
			t.Errorf("%s: the help repeats the password, or %v", name, err)
		}
	}
}
