package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"daybreak/domain"
	"daybreak/domain/notify"
	"daybreak/views"
)

// told waits until somebody has so many notifications.
func (s *site) told(a domain.Actor, n int) []notify.Notification {
	s.t.Helper()
	var p notify.Page
	s.eventually("notifications", func() bool {
		var err error
		p, err = s.Notify.Notifications(s.t.Context(), a, notify.Filter{})
		return err == nil && len(p.Items) >= n
	})
	return p.Items
}

func TestPeopleReadWhatTheyWereTold(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 50)
	c, other := s.client(domain.Customer), s.client(domain.Customer, "other")
	me := s.account(domain.Customer).Actor()
	c.get("/notifications").says("아직 알림이 없습니다.")
	first, second := c.order(bread, "1").orderID(), c.order(bread, "2").orderID()
	s.told(me, 2)

	p := c.get("/notifications").want(http.StatusOK).says("확정되었습니다", "5,200원")
	if n := strings.TrimSpace(p.Find("#bell-count .count").Text()); n != "2" {
		t.Errorf("the bell says %q", n)
	}
	if p.Find(`#inbox [data-status="unread"]`).Length() != 2 || p.Find(`#inbox[data-row="my-notifications"]`).Length() != 1 {
		t.Error("the inbox shows no two unread ones, or does not renew itself")
	}
	p.press(views.ThreadReadURL(first)).want(http.StatusSeeOther).follow()
	if n := strings.TrimSpace(c.get("/orders").Find("#bell-count .count").Text()); n != "1" {
		t.Errorf("after one was read the bell says %q", n)
	}
	unread := c.get("/notifications?unread=true")
	if unread.Find("#inbox section").Length() != 1 || unread.Find(`a[href="/orders/`+second+`"]`).Length() != 1 {
		t.Error("what is read stands among what is not")
	}
	unread.press(views.ReadAllURL()).follow()
	c.get("/notifications?unread=true").says("모두 읽었습니다.")
	if !c.get("/notifications").Find("#bell-count").Is("[hidden]") {
		t.Error("the bell still counts")
	}

	// Nobody else's are to be seen or marked.
	other.get("/notifications").says("아직 알림이 없습니다.")
	third := c.order(bread, "1").orderID()
	s.told(me, 3)
	other.post(views.ThreadReadURL(third), nil).want(http.StatusSeeOther)
	if n, err := s.Notify.Unread(t.Context(), me); err != nil || n != 1 {
		t.Errorf("%d unread, %v", n, err)
	}
	c.get("/notifications?cursor=nonsense").want(http.StatusSeeOther).follow().want(http.StatusOK)
	s.visitor().get("/notifications").want(http.StatusSeeOther)
	if s.visitor().get("/").Find("#bell").Length() != 0 {
		t.Error("a visitor has a bell")
	}
}

func TestPeopleSayHowTheyAreTold(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Customer)
	const f = `form[action="/notifications/settings"]`
	p := c.get("/notifications/settings").want(http.StatusOK).says("customer@demo.local")
	if p.Find(f+` [type=checkbox]`).Length() != 3*len(notify.KindsOf(domain.Customer)) || p.Find(`[name="kinds.new_order.email"]`).Length() != 0 {
		t.Error("the kinds are not those of a customer")
	}
	for field, bad := range map[string]string{"chatUrl": "http://hooks.slack.com/x", "quiet.from": "25:00", "quiet.timeZone": "Mars/Base"} {
		values := []string{"quiet.from", "22:00", "quiet.to", "07:00", field, bad}
		again := p.submit(f, values...).want(http.StatusUnprocessableEntity)
		if again.fieldError(strings.ReplaceAll(field, ".", `\.`)) == "" || again.value(field) != bad {
			t.Errorf("%s: refused with %q, kept %q", field, again.fieldError(strings.ReplaceAll(field, ".", `\.`)), again.value(field))
		}
	}
	action, fields := p.form(f)
	fields.Del("kinds.order.email")
	fields.Set("chatUrl", "https://hooks.slack.com/services/T0/B0/x")
	fields.Set("quiet.from", "22:00")
	fields.Set("quiet.to", "07:00")
	fields.Set("language", "en")
	c.post(action, fields).want(http.StatusSeeOther).follow().says("저장했습니다")
	is, err := s.Notify.Preferences(t.Context(), s.account(domain.Customer).Actor())
	if err != nil || is.Kinds[notify.KindOrder].Email || !is.Kinds[notify.KindOrder].InApp || !is.Kinds[notify.KindDelivery].Email ||
		is.Quiet.From != "22:00" || is.Language != "en" || is.ChatURL == "" {
		t.Errorf("%+v %v", is, err)
	}
	if c.get("/notifications/settings").Find(`[name="kinds.order.email"]`).Is("[checked]") {
		t.Error("the box that was cleared is ticked")
	}
	fields.Set("kinds.new_order.email", "true")
	c.post(action, fields).want(http.StatusBadRequest) // no kind of a customer's
}

