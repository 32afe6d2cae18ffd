package accounts

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"daybreak/domain"
)

// keys returns the sentence key of each wrong field of err.
func keys(err error) map[string]string {
	out := map[string]string{}
	if e, ok := errors.AsType[*domain.Error](err); ok {
		for _, f := range e.Fields {
			out[f.Name] = f.Key
		}
	}
	return out
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		"kim@example.com":             "kim@example.com",
		"  Kim.Min+Shop@Example.COM ": "kim.min+shop@example.com",
		"o'brien@example.co.kr":       "o'brien@example.co.kr",
		"Zu\u0308rich@example.com":    "zürich@example.com", // NFD to NFC
		"김민준@예시.한국":                   "김민준@예시.한국",
		strings.Repeat("a", 64) + "@" + strings.Repeat("b", 60) + ".com": strings.Repeat("a", 64) + "@" + strings.Repeat("b", 60) + ".com",
	} {
		if got, err := Address(in); got != want || err != nil {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for _, in := range []string{
		"a@b@c", "a@", "@b", "a@b", "kim", "a b@c.de", "a@c..de", "a@-c.de", "a@c-.de", "a@c.de.", "a@.de", "a@c_d.de",
		"kim@example.com, lee@example.com", "kim@example.com lee@example.com", "Kim <kim@example.com>", "<kim@example.com>",
		"kim@example.com (home)", "\"a\r\nRCPT TO:<x>\"@b", `"a b"@c.de`, "a@[127.0.0.1]", "kim@example.com\nBcc: x@y.de",
		"kim\u200b@example.com", "kim\u202e@example.com", "ki\x00m@example.com", "k\xffm@example.com", ".a@c.de", "a..b@c.de",
		"' OR 1=1 --", strings.Repeat("a", 65) + "@c.de", "a@" + strings.Repeat("b", 64) + ".com", "a@c.de\u3000", "a@😀.de",
	} {
		if got, err := Address(in); err == nil && in != "a@c.de\u3000" {
			t.Errorf("%q was taken as %q", in, got)
		}
	}
	for in, want := range map[string]error{
		"": errNoAddress, " \t\u3000": errNoAddress,
		strings.Repeat("a", 300): errLongAddress,
		strings.Repeat("a", 60) + "@" + strings.Repeat("b.", 100) + "example": errLongAddress,
	} {
		if _, err := Address(in); err != want {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestAddressIsOneForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[A-Za-z0-9éÉüß가-힣]{1,12}([.+_-][A-Za-z0-9]{1,8})?`).Draw(t, "local")
		host := rapid.StringMatching(`[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,4})?\.[A-Za-z]{2,6}`).Draw(t, "host")
		a, err := Address(local + "@" + host)
		if err != nil {
			t.Fatalf("%s@%s: %v", local, host, err)
		}
		for _, same := range []string{a, " " + a + "\n", strings.ToUpper(local) + "@" + strings.ToUpper(host)} {
			if strings.ContainsAny(same, "ß") || strings.Contains(local, "ß") {
				continue // its capital is another letter
			}
			if b, err := Address(same); b != a || err != nil {
				t.Fatalf("%q became %q, not %q: %v", same, b, a, err)
			}
		}
	})
}

func TestAddressTakesNothingStrange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.String().Draw(t, "text")
		if rapid.Bool().Draw(t, "with a host") {
			in += "@example.com"
		}
		a, err := Address(in)
		if err != nil {
			return
		}
		if len(a) > MaxEmail || strings.Count(a, "@") != 1 || strings.ContainsAny(a, " \r\n\t<>,;\"\x00") || !domain.Plain(a) {
			t.Fatalf("%q was taken as %q", in, a)
		}
		if b, err := Address(a); b != a || err != nil {
			t.Fatalf("%q is not stable: %q, %v", a, b, err)
		}
	})
}

func TestPasswordRules(t *testing.T) {
	const email = "minjun.kim@example.com"
	for in, want := range map[string]string{
		"":                        "err.required",
		"short1!":                 "err.accounts.password_short",
		"김치찌개":                    "err.accounts.password_short", // characters count, not bytes
		"김치찌개와막걸리":                "",
		"password1":               "err.accounts.password_common",
		"PassWord1":               "err.accounts.password_common",
		"sunshine12!":             "err.accounts.password_common",
		"sunshine over the sea":   "",
		"12345678":                "err.accounts.password_common",
		"aaaaaaaaaaaa":            "err.accounts.password_common",
		"zyxwvutsr":               "err.accounts.password_common",
		"Daybreak":                "err.accounts.password_common",
		"daybreak1!":              "err.accounts.password_common",
		"데이브레이크데이":                "err.accounts.password_common",
		"minjun.kim1":             "err.accounts.password_common",
		"minjun.kim@example.com":  "err.accounts.password_common",
		"daybreak of the harvest": "",
		" leading and trailing ":  "",
		"correct horse battery":   "",
		strings.Repeat("x9", 512): "",
		strings.Repeat("x9", 513): "err.accounts.password_long",
	} {
		var c checks
		c.password("password", in, email)
		if got := keys(c.Err())["password"]; got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestLongRandomPasswordsAreTaken(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// 12 to 200 letters and signs of which no two neighbours follow each other.
		in := rapid.StringMatching(`([b-y][0-9][!#%&]){4,60}`).Draw(t, "password")
		var c checks
		c.password("password", in, "kim@example.com")
		if c.Err() != nil {
			t.Fatalf("%q: %v", in, c.Err())
		}
		c.password("password", in[:MinPassword-1], "kim@example.com")
		if c.Err() == nil || utf8.RuneCountInString(in) < MinPassword {
			t.Fatalf("%q was taken", in[:MinPassword-1])
		}
	})
}

func TestAnOwnNameIsNoPassword(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		local := rapid.StringMatching(`[a-z]{8,20}`).Draw(t, "local")
		in := rapid.StringMatching(`[0-9!]{0,1}`).Draw(t, "before") + local + rapid.StringMatching(`[0-9!]{0,2}`).Draw(t, "after")
		if !common(strings.ToUpper(in), local+"@example.com") {
			t.Fatalf("%q was taken from %s", in, local)
		}
	})
}

