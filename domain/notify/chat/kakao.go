package chat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"daybreak/domain/notify"
)

// kakao sends a message to the KakaoTalk of the account whose token is in the address.
func (s *Sender) kakao(ctx context.Context, m notify.Message, u *url.URL) error {
	q := u.Query()
	u.RawQuery = ""
	link := object{}
	if m.URL != "" {
		link = object{"web_url": m.URL, "mobile_web_url": m.URL}
	}
	about := m
	about.URL = "" // it is behind the button
	body := url.Values{"template_object": {string(encode(object{"object_type": "text", "text": kakaoText.words(about), "link": link}))}}
	send := func(token string) (int, error) {
		status, _, err := s.do(ctx, call{to: u.String(), body: []byte(body.Encode()),
			header: http.Header{"Content-Type": {formType}, "Authorization": {"Bearer " + token}}})
		return status, err
	}
	if token := q.Get("access_token"); token != "" {
		status, err := send(token)
		if err != nil {
			return err
		}
		return verdict(status)
	}
	// A token may end before its time: then a new one is asked for, once.
	for old := false; ; old = true {
		token, err := s.token(ctx, q, old)
		if err != nil {
			return err
		}
		status, err := send(token)
		if err != nil {
			return err
		}
		if status != http.StatusUnauthorized || old {
			return verdict(status)
		}
	}
}

const formType = "application/x-www-form-urlencoded;charset=utf-8"

// tokens are what KakaoTalk has given us for the refresh tokens in addresses. They are
// kept while the process lives: a new one costs a call.
type tokens struct {
	mu sync.Mutex
	of map[string]granted
}

// granted is what was given for a refresh token.
type granted struct {
	access  string
	until   time.Time
	refresh string // that takes its place, if one was given
}

const (
	maxTokens = 10_000
	// early is how long before its end a token is taken for over.
	early = time.Minute
)

func (t *tokens) get(key string) granted {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.of[key]
}

func (t *tokens) put(key string, g granted) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil || len(t.of) >= maxTokens {
		t.of = map[string]granted{}
	}
	t.of[key] = g
}

// token returns an access token for what is in the address; a new one if the last is old.
func (s *Sender) token(ctx context.Context, q url.Values, old bool) (string, error) {
	key := q.Encode()
	g := s.tokens.get(key)
	if !old && time.Until(g.until) > early {
		return g.access, nil
	}
	form := url.Values{"grant_type": {"refresh_token"}, "client_id": {q.Get("client_id")}, "refresh_token": {q.Get("refresh_token")}}
	if g.refresh != "" {
		form.Set("refresh_token", g.refresh)
	}
	if secret := q.Get("client_secret"); secret != "" {
		form.Set("client_secret", secret)
	}
	status, reply, err := s.do(ctx, call{to: s.set.KakaoTokens, body: []byte(form.Encode()), header: http.Header{"Content-Type": {formType}}})
	if err != nil {
		return "", err
	}
	if err := verdict(status); err != nil {
		return "", err
	}
	var is struct {
		Access  string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(reply, &is); err != nil || is.Access == "" {
		return "", errors.New("the chat gave no token")
	}
	if is.Refresh == "" {
		is.Refresh = g.refresh
	}
	s.tokens.put(key, granted{is.Access, time.Now().Add(time.Duration(is.Seconds) * time.Second), is.Refresh})
	return is.Access, nil
}
