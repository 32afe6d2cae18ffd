package accounts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"daybreak/domain/db"
)

// SessionAccount is the key under which a session holds the id of its account.
const SessionAccount = "account"

// SessionStore keeps browser sessions in the database. It fits the store interface
// of scs without importing it; the manager must use SessionCodec, and need not hash
// tokens, because the store does. Every request reads its session by primary key;
// nothing is kept in memory, so that one ended anywhere is over everywhere.
//
// A session ends when nobody used it for 30 minutes, 12 hours while a page of it
// is open (see Alive), and for staff 12 hours after it was made whatever happens.
type SessionStore struct{ DB *db.DB }

// FindCtx returns a session's data, and notes once a minute that it is in use.
func (s SessionStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := s.DB.Now()
	v, err := findSession(ctx, s.DB, digest(token), now)
	if err == db.ErrNone || err == nil && !alive(v.seen, v.streamed, now) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	if now.Sub(v.seen) >= seenEvery {
		s.touch(ctx, token, false)
	}
	return []byte(v.data), true, nil
}

// touch notes that a session is in use. That it could not, because the database is
// busy, must not sign anybody out: the next request tries again.
func (s SessionStore) touch(ctx context.Context, token string, stream bool) {
	_ = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return touchSession(ctx, tx, digest(token), stream)
	})
}

// Alive reports whether an account's session is still good, for a stream that has
// been open for a while, and counts the open page as use of it.
func (s SessionStore) Alive(ctx context.Context, token, accountID string) (bool, error) {
	now := s.DB.Now()
	v, err := findSession(ctx, s.DB, digest(token), now)
	if err == db.ErrNone || err == nil && (v.account != accountID || !alive(v.seen, v.streamed, now)) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if now.Sub(v.streamed) >= seenEvery {
		s.touch(ctx, token, true)
	}
	return true, nil
}

// CommitCtx stores a session. One that was ended meanwhile, by the person in
// another window or by an admin, stays ended.
func (s SessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	_, values, err := SessionCodec{}.Decode(b)
	if err != nil {
		return err
	}
	account, _ := values[SessionAccount].(string)
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		return commitSession(ctx, tx, digest(token), account, string(b), expiry)
	})
}

// DeleteCtx ends a session.
func (s SessionStore) DeleteCtx(ctx context.Context, token string) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error { return endSessionByToken(ctx, tx, digest(token)) })
}

// Find is FindCtx without a context.
func (s SessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context.
func (s SessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context.
func (s SessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// SessionCodec writes a session as JSON. Its values are texts, whole numbers and
// yes or no: no more belongs into a session.
type SessionCodec struct{}

type sessionData struct {
	Deadline int64          `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode implements the codec of scs.
func (SessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	for k, v := range values {
		switch v.(type) {
		case string, bool, int, int64:
		default:
			return nil, fmt.Errorf("session: %s is a %T; texts, whole numbers and booleans can be kept", k, v)
		}
	}
	return json.Marshal(sessionData{db.Micros(deadline), values})
}

// Decode implements the codec of scs. Whole numbers come back as int64.
func (SessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var d sessionData
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode(&d); err != nil {
		return time.Time{}, nil, fmt.Errorf("session: %w", err)
	}
	for k, v := range d.Values {
		if n, ok := v.(json.Number); ok {
			i, err := n.Int64()
			if err != nil {
				return time.Time{}, nil, fmt.Errorf("session: %s: %w", k, err)
			}
			d.Values[k] = i
		}
	}
	return db.Time(d.Deadline), d.Values, nil
}
