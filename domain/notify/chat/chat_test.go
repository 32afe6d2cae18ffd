package chat_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"daybreak/domain"
	"daybreak/domain/notify"
	"daybreak/domain/notify/chat"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// request is what came to a receiver.
type request struct {
	method, path string
	header       http.Header
	body         []byte
}

// receiver is somebody's chat.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []request
	answer http.HandlerFunc // nil: 200
}

func receive(t *testing.T, answer http.HandlerFunc) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return
	}
	r.mu.Lock()
	r.got = append(r.got, request{req.Method, req.URL.RequestURI(), req.Header, body})
	r.mu.Unlock()
	if r.answer != nil {
		req.Body = io.NopCloser(bytes.NewReader(body))
		r.answer(w, req)
	}
}

func (r *receiver) all() []request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]request(nil), r.got...)
}

func (r *receiver) host() string { return strings.TrimPrefix(r.URL, "http://") }

// sender may call the receivers, although they are on this machine.
func sender(t *testing.T, set chat.Config, inside ...*receiver) *chat.Sender {
	t.Helper()
	for _, r := range inside {
		set.Inside = append(set.Inside, r.host())
	}
	s := chat.New(set)
	t.Cleanup(s.Close)
	return s
}

const secret = "n0t-told"

// paths are where the hooks of the chats are.
var paths = map[string]string{
	"slack": "/services/T0/B0/x", "discord": "/api/webhooks/1/x", "mattermost": "/hooks/x", "google": "/v1/spaces/A/messages?key=k&token=t",
	"teams": "/workflows/1/triggers/manual/paths/invoke?sig=x", "generic": "/notify?room=1",
	"telegram": "/bot1:AbC_-9/sendMessage?chat_id=-100123&message_thread_id=7",
	"kakao":    "/v2/api/talk/memo/default/send?access_token=a-token",
}

var (
	korean = notify.Message{ID: "01K0ABCDEFGHJKMNPQRSTVWXYZ", Kind: notify.KindNewOrder, Lang: "ko", Secret: secret,
		Subject: "새 주문 20261123-0042가 들어왔습니다",
		Text:    "김지호 님: 우유식빵 2개, 꿀 1개\n메모: <b>*문 앞*</b> & \"벨 X\" @all <!channel> [여기](https://evil.example)\n",
		URL:     "https://shop.example.com/staff/packing?kind=new_order&from=chat"}
	english = notify.Message{ID: "01K0ABCDEFGHJKMNPQRSTVWXYZ", Kind: notify.KindApproval, Lang: "en", Secret: secret,
		Subject: "Room Hangang wants your approval", Text: "O'Brien & Söhne\n# 1 - _urgent_ `now` ~no~ a@b.example\n\ttabbed 👍\n"}
)

// Each chat is sent exactly what it reads, and what people typed stays text in it.
func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, format := range notify.Formats {
		for _, m := range []notify.Message{korean, english} {
			t.Run(format+" "+m.Lang, func(t *testing.T) {
				t.Parallel()
				r := receive(t, nil)
				m.Format, m.To = format, r.URL+paths[format]
				if err := sender(t, chat.Config{}, r).Send(t.Context(), m); err != nil {
					t.Fatal(err)
				}
				got := r.all()
				if len(got) != 1 || got[0].method != http.MethodPost || got[0].header.Get("User-Agent") != "Daybreak-Notifications/1" {
					t.Fatalf("%+v", got)
				}
				golden(t, format+"."+m.Lang, got[0])
			})
		}
	}
}

// golden compares a request with the file of its name; with UPDATE_GOLDEN it writes it.
func golden(t *testing.T, name string, r request) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString(r.method + " " + r.path + "\n")
	for _, h := range []string{"Content-Type", "Authorization"} {
		if v := r.header.Get(h); v != "" {
			b.WriteString(h + ": " + v + "\n")
		}
	}
	body := r.body
	if form, err := url.ParseQuery(string(body)); strings.HasPrefix(r.header.Get("Content-Type"), "application/x-www-form") && err == nil {
		body = []byte(form.Get("template_object"))
		b.WriteString("template_object=")
	}
	if !json.Valid(body) {
		t.Errorf("no JSON: %s", body)
	}
	b.Write(append(body, '\n'))
	file := filepath.Join("testdata", name+".http")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || !bytes.Equal(b.Bytes(), want) {
		t.Errorf("%v\ngot  %swant %s", err, b.Bytes(), want)
	}
}

