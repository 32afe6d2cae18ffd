package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"strings"
	"testing"
)

// TestRefused proves that no run begins with settings that it could not bear.
func TestRefused(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"":                                    "want orders, push",
		"order":                               "want orders, push",
		"orders now":                          `unexpected argument "now"`,
		"orders -c 0":                         "-c: want",
		"orders -c 1001":                      "-c: want",
		"orders -products 0":                  "-products: want",
		"orders -slow -1ms":                   "-slow",
		"orders -slow 5ms -db postgres://x/y": "-slow",
		"orders -plant truth":                 `-plant: "truth" is unknown`,
		"orders -runs 0":                      "-runs from 1",
		"orders -d 0s":                        "-d up to 10m",
		"orders -d 11m":                       "-d up to 10m",
		"orders -rate -1":                     "-rate up to",
		"orders -rate 2e6":                    "-rate up to",
		"orders -seed 999":                    "want 1000 to 5000000",
		"orders -speed 9":                     "not defined: -speed",
		"push -json 0 -html 0":                "1 to 10000 streams",
		"push -json 10001":                    "1 to 10000 streams",
		"push -d 0s":                          "-d up to",
		"pages -seed 10":                      "want 1000 to 5000000",
		"pages -compare 1000":                 "-compare",
		"pages -compare 1000,many":            "-compare",
		"pages -compare 1000,6000000":         "want 1000 to 5000000",
		"pages -rounds 0":                     "-rounds from 1",
		"board -seed 10":                      "want 1000 to 5000000",
		"board -seed many":                    "-seed",
		"board -most 0s":                      "-most above 0",
		"bulk -n 0":                           "-n from 1",
		"bulk -n 2001":                        "-n from 1",
		"start -runs 0":                       "-runs from 1",
		"start -db postgres://x/y":            "no -db",
		"siege -d 0s":                         "-d above 0",
		"siege -d 11m":                        "up to 10m",
		"lies -n 10":                          "want -n from -c",
		"lies -kills -1":                      "-kills from 0",
		"lies -overload maybe":                "want pending or refuse",
		"lies -down 2m":                       "-down up to",
		"kill -n 0":                           "-n from 1",
		"kill -d 0s":                          "-d above 0",
		"orders -bin /nowhere -db mysql://x":  "is no postgres://",
		"orders -bin /nowhere/at/all":         "no such file",
	} {
		err := run(t.Context(), strings.Fields(args), io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("bench %s: %v; want %q", args, err, want)
		}
	}
}

// TestHelp proves that each command lists its settings.
func TestHelp(t *testing.T) {
	t.Parallel()
	for name := range commands {
		if name == "hello" { // for the bench itself
			continue
		}
		var out bytes.Buffer
		if err := run(t.Context(), []string{name, "-help"}, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "-bin") {
			t.Errorf("bench %s -help: %v\n%s", name, err, &out)
		}
	}
}
