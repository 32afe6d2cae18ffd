package payment

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// SignatureHeader carries the signature of a callback: "t=<seconds>,v1=<hex>", with
// the HMAC-SHA256 of the seconds, a point and the body. While a secret is changed there
// may be several v1.
const SignatureHeader = "Payment-Signature"

const (
	tolerance    = 5 * time.Minute
	maxSignature = 512
)

// Sign returns the signature of a callback sent at t.
func Sign(secret string, t time.Time, body []byte) string {
	seconds := strconv.FormatInt(t.Unix(), 10)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac(secret, seconds, body))
}

func mac(secret, seconds string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(seconds + "."))
	h.Write(body)
	return h.Sum(nil)
}

// verify reports why a callback with this signature is not to be believed now.
func verify(secret, signature string, body []byte, now time.Time) error {
	if len(signature) > maxSignature {
		return ErrForged
	}
	seconds, signed := "", [][]byte{}
	for part := range strings.SplitSeq(signature, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			seconds = value
		case "v1":
			if b, err := hex.DecodeString(value); err == nil {
				signed = append(signed, b)
			}
		}
	}
	t, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return ErrForged
	}
	want, found := mac(secret, seconds, body), false
	for _, b := range signed {
		found = hmac.Equal(b, want) || found
	}
	if !found {
		return ErrForged
	}
	if d := now.Sub(time.Unix(t, 0)); d > tolerance || d < -tolerance {
		return fmt.Errorf("%w: its time is %s", ErrForged, time.Unix(t, 0).UTC().Format(time.RFC3339))
	}
	return nil
}