// Who has a generic hook can tell that it was us, just now, and that nothing was changed.
func TestSignature(t *testing.T) {
	t.Parallel()
	r := receive(t, nil)
	s := sender(t, chat.Config{}, r)
	m := korean
	m.Format, m.To = "generic", r.URL+"/"
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := r.all()[0]
	signed := got.header.Get("Daybreak-Signature")
	if err := domain.VerifySignature(secret, signed, got.body, time.Now()); err != nil {
		t.Errorf("%q: %v", signed, err)
	}
	if err := domain.VerifySignature("guess", signed, got.body, time.Now()); err == nil {
		t.Error("another secret is as good")
	}
	if err := domain.VerifySignature(secret, signed, append(got.body, ' '), time.Now()); err == nil {
		t.Error("another body is as good")
	}
	if m.Secret = ""; s.Send(t.Context(), m) == nil || len(r.all()) != 1 {
		t.Error("it was sent without a signature")
	}
}

func bounced(err error) bool {
	_, ok := errors.AsType[notify.Bounced](err)
	return ok
}

// What the chat answers decides whether the message is sent again.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for status, final := range map[int]bool{400: true, 401: true, 403: true, 404: true, 410: true, 405: true, 413: true, 422: true,
		301: true, 302: true, 307: true, 304: true, 408: false, 425: false, 429: false, 500: false, 502: false, 503: false, 504: false, 599: false} {
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			if status != 304 {
				io.WriteString(w, "what it says is nobody's business")
			}
		})
		m := korean
		m.Format, m.To = "slack", r.URL+"/services/s3cret"
		err := sender(t, chat.Config{}, r).Send(t.Context(), m)
		if err == nil || bounced(err) != final || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "business") {
			t.Errorf("%d: %v, bounced %t", status, err, bounced(err))
		}
		if n := len(r.all()); n != 1 {
			t.Errorf("%d: %d requests", status, n)
		}
	}
	for _, status := range []int{200, 201, 202, 204} {
		r := receive(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		m := korean
		m.Format, m.To = "discord", r.URL+"/api/webhooks/1/x"
		if err := sender(t, chat.Config{}, r).Send(t.Context(), m); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// KakaoTalk's access tokens last for hours: a new one is asked for when it is needed.
func TestKakaoTokens(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	grants, expired := 0, map[string]bool{}
	auth := receive(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		b, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(b))
		if form.Get("grant_type") != "refresh_token" || form.Get("client_id") != "app" || form.Get("client_secret") != "shh" {
			t.Errorf("%s", b)
		}
		if form.Get("refresh_token") == "gone" {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		grants++
		reply := map[string]any{"access_token": "token-" + form.Get("refresh_token"), "expires_in": 21599}
		if form.Get("refresh_token") == "first" {
			reply["refresh_token"] = "second"
		}
		json.NewEncoder(w).Encode(reply)
	})
	var seen []string
	talk := receive(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		token := r.Header.Get("Authorization")
		seen = append(seen, token)
		if expired[token] {
			http.Error(w, `{"code":-401}`, http.StatusUnauthorized)
		}
	})
	s := sender(t, chat.Config{KakaoTokens: auth.URL + "/oauth/token"}, auth, talk)
	send := func(token string) error {
		m := korean
		m.Format, m.To = "kakao", talk.URL+"/v2/api/talk/memo/default/send?client_id=app&client_secret=shh&refresh_token="+token
		return s.Send(t.Context(), m)
	}
	for i := range 3 {
		if err := send("first"); err != nil || grants != 1 {
			t.Fatalf("%d: %v after %d grants", i, err, grants)
		}
	}
	expired["Bearer token-first"] = true
	if err := send("first"); err != nil || grants != 2 || seen[len(seen)-1] != "Bearer token-second" {
		t.Errorf("%v after %d grants: %q", err, grants, seen)
	}
	expired["Bearer token-second"] = true
	if err := send("first"); !bounced(err) || grants != 3 {
		t.Errorf("taken back: %v after %d grants", err, grants)
	}
	if err := send("gone"); !bounced(err) || strings.Contains(err.Error(), "gone") {
		t.Errorf("%v", err)
	}
	for _, r := range talk.all() {
		if r.path != "/v2/api/talk/memo/default/send" {
			t.Errorf("asked %s", r.path)
		}
	}
}

// What gives no token, for now or for ever.
func TestKakaoGivesNoToken(t *testing.T) {
	t.Parallel()
	for reply, final := range map[string]bool{"": false, "<html>": false, "{}": false, "503": false, "401": true} {
		auth := receive(t, func(w http.ResponseWriter, _ *http.Request) {
			switch reply {
			case "503":
				w.WriteHeader(503)
			case "401":
				w.WriteHeader(401)
			}
			io.WriteString(w, reply)
		})
		talk := receive(t, nil)
		m := korean
		m.Format, m.To = "kakao", talk.URL+"/v2/api/talk/memo/default/send?client_id=app&refresh_token=x"
		err := sender(t, chat.Config{KakaoTokens: auth.URL}, auth, talk).Send(t.Context(), m)
		if err == nil || bounced(err) != final || len(talk.all()) != 0 {
			t.Errorf("%q: %v", reply, err)
		}
	}
}
