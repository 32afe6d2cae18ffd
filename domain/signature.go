package domain

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrForged says that a message was not signed by who is trusted, or too long ago.
var ErrForged = errors.New("wrong or old signature")

const (
	// signedFor is how far the time of a signature may be off.
	signedFor    = 5 * time.Minute
	maxSignature = 512
)

// Sign returns the signature of a message sent at t: "t=<seconds>,v1=<hex>", with the
// HMAC-SHA256 of the seconds, a point and the body. While a secret is changed there may
// be several v1.
func Sign(secret string, t time.Time, body []byte) string {
	seconds := strconv.FormatInt(t.Unix(), 10)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(signature(secret, seconds, body))
}

func signature(secret, seconds string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(seconds + "."))
	h.Write(body)
	return h.Sum(nil)
}

// VerifySignature returns nil for what Sign has made with the secret not more than five
// minutes from now, and an ErrForged for anything else.
func VerifySignature(secret, signed string, body []byte, now time.Time) error {
	if len(signed) > maxSignature {
		return ErrForged
	}
	seconds, macs := "", [][]byte{}
	for part := range strings.SplitSeq(signed, ",") {
		switch name, value, _ := strings.Cut(strings.TrimSpace(part), "="); name {
		case "t":
			seconds = value
		case "v1":
			if b, err := hex.DecodeString(value); err == nil {
				macs = append(macs, b)
			}
		}
	}
	t, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return ErrForged
	}
	want, found := signature(secret, seconds, body), false
	for _, b := range macs {
		found = hmac.Equal(b, want) || found
	}
	if !found {
		return ErrForged
	}
	if d := now.Sub(time.Unix(t, 0)); d > signedFor || d < -signedFor {
		return fmt.Errorf("%w: its time is %s", ErrForged, time.Unix(t, 0).UTC().Format(time.RFC3339))
	}
	return nil
}