// People are written to in the language in which they read the site.
func TestMailsAreInTheReadersLanguage(t *testing.T) {
	s := newSite(t)
	me := s.account(domain.Customer)
	is := func() string {
		a, err := s.Accounts.Get(t.Context(), me.ID)
		if err != nil {
			t.Fatal(err)
		}
		return a.Language
	}
	if is() != "" {
		t.Fatalf("a new account has the language %q", is())
	}
	c := s.visitor().english()
	c.signIn(me)
	if is() != "en" {
		t.Errorf("signed in on English pages, the language is %q", is())
	}
	c.post("/prefs", url.Values{"lang": {"ko"}, "next": {"/"}}).want(http.StatusSeeOther)
	if is() != "ko" {
		t.Errorf("changed to Korean, it is %q", is())
	}
}

// Whoever has the mail can end it, signed in or not; asking alone ends nothing.
func TestUnsubscribe(t *testing.T) {
	s := newSite(t)
	me := s.account(domain.Customer).Actor()
	v := s.visitor()
	for _, bad := range []string{"", "x", "x.y"} {
		v.get("/unsubscribe?token=" + bad).want(http.StatusNotFound)
		v.post("/unsubscribe?token="+bad, url.Values{"List-Unsubscribe": {"One-Click"}}).want(http.StatusNotFound)
	}
	s.client(domain.Customer).order(s.product("식빵", 5200, 50), "1")
	link, err := url.Parse(s.mails.to(s, me.ID).Unsubscribe)
	if err != nil {
		t.Fatal(err)
	}
	token := link.Query().Get("token")
	mails := func() bool {
		is, err := s.Notify.Preferences(t.Context(), me)
		if err != nil {
			t.Fatal(err)
		}
		return is.Kinds[notify.KindOrder].Email
	}
	ask := v.get(views.UnsubscribeURL(token)).want(http.StatusOK).says("그만 받으시겠어요?")
	if !mails() {
		t.Fatal("looking at the link has ended the mails")
	}
	ask.press(views.UnsubscribeURL(token)).want(http.StatusOK).says("더 이상 이메일로 보내지 않습니다")
	if mails() {
		t.Error("the mails go on")
	}
	v.post(views.UnsubscribeURL(token), url.Values{"List-Unsubscribe": {"One-Click"}}).want(http.StatusOK)
}

func TestAPINotifications(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 50)
	c, other := s.apiClient(domain.Customer), s.apiClient(domain.Customer, "other")
	c.post("/orders", orderOf(bread, 1)).want(201)
	s.told(s.account(domain.Customer).Actor(), 1)
	var list apiPage[apiNotification]
	c.get("/notifications?unread=true").want(200).into(&list)
	if len(list.Items) != 1 || list.Items[0].Kind != "order" || !strings.HasPrefix(list.Items[0].Title, "Order ") || list.Items[0].ReadAt != nil ||
		!strings.HasPrefix(list.Items[0].URL, "/orders/") || list.Items[0].Event == "" {
		t.Fatalf("%+v", list)
	}
	read := "/notifications/" + list.Items[0].ID + "/read"
	other.post(read, `{}`).want(404)
	var n apiNotification
	c.post(read, `{}`).want(200).into(&n)
	if n.ReadAt == nil {
		t.Errorf("%+v", n)
	}
	c.post("/notifications/read-all", `{}`).want(200)
	var is notify.Preferences
	c.get("/preferences").want(200).into(&is)
	if !is.Kinds[notify.KindOrder].Email {
		t.Errorf("%+v", is)
	}
	c.call("PUT", "/api/v1/preferences", `{"kinds":{"order":{"inApp":true,"email":false,"chat":false}},"language":"ko"}`).want(200).into(&is)
	if is.Kinds[notify.KindOrder].Email || is.Language != "ko" || !is.Kinds[notify.KindDelivery].Email {
		t.Errorf("%+v", is)
	}
	c.call("PUT", "/api/v1/preferences", `{"kinds":{"breaker":{"email":true}}}`).want(422).at("body.kinds.breaker")
	c.call("PUT", "/api/v1/preferences", `{"kinds":{"order":{"fax":true}}}`).want(400).at("body.kinds.order.fax")
	c.call("PUT", "/api/v1/preferences", `{"kinds":{"order":{},"order":{}}}`).want(400).at("body.kinds.order")
	c.call("PUT", "/api/v1/preferences", `{"kinds":[]}`).want(422).at("body.kinds")
}

// fakeMail keeps what would be mailed.
type fakeMail struct {
	mu   sync.Mutex
	sent []notify.Message
}

// Send implements notify.Sender.
func (f *fakeMail) Send(_ context.Context, m notify.Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sent = append(f.sent, m)
	return nil
}

