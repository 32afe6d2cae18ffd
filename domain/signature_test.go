package domain_test

import (
	"strings"
	"testing"
	"time"

	"daybreak/domain"
)

const known = "d6f2d451cf03bb4bd1898be212ebbcc5d642fe2108954184f7acdd676b089921"

func TestSignature(t *testing.T) {
	const secret, body = "s3cret", `{"a":1}`
	// As printf '1780000000.{"a":1}' | openssl dgst -sha256 -hmac s3cret has it.
	now := time.Unix(1_780_000_000, 0)
	good := domain.Sign(secret, now, []byte(body))
	if want := "t=1780000000,v1=" + known; good != want {
		t.Errorf("%s, want %s", good, want)
	}
	v1 := strings.TrimPrefix(good, "t=1780000000,")
	for name, c := range map[string]struct {
		signature, body string
		at              time.Duration
		ok              bool
	}{
		"good":              {good, body, 0, true},
		"in four minutes":   {good, body, 4 * time.Minute, true},
		"in six minutes":    {good, body, 6 * time.Minute, false},
		"six minutes ago":   {good, body, -6 * time.Minute, false},
		"another body":      {good, body + " ", 0, false},
		"no body":           {good, "", 0, false},
		"none":              {"", body, 0, false},
		"another secret":    {domain.Sign("other", now, []byte(body)), body, 0, false},
		"another time":      {"t=1780000001," + v1, body, 0, false},
		"no time":           {v1, body, 0, false},
		"words for a time":  {"t=now," + v1, body, 0, false},
		"half of it":        {good[:len(good)-2], body, 0, false},
		"not hex":           {"t=1780000000,v1=zz", body, 0, false},
		"empty":             {"t=1780000000,v1=", body, 0, false},
		"old and new":       {"t=1780000000,v1=00," + v1, body, 0, true},
		"with spaces":       {"t=1780000000, " + v1, body, 0, true},
		"another version":   {strings.Replace(good, "v1", "v0", 1), body, 0, false},
		"endless":           {good + strings.Repeat(",v1=00", 200), body, 0, false},
		"upper case is hex": {"t=1780000000,v1=" + strings.ToUpper(v1[3:]), body, 0, true},
	} {
		if err := domain.VerifySignature(secret, c.signature, []byte(c.body), now.Add(c.at)); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
