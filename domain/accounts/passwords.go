package accounts

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"daybreak/domain"
)

//go:embed common.txt
var commonText string

var commonWords = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for line := range strings.Lines(commonText) {
		if !strings.HasPrefix(line, "# ") {
			words[strings.TrimSpace(line)] = true
		}
	}
	return words
})

// common reports whether the password is one that guessing begins with: a listed
// one, one sign or run repeated, or the shop's name or the person's own address
// with hardly anything added.
func common(password, email string) bool {
	p := strings.ToLower(password)
	words := commonWords()
	if words[p] || monotonous(p) {
		return true
	}
	// "sunshine12!" is "sunshine" to whoever guesses; four signs more are a thought.
	bare := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	if words[bare] && utf8.RuneCountInString(p)-utf8.RuneCountInString(bare) < 4 {
		return true
	}
	local, _, _ := strings.Cut(email, "@")
	for _, own := range []string{email, local, "daybreak", "데이브레이크"} {
		rest := p
		if utf8.RuneCountInString(own) >= 3 {
			rest = strings.ReplaceAll(p, own, "")
		}
		if rest != p && utf8.RuneCountInString(rest) < 4 {
			return true
		}
	}
	return false
}

// monotonous reports whether each sign follows from the one before it: "aaaaaaaa",
// "12345678", "hgfedcba".
func monotonous(p string) bool {
	r := []rune(p)
	for i := 2; i < len(r); i++ {
		if step := r[i] - r[i-1]; step != r[1]-r[0] || step < -1 || step > 1 {
			return false
		}
	}
	return len(r) > 2
}

// The cost of a hash: OWASP's least, about 50 ms and 19 MiB. Changing it here
// changes stored hashes as their owners sign in.
var cost = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// At most so many hashes are made at a time, so many callers wait, and the others
// are told to come back: hashing is the one thing here that costs memory and time.
const (
	maxHashing = 4
	maxWaiting = 50
)

// hasher makes and checks password hashes.
type hasher struct {
	cost    argon2id.Params
	slots   chan struct{}
	waiting atomic.Int64
}

func newHasher() *hasher { return &hasher{cost: cost, slots: make(chan struct{}, maxHashing)} }

// enter waits for a slot. Whoever gets one calls leave.
func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	default:
	}
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return domain.Refuse(domain.TooMany, "err.accounts.busy").After(2 * time.Second)
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

// make returns the hash to store. The caller has a slot.
func (h *hasher) make(password string) (string, error) {
	s, err := argon2id.CreateHash(password, &h.cost)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return s, nil
}

// hash waits for a slot and returns the hash to store.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return h.make(password)
}

// told holds the hashes of passwords that are no secret, by password and cost.
var told sync.Map

// shared is hash for a password that is no secret: accounts of this process that have
// the same one share a hash, which is made once.
func (h *hasher) shared(ctx context.Context, password string) (string, error) {
	key := struct {
		password string
		cost     argon2id.Params
	}{password, h.cost}
	if s, ok := told.Load(key); ok {
		return s.(string), nil
	}
	s, err := h.hash(ctx, password)
	if err != nil {
		return "", err
	}
	told.Store(key, s)
	return s, nil
}

// matches reports whether password belongs to the stored hash, and whether that
// was made at another cost than today's. Without a hash it takes as long and is
// false, so that nobody can tell by the time who has an account. The caller has a slot.
func (h *hasher) matches(password, stored string) (ok, stale bool, err error) {
	if stored == "" {
		_, err := h.make(password)
		return false, false, err
	}
	ok, p, err := argon2id.CheckHash(password, stored)
	if err != nil {
		return false, false, fmt.Errorf("check a password: %w", err)
	}
	return ok, *p != h.cost, nil
}