func TestRegistrationTellsAllThatIsWrong(t *testing.T) {
	got := keys(func() error { _, err := (Registration{" ", "1234567", "\u200b \u3000"}).check(); return err }())
	want := map[string]string{"email": "err.required", "password": "err.accounts.password_short", "name": "err.required"}
	for f, k := range want {
		if got[f] != k {
			t.Errorf("%s: %q, want %q", f, got[f], k)
		}
	}
	in, err := Registration{"KIM@example.com", "correct horse battery", "  김민준\u200b "}.check()
	if err != nil || in != (Registration{"kim@example.com", "correct horse battery", "김민준"}) {
		t.Errorf("%+v, %v", in, err)
	}
}

func TestNames(t *testing.T) {
	for in, want := range map[string]string{
		"<script>alert(1)</script>": "", "O'Brien": "", "👨‍👩‍👧 family": "", "Zu\u0308rich": "",
		strings.Repeat("가", 80): "", strings.Repeat("가", 81): "err.too_long", strings.Repeat("x", 10_000): "err.too_long",
		"a\u202eb": "err.text", "a\x00b": "err.text", "a\xffb": "err.text", "a\r\nBcc: x": "", // one line, one header
	} {
		var c checks
		got := c.person(in)
		if k := keys(c.Err())["name"]; k != want || strings.ContainsAny(got, "\r\n") {
			t.Errorf("%q: %q %q, want %q", in, got, k, want)
		}
	}
}

func TestProfile(t *testing.T) {
	p, err := Profile{" Kim ", "(010) 1234-5678", " 03925", "Zu\u0308rich 1", ""}.check()
	if err != nil || p != (Profile{"Kim", "01012345678", "03925", "Zürich 1", ""}) {
		t.Errorf("%+v %v", p, err)
	}
	_, err = Profile{"Kim", "+1 (555) call me", "1234", strings.Repeat("x", 101), "a\u202eb"}.check()
	got := keys(err)
	for f, k := range map[string]string{"phone": "err.phone", "postcode": "err.postcode", "address": "err.too_long", "addressDetail": "err.text"} {
		if got[f] != k {
			t.Errorf("%s: %q, want %q", f, got[f], k)
		}
	}
}