// to waits for a mail to the account and returns the first.
func (f *fakeMail) to(s *site, id string) (found notify.Message) {
	s.t.Helper()
	me, err := s.Accounts.Get(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	s.eventually("a mail to "+me.Email, func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		i := slices.IndexFunc(f.sent, func(m notify.Message) bool { return m.To == me.Email })
		if i >= 0 {
			found = f.sent[i]
		}
		return i >= 0
	})
	return found
}

func TestStaffSeeWhatWentOut(t *testing.T) {
	s := newSite(t)
	o := s.placed(s.product("식빵", 5200, 50), 1)
	s.mails.to(s, o.CustomerID)
	admin, packer := s.client(domain.Admin), s.client(domain.Packer)
	packer.get("/staff/messages").want(http.StatusForbidden)
	s.eventually("the mail to be sent", func() bool {
		l, err := s.Notify.Ledger(t.Context(), s.account(domain.Admin).Actor(), notify.LedgerFilter{State: notify.Sent})
		return err == nil && len(l.Items) > 0
	})
	p := admin.get("/staff/messages?to=CUSTOMER@demo.local&channel=email").want(http.StatusOK).says("확정되었습니다", "발송 완료", "customer@demo.local")
	admin.get("/staff/messages?to=nobody@demo.local").says("조건에 맞는 알림이 없습니다.")
	admin.get("/staff/messages?kind=nonsense").want(http.StatusSeeOther)
	link := p.Find(`tr[data-status="sent"] a`).First().AttrOr("href", "")
	m := admin.get(link).want(http.StatusOK).says("orders.placed.v1", "5,200원", "메일 그대로 보기")
	if strings.Contains(m.body, "/unsubscribe?") {
		t.Error("staff can unsubscribe the reader")
	}
	mail := admin.get(link + "/mail").want(http.StatusOK)
	if !strings.Contains(mail.body, "확정되었습니다") || !strings.Contains(mail.body, `lang="ko"`) {
		t.Errorf("the mail is %s", mail.body)
	}
	if csp := mail.header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") || !strings.Contains(csp, "sandbox") {
		t.Errorf("a mail may do: %s", csp)
	}
	packer.get(link).want(http.StatusForbidden)
	admin.get("/staff/messages/" + domain.NewID()).want(http.StatusNotFound)
	m.press(link + "/resend").want(http.StatusSeeOther).follow().says("다시 보냈습니다.")
	packer.get(views.StaffOrderURL(o.ID)).want(http.StatusOK).says("이 건으로 보낸 알림", "customer@demo.local")

	var list apiPage[apiMessage]
	s.apiClient(domain.Admin).get("/staff/messages?to=customer@demo.local").want(200).into(&list)
	if len(list.Items) != 2 || list.Items[0].Channel != "email" || list.Items[0].Kind != "order" || list.Items[0].Subject == "" || list.Items[0].Event != "orders.placed.v1" {
		t.Errorf("%+v", list)
	}
	s.apiClient(domain.Packer).get("/staff/messages").want(403)
}

func TestAdminsSetTheChatsOfDuties(t *testing.T) {
	s := newSite(t)
	admin := s.client(domain.Admin)
	page := admin.get("/staff/messages/channels").want(http.StatusOK).says("새 주문", "결제 장애")
	form := `form:has([name="kind"][value="breaker"])`
	page.submit(form, "url", "http://10.0.0.1/").want(http.StatusUnprocessableEntity).says("https로 시작하는")
	page.submit(form, "url", "https://hooks.slack.com/services/T/B/x", "format", "").want(http.StatusSeeOther).follow().says("저장했습니다.", "김admin 님이 설정")
	teams, err := s.Notify.Teams(t.Context(), s.account(domain.Admin).Actor())
	if err != nil || !slices.ContainsFunc(teams, func(is notify.Team) bool { return is.Kind == notify.KindBreaker && is.Format == "slack" }) {
		t.Errorf("%+v %v", teams, err)
	}
	if page.Find("code").Length() != 0 {
		t.Error("a secret without a hook of ours")
	}
	admin.get("/staff/messages/channels").submit(form, "url", "https://pager.example/hook", "format", "").want(http.StatusSeeOther).follow()
	of, err := s.Notify.TeamSecrets(t.Context(), s.account(domain.Admin).Actor())
	if err != nil || of[notify.KindBreaker] == "" {
		t.Fatalf("%v %v", of, err)
	}
	admin.get("/staff/messages/channels").says(of[notify.KindBreaker])
	s.client(domain.Packer).get("/staff/messages/channels").want(http.StatusForbidden)
}

// Who has a program of their own told checks what comes with a secret.
func TestPeopleReadTheSecretOfTheirHook(t *testing.T) {
	s := newSite(t)
	c := s.client(domain.Customer)
	page := c.get("/notifications/settings").submit(`form[action="/notifications/settings"]`, "chatUrl", "https://me.example/hook").
		want(http.StatusSeeOther).follow()
	secret, err := s.Notify.HookSecret(t.Context(), s.account(domain.Customer).Actor())
	if err != nil || secret == "" {
		t.Fatal(secret, err)
	}
	page.says(secret)
}
