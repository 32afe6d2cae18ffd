package domain

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"
)

// The alphabet of Crockford's base 32: no I, L, O, U.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var ids struct {
	sync.Mutex
	ms     uint64
	hi, lo uint64 // 80 bits of entropy: 16 in hi, 64 in lo
}

// NewID returns a ULID: 26 upper-case characters that sort by the time they were
// made, also within one millisecond of one process. Safe for concurrent use.
func NewID() string {
	ids.Lock()
	defer ids.Unlock()
	if ms := uint64(time.Now().UnixMilli()); ms > ids.ms {
		var b [10]byte
		rand.Read(b[:]) // never fails
		ids.ms = ms
		ids.hi = uint64(binary.BigEndian.Uint16(b[:2])) & 0x7fff // head-room for the increments
		ids.lo = binary.BigEndian.Uint64(b[2:])
	} else if ids.lo++; ids.lo == 0 {
		ids.hi++
	}
	return encode(ids.ms, ids.hi, ids.lo)
}

// IDFloor returns the smallest id that can have been made at t: ids made before
// sort below it.
func IDFloor(t time.Time) string { return encode(uint64(t.UnixMilli()), 0, 0) }

func encode(ms, hi, lo uint64) string {
	var s [26]byte
	for i := 9; i >= 0; i-- {
		s[i] = alphabet[ms&31]
		ms >>= 5
	}
	for i := 25; i >= 10; i-- {
		s[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(s[:])
}

// IsID reports whether s has the form of an id. Anything else is answered like
// an id that does not exist.
func IsID(s string) bool {
	if len(s) != 26 || s[0] > '7' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z' || c == 'I' || c == 'L' || c == 'O' || c == 'U') {
			return false
		}
	}
	return true
}