func TestMayBecome(t *testing.T) {
	admin, packer := Account{Role: domain.Admin, Active: true}, Account{Role: domain.Packer, Active: true}
	off := Account{Role: domain.Admin}
	for _, c := range []struct {
		what   string
		a      Account
		role   domain.Role
		active bool
		others int
		want   domain.Code
	}{
		{"promote", packer, domain.Admin, true, 0, ""},
		{"demote one of two", admin, domain.Packer, true, 1, ""},
		{"demote the last", admin, domain.Customer, true, 0, domain.Conflict},
		{"switch off the last", admin, domain.Admin, false, 0, domain.Conflict},
		{"switch on", off, domain.Admin, true, 0, ""},
		{"demote one that is off", off, domain.Packer, false, 0, ""},
		{"a worker is no account", packer, domain.System, true, 1, domain.Invalid},
		{"nor is a visitor", packer, domain.Visitor, true, 1, domain.Invalid},
		{"nor is nonsense", packer, "root", true, 1, domain.Invalid},
	} {
		err := c.a.mayBecome(c.role, c.active, c.others)
		if (err == nil) != (c.want == "") || err != nil && domain.CodeOf(err) != c.want {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestLocked(t *testing.T) {
	now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		n    int64
		ago  time.Duration
		want time.Duration
	}{
		{0, 0, 0}, {9, 0, 0}, {10, 0, 15 * time.Minute}, {10, 14*time.Minute + 59*time.Second, time.Second}, {10, 15 * time.Minute, 0},
	} {
		err := locked(c.n, now.Add(-c.ago), now)
		e, _ := errors.AsType[*domain.Error](err)
		if (err == nil) != (c.want == 0) || e != nil && (e.Retry != c.want || e.Code != domain.TooMany || e.Args[1].(int) < 1) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestAlive(t *testing.T) {
	now := time.Date(2026, 11, 21, 5, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		seen, streamed time.Duration
		want           bool
	}{
		{0, 100 * time.Hour, true}, {29 * time.Minute, 100 * time.Hour, true}, {30 * time.Minute, 100 * time.Hour, false},
		{11 * time.Hour, time.Minute, true}, {11 * time.Hour, time.Hour, false}, {12 * time.Hour, time.Minute, false},
	} {
		if got := alive(now.Add(-c.seen), now.Add(-c.streamed), now); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestSessionCodec(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := map[string]any{}
		for k, v := range rapid.MapOf(rapid.String(), rapid.Int64()).Draw(t, "numbers") {
			values[k] = v
		}
		for k, v := range rapid.MapOf(rapid.StringMatching(`[a-z가-힣]+`), rapid.StringMatching(`[^\x00-\x1f]*`)).Draw(t, "texts") {
			values[k] = v
		}
		at := time.UnixMicro(rapid.Int64Range(1, 4e15).Draw(t, "deadline")).UTC()
		b, err := SessionCodec{}.Encode(at, values)
		if err != nil {
			t.Fatal(err)
		}
		gotAt, got, err := SessionCodec{}.Decode(b)
		if err != nil || !gotAt.Equal(at) || len(got) != len(values) {
			t.Fatalf("%v %v %v", gotAt, got, err)
		}
		for k, v := range values {
			if got[k] != v {
				t.Fatalf("%q: %v became %v", k, v, got[k])
			}
		}
	})
	if _, err := (SessionCodec{}).Encode(time.Now(), map[string]any{"x": []string{"cart"}}); err == nil {
		t.Error("a list went into a session")
	}
	if _, _, err := (SessionCodec{}).Decode([]byte("\x0f\xff")); err == nil {
		t.Error("nonsense was read")
	}
}
