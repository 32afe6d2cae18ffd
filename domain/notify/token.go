package notify

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"

	"daybreak/domain"
	"daybreak/domain/db"
)

// A token ends the mails of a kind for an account: the two of them and a signature. It
// works without signing in, for ever, and for nothing else.

// The names of what tokens are signed with, and of what the secrets of hooks are made.
const (
	tokenKey = "unsubscribe"
	hookKey  = "hooks"
)

var text64 = base64.RawURLEncoding

func sign(secret, user string, k Kind) string {
	body := user + "." + string(k)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(body))
	return text64.EncodeToString([]byte(body)) + "." + text64.EncodeToString(mac.Sum(nil))
}

// verify returns what a token is for; ok is false if we have not made it.
func verify(secret, token string) (user string, k Kind, ok bool) {
	body, _, _ := strings.Cut(token, ".")
	b, err := text64.DecodeString(body)
	if err != nil || secret == "" || len(token) > maxWord {
		return "", "", false
	}
	user, kind, _ := strings.Cut(string(b), ".")
	k = Kind(kind)
	if _, known := kinds[k]; !known || !hmac.Equal([]byte(token), []byte(sign(secret, user, k))) {
		return "", "", false
	}
	return user, k, true
}

// secret returns one of the house's secrets, and makes it the first time.
func (s *Service) secret(ctx context.Context, name string) (string, error) {
	if v, ok := s.secrets.Load(name); ok {
		return v.(string), nil
	}
	read := func(ctx context.Context, q db.Querier) ([]string, error) {
		return db.All(ctx, q, db.String, `/* notify.secret */ select value from notify_secrets where name = $1`, name)
	}
	values, err := read(ctx, s.DB)
	if err == nil && len(values) == 0 {
		err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			if _, err = tx.Exec(ctx, `/* notify.make_secret */ insert into notify_secrets (name, value) values ($1, $2)
				on conflict (name) do nothing`, name, rand.Text()+rand.Text()); err == nil {
				values, err = read(ctx, tx)
			}
			return err
		})
	}
	if err != nil {
		return "", err
	}
	s.secrets.Store(name, values[0])
	return values[0], nil
}

// TokenOf returns the token with which whoever has it ends the mails of a kind for an
// account.
func (s *Service) TokenOf(ctx context.Context, user string, k Kind) (string, error) {
	secret, err := s.secret(ctx, tokenKey)
	if err != nil {
		return "", err
	}
	return sign(secret, user, k), nil
}

// HookSecret returns what the messages to the actor's generic hook are signed with, "" if
// they have none. Another address has another secret, and so has another's hook with the
// same address.
func (s *Service) HookSecret(ctx context.Context, a domain.Actor) (string, error) {
	p, err := s.Preferences(ctx, a)
	if err != nil || p.ChatURL == "" || FormatOf(p.ChatURL) != generic {
		return "", err
	}
	return s.hookSecret(ctx, a.ID, p.ChatURL)
}

// TeamSecrets is HookSecret for the duties that have a generic hook. Admins only.
func (s *Service) TeamSecrets(ctx context.Context, a domain.Actor) (map[Kind]string, error) {
	teams, err := s.Teams(ctx, a)
	if err != nil {
		return nil, err
	}
	out := map[Kind]string{}
	for _, t := range teams {
		if t.URL == "" || t.Format != generic {
			continue
		}
		if out[t.Kind], err = s.hookSecret(ctx, teamPrefix+string(t.Kind), t.URL); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) hookSecret(ctx context.Context, owner, address string) (string, error) {
	secret, err := s.secret(ctx, hookKey)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(owner + "\n" + address))
	return text64.EncodeToString(mac.Sum(nil)), nil
}

// Unsubscribed is what a token has ended.
type Unsubscribed struct {
	UserID string
	Kind   Kind
}

// Token tells what a token would end. NotFound if it is none of ours.
func (s *Service) Token(ctx context.Context, token string) (Unsubscribed, error) {
	secret, err := s.secret(ctx, tokenKey)
	if err != nil {
		return Unsubscribed{}, err
	}
	user, k, ok := verify(secret, token)
	if !ok {
		return Unsubscribed{}, domain.Missing("unsubscribe")
	}
	return Unsubscribed{UserID: user, Kind: k}, nil
}

// Unsubscribe ends the mails of the kind that the token is for, until their reader wants
// them again. Whoever has the mail may ask for it, signed in or not; twice is as good as
// once. NotFound if the token is none of ours.
func (s *Service) Unsubscribe(ctx context.Context, token string) (Unsubscribed, error) {
	u, err := s.Token(ctx, token)
	if err != nil {
		return u, err
	}
	return u, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		w, err := wishesOf(ctx, tx, u.UserID)
		if err != nil {
			return err
		}
		is := w.wish(u.Kind)
		is.email, is.never = false, true
		return saveWish(ctx, tx, u.UserID, u.Kind, is)
	})
}
