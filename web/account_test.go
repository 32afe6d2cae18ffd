package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"daybreak/domain"
)

func TestSigningIn(t *testing.T) {
	s := newSite(t)
	customer, packer := s.account(domain.Customer), s.account(domain.Packer)
	v := s.visitor()
	p := v.get("/login?next=%2Forders").submit(loginForm, "email", strings.ToUpper(customer.Email), "password", demoPassword)
	if to := p.want(http.StatusSeeOther).header.Get("Location"); to != "/orders" {
		t.Errorf("leads to %q", to)
	}
	p.follow().want(http.StatusOK).says("김customer 님, 반갑습니다.")
	v.get("/login").want(http.StatusSeeOther)
	w := s.visitor()
	if to := w.get("/login").submit(loginForm, "email", packer.Email, "password", demoPassword).header.Get("Location"); to != "/staff" {
		t.Errorf("a packer works at %q", to)
	}
	for _, evil := range []string{"//evil.example", `/\evil.example`, "/%09/evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example", "/logout"} {
		x := s.visitor()
		p := x.post("/login", url.Values{"email": {customer.Email}, "password": {demoPassword}, "next": {evil}})
		to := p.want(http.StatusSeeOther).header.Get("Location")
		if evil != "/%09/evil.example" && to != "/" || strings.Contains(to, "//") || strings.Contains(to, `\`) {
			t.Errorf("%q leads to %q", evil, to)
		}
	}
}

func TestSessionIsNewAfterSigningInAndGoneAfterSigningOut(t *testing.T) {
	s := newSite(t)
	bread := s.product("식빵", 5200, 10)
	v := s.visitor()
	v.get("/").submit("#add-" + bread)
	sid := func() string {
		u, _ := url.Parse(s.url)
		for _, c := range v.http.Jar.Cookies(u) {
			if c.Name == "sid" {
				return c.Value
			}
		}
		return ""
	}
	before := sid()
	v.signIn(s.account(domain.Customer))
	inside := sid()
	if before == "" || inside == before {
		t.Errorf("the session was %q and is %q", before, inside)
	}
	out := v.get("/orders").want(http.StatusOK).submit(`form[action="/logout"]`)
	out.want(http.StatusSeeOther).follow().says("로그아웃했습니다.")
	thief := s.visitor()
	thief.header.Set("Cookie", "sid="+inside)
	thief.get("/orders").want(http.StatusSeeOther)
	for _, garbage := range []string{"sid=x", "sid=" + strings.Repeat("a", 8000), "sid=a; sid=b", "sid=%00; lang=xx; theme=neon"} {
		g := s.visitor()
		g.header.Set("Cookie", garbage)
		g.get("/").want(http.StatusOK)
	}
}

func TestWrongPasswordsSayNothing(t *testing.T) {
	s := newSite(t)
	a := s.account(domain.Customer)
	v := s.visitor()
	known := v.get("/login").submit(loginForm, "email", a.Email, "password", "not it at all").want(http.StatusUnauthorized)
	unknown := v.get("/login").submit(loginForm, "email", "nobody@demo.local", "password", "not it at all").want(http.StatusUnauthorized)
	evil := v.get("/login").submit(loginForm, "email", "' or 1=1 --", "password", "x").want(http.StatusUnauthorized)
	sentence := known.Find("#form-errors").Text()
	if sentence == "" || unknown.Find("#form-errors").Text() != sentence || evil.Find("#form-errors").Text() != sentence {
		t.Errorf("%q, %q", sentence, unknown.Find("#form-errors").Text())
	}
	if known.value("email") != a.Email || known.value("password") != "" {
		t.Error("the address is kept, the password is not")
	}
	v.get("/login").submit(loginForm, "email", "", "password", "").want(http.StatusUnprocessableEntity)
	v.get("/login").submit(loginForm, "email", a.Email, "password", strings.Repeat("x", 10_000)).want(http.StatusUnprocessableEntity)
}

func TestGuessingIsStopped(t *testing.T) {
	s := newSite(t)
	a := s.account(domain.Customer)
	v := s.visitor()
	for i := range 10 {
		v.header.Set("X-Forwarded-For", "10.0.0."+strconv.Itoa(i))
		v.post("/login", url.Values{"email": {a.Email}, "password": {"guess " + strconv.Itoa(i)}}).want(http.StatusUnauthorized)
	}
	p := v.post("/login", url.Values{"email": {a.Email}, "password": {demoPassword}}).want(http.StatusTooManyRequests).says("15분")
	if n, err := strconv.Atoi(p.header.Get("Retry-After")); err != nil || n < 1 || n > 900 {
		t.Errorf("Retry-After is %q", p.header.Get("Retry-After"))
	}
	if p.value("email") != a.Email {
		t.Error("the address is gone")
	}
}

func TestRegisteringTellsNobodyWhoIsACustomer(t *testing.T) {
	s := newSite(t)
	old := s.account(domain.Customer)
	form := `form[action="/register"]`
	answers := map[string]string{}
	for _, email := range []string{old.Email, strings.ToUpper(old.Email), "new@demo.local"} {
		v := s.visitor()
		p := v.get("/register?next=%2Fcart").submit(form, "name", "이준호", "email", email, "password", "a good long secret")
		answers[email] = p.want(http.StatusSeeOther).header.Get("Location") + p.follow().Find("#flash").Text()
	}
	if answers[old.Email] != answers["new@demo.local"] || answers[strings.ToUpper(old.Email)] != answers["new@demo.local"] ||
		!strings.HasPrefix(answers[old.Email], "/login?next=%2Fcart") {
		t.Errorf("%q", answers)
	}
	v := s.visitor()
	v.get("/login").submit(loginForm, "email", "new@demo.local", "password", "a good long secret").want(http.StatusSeeOther)
	v = s.visitor()
	v.get("/login").submit(loginForm, "email", old.Email, "password", "a good long secret").want(http.StatusUnauthorized)
	v.get("/login").submit(loginForm, "email", old.Email, "password", demoPassword).want(http.StatusSeeOther)
}

func TestBadRegistrationsAreRefused(t *testing.T) {
	s := newSite(t)
	v := s.visitor()
	good := map[string]string{"name": "이준호", "email": "new@demo.local", "password": "a good long secret"}
	for _, bad := range []struct{ field, value string }{
		{"name", ""}, {"name", "   "}, {"name", "\u200b"}, {"name", strings.Repeat("가", 3000)}, {"name", "a\u202eb"},
		{"email", ""}, {"email", "a@b@c"}, {"email", "a@"}, {"email", "@b"}, {"email", strings.Repeat("a", 300) + "@b.kr"}, {"email", "a@b.kr,c@d.kr"},
		{"email", "\"a\r\nRCPT TO:<x>\"@b.kr"}, {"password", ""}, {"password", "short"}, {"password", "password1"}, {"password", "daybreak"},
		{"password", strings.Repeat("x", 10_000)},
	} {
		for _, lang := range []string{"ko", "en"} {
			v.header.Set("Accept-Language", lang)
			fields := url.Values{}
			for name, value := range good {
				fields.Set(name, value)
			}
			fields.Set(bad.field, bad.value)
			p := v.post("/register", fields).want(http.StatusUnprocessableEntity)
			said := p.fieldError(bad.field)
			if said == "" || strings.Contains(said, "err.") || lang == "ko" == (strings.IndexFunc(said, func(r rune) bool { return r >= '가' }) < 0) {
				t.Errorf("%s %.20q in %s: %q", bad.field, bad.value, lang, said)
			}
			for name, value := range good {
				if name != bad.field && name != "password" && p.value(name) != value {
					t.Errorf("%s is %q", name, p.value(name))
				}
			}
			if p.value("password") != "" {
				t.Error("the password is drawn")
			}
		}
	}
	v.post("/register", url.Values{"name": {"a"}, "email": {"a@b.kr"}, "password": {"a good long secret"}, "role": {"admin"}}).want(http.StatusBadRequest)
	if n := s.count(`select count(*) from accounts`); n != 0 {
		t.Errorf("%d accounts were stored", n)
	}
}

func TestDemoAccountsAreOfferedOnlyInTheDemo(t *testing.T) {
	s := newSite(t)
	a := s.account(domain.Customer)
	p := s.visitor().get("/login")
	if n := p.Find(".demo-list form").Length(); n != len(demoAccounts) {
		t.Errorf("%d accounts are offered", n)
	}
	p.submit(`.demo-list form:has([value="` + a.Email + `"])`).want(http.StatusSeeOther)
	s.Demo = nil
	if n := s.visitor().get("/login").Find(".demo-list").Length(); n != 0 {
		t.Error("the demo's accounts are shown to everyone")
	}
}

func TestPrefsAreRemembered(t *testing.T) {
	s := newSite(t)
	v := s.visitor()
	p := v.get("/?q=x")
	to := p.submit(`form[action="/prefs"]`, "lang", "en").want(http.StatusSeeOther)
	if to.header.Get("Location") != "/?q=x" {
		t.Errorf("leads to %q", to.header.Get("Location"))
	}
	if lang := to.follow().Find("html").AttrOr("lang", ""); lang != "en" {
		t.Errorf("the page is in %q", lang)
	}
	if theme := v.get("/").submit(`form[action="/prefs"]`, "theme", "dark").follow().Find("html").AttrOr("data-theme", ""); theme != "dark" {
		t.Errorf("the theme is %q", theme)
	}
	if _, set := v.get("/").submit(`form[action="/prefs"]`, "theme", "").follow().Find("html").Attr("data-theme"); set {
		t.Error("the theme is not the device's again")
	}
	for _, bad := range []url.Values{{"lang": {"xx"}}, {"theme": {"neon"}}} {
		v.post("/prefs", bad).want(http.StatusUnprocessableEntity)
	}
	v.post("/prefs", url.Values{"role": {"admin"}}).want(http.StatusBadRequest)
	if c := v.post("/prefs", url.Values{"lang": {"ko"}, "next": {"//evil.example"}}).header.Get("Location"); c != "/" {
		t.Errorf("leads to %q", c)
	}
}

func TestPagesAreTheSameForHead(t *testing.T) {
	s := newSite(t)
	v := s.visitor()
	for _, path := range []string{"/", "/cart", "/login", "/register", "/products/x", "/orders"} {
		get, head := v.get(path), v.send(http.MethodHead, path, nil, "")
		if head.code != get.code || head.body != "" {
			t.Errorf("%s: GET %d, HEAD %d with %d bytes", path, get.code, head.code, len(head.body))
		}
	}
	r, err := http.NewRequest(http.MethodPost, s.url+"/login", strings.NewReader("email=a&password=b"))
	if err != nil {
		t.Fatal(err)
	}
	v.do(r, "/login").want(http.StatusUnsupportedMediaType)
	r, err = http.NewRequest(http.MethodPost, s.url+"/login", strings.NewReader("email=a&password=b"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {"https://evil.example"}, "Sec-Fetch-Site": {"cross-site"}}
	v.do(r, "/login").want(http.StatusForbidden)
}
