// Package chat sends messages to chats, by a POST to an address that the chat has given
// out: its hook. Whose it is says what is sent.
//
//	slack, discord, mattermost, google, teams  the address as the chat shows it
//	telegram  https://api.telegram.org/bot<token>/sendMessage?chat_id=<chat>
//	          and &message_thread_id=<topic>, if it is for one
//	kakao     https://kapi.kakao.com/v2/api/talk/memo/default/send, to the account itself, with
//	          ?client_id=<REST API key>&refresh_token=<token>, and &client_secret=<secret> if
//	          the app has one; or ?access_token=<token>, which is good for some hours
//	generic   any address: {"id","kind","lang","subject","text","url"}, signed (SignatureHeader)
//
// What an address holds beyond its path is a secret; it goes where it belongs, and never
// into an error.
package chat

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"daybreak/domain"
	"daybreak/domain/notify"
)

// SignatureHeader carries the signature of what is sent to a generic hook, as domain.Sign
// makes it with the hook's secret.
const SignatureHeader = "Daybreak-Signature"

const (
	longest  = 5 * time.Second // for a call
	maxReply = 64 << 10        // of a reply that is read, in bytes
	agent    = "Daybreak-Notifications/1"
)

// Config is what may be called. The zero value is the world outside.
type Config struct {
	// Inside are the hosts that may be in the house's own network, and need no https.
	Inside notify.Hosts
	// Resolver finds hosts; nil: the machine's.
	Resolver *net.Resolver
	// KakaoTokens is where KakaoTalk gives out access tokens; empty: its own address.
	KakaoTokens string
}

// Sender is a notify.Sender.
type Sender struct {
	set    Config
	http   *http.Client
	tokens tokens
}

// New returns a sender. It calls nobody.
func New(set Config) *Sender {
	if set.KakaoTokens == "" {
		set.KakaoTokens = "https://kauth.kakao.com/oauth/token"
	}
	return &Sender{set: set, http: guarded(set)}
}

// Close lets go of the idle connections.
func (s *Sender) Close() { s.http.CloseIdleConnections() }

// Send implements notify.Sender.
func (s *Sender) Send(ctx context.Context, m notify.Message) error {
	if notify.CheckHook(m.Format, m.To, s.set.Inside) != "" {
		return notify.Bounced{Cause: errors.New("this is no address of such a chat")}
	}
	u, err := url.Parse(m.To)
	if err != nil {
		return notify.Bounced{Cause: errors.New("this is no address")}
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	switch m.Format {
	case "kakao":
		return s.kakao(ctx, m, u)
	case "generic":
		if m.Secret == "" {
			return errors.New("the message has no secret to be signed with")
		}
		body := encode(hook{m.ID, string(m.Kind), m.Lang, m.Subject, m.Text, m.URL})
		return s.post(ctx, call{to: u.String(), body: body,
			header: http.Header{SignatureHeader: {domain.Sign(m.Secret, time.Now(), body)}}})
	case "telegram":
		q := u.Query()
		u.RawQuery = ""
		return s.post(ctx, call{to: u.String(), body: encode(telegramBody(m, q.Get("chat_id"), q.Get("message_thread_id")))})
	}
	return s.post(ctx, call{to: u.String(), body: encode(bodies[m.Format](m))})
}

// hook is what a generic hook is told.
type hook struct {
	ID      string `json:"id"` // the same if it comes twice
	Kind    string `json:"kind"`
	Lang    string `json:"lang"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	URL     string `json:"url,omitempty"`
}

// call is a request to be made. Its body is JSON, unless header says otherwise.
type call struct {
	to     string
	header http.Header
	body   []byte
}

// post makes a call whose reply says nothing but whether it was taken.
func (s *Sender) post(ctx context.Context, c call) error {
	status, _, err := s.do(ctx, c)
	if err != nil {
		return err
	}
	return verdict(status)
}

// do makes a call and returns what was replied, as far as it is read.
func (s *Sender) do(ctx context.Context, c call) (status int, reply []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.to, bytes.NewReader(c.body))
	if err != nil {
		return 0, nil, notify.Bounced{Cause: errors.New("this is no address that can be called")}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	for name, values := range c.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", agent)
	resp, err := s.http.Do(req)
	if err != nil {
		return 0, nil, told(err)
	}
	defer resp.Body.Close()
	reply, _ = io.ReadAll(io.LimitReader(resp.Body, maxReply)) // the status is there already
	return resp.StatusCode, reply, nil
}

// told is err as the staff may see it: neither with the address, which is a secret, nor
// with what a stranger replied. An address that may not be called is none later either.
func told(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err
	}
	if errors.Is(err, errInside) {
		return notify.Bounced{Cause: errInside}
	}
	_, network := errors.AsType[net.Error](err)
	_, unknown := errors.AsType[*tls.CertificateVerificationError](err)
	if network || unknown || errors.Is(err, context.Canceled) {
		return fmt.Errorf("the chat cannot be reached: %w", err)
	}
	return errors.New("the chat gave no answer that can be read")
}

// verdict says what a status means: taken, worth another try, or never.
func verdict(status int) error {
	if status >= 200 && status < 300 {
		return nil
	}
	err := fmt.Errorf("the chat answered %d %s", status, http.StatusText(status))
	switch {
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return err
	}
	return notify.Bounced{Cause: err}
}
