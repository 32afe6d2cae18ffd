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
