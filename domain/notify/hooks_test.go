package notify

import (
	"slices"
	"strings"
	"testing"

	"daybreak/domain"
)

const telegramHook = "https://api.telegram.org/bot1:AbC_-9/sendMessage?chat_id="

func TestHooks(t *testing.T) {
	const memo = "https://kapi.kakao.com/v2/api/talk/memo/default/send"
	for url, format := range map[string]string{
		"https://hooks.slack.com/services/T/B/x":                                 "slack",
		"https://hooks.slack-gov.com/services/T/B/x":                             "slack",
		"https://discord.com/api/webhooks/1/x":                                   "discord",
		"https://acme.webhook.office.com/x":                                      "teams",
		"https://prod-1.logic.azure.com:443/workflows":                           "teams",
		"https://default1.2.environment.api.powerplatform.com:443/powerautomate": "teams",
		"https://chat.googleapis.com/v1/spaces/x":                                "google",
		telegramHook + "-100123":                                                 "telegram",
		telegramHook + "@daybreak_team":                                          "telegram",
		memo + "?access_token=abc":                                               "kakao",
		memo + "?client_id=abc&refresh_token=def":                                "kakao",
		"https://chat.example.com/hooks/abcdefghijklmnopqrstuvwx12":              "mattermost",
		"https://chat.example.com/hooks/x":                                       "generic",
		"https://hooks.slack.com.example.com/":                                   "generic",
		"https://xdiscord.com/":                                                  "generic",
	} {
		if got := FormatOf(url); got != format || !slices.Contains(Formats, got) || CheckHook(format, url, nil) != "" {
			t.Errorf("%s: %s, %s", url, got, CheckHook(format, url, nil))
		}
	}
	for _, url := range []string{"http://hooks.slack.com/x", "https://127.0.0.1/", "https://[::1]/", "https://0/", "https://2130706433/", "https://0x7f.1/",
		"https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "file:///etc/passwd", "gopher://x.example/", "https://user:pass@x.example/",
		"https://x.example:25/", "https://localhost/", "https://db/", "https://db.local/", "https://db.localhost./", "https://x.internal/", "javascript:alert(1)", "//x.example/",
		"https://x.example/#a", "https://x.example/\r\nHost: y", "https://x.example/ y", "https://x.example/\\", "https:x.example", "https://." + strings.Repeat("a", 10), "https://x.example/" + strings.Repeat("a", 500),
		"https://", "", "%", "https://:443/", "https://x.example:port/"} {
		if key := CheckHook(FormatOf(url), url, nil); key != "err.notify.hook" {
			t.Errorf("%s: %q", url, key)
		}
	}
	for _, bad := range []struct{ format, url, key string }{
		{"slack", "https://discord.com/api/webhooks/1/x", "err.notify.hook_format"},
		{"generic", "https://hooks.slack.com/services/T/B/x", "err.notify.hook_format"},
		{"discord", "https://x.example/", "err.notify.hook_format"},
		{"slack", "https://chat.example.com/hooks/abcdefghijklmnopqrstuvwx12", "err.notify.hook_format"},
		{"nothing", "https://x.example/", "err.notify.hook_format"},
		{"telegram", "https://api.telegram.org/bot1:x/sendMessage", "err.notify.hook_telegram"},
		{"telegram", "https://api.telegram.org/bot1:x/getUpdates?chat_id=1", "err.notify.hook_telegram"},
		{"telegram", telegramHook + "a%20b", "err.notify.hook_telegram"},
		{"kakao", memo, "err.notify.hook_kakao"},
		{"kakao", memo + "?client_id=abc", "err.notify.hook_kakao"},
		{"kakao", "https://kapi.kakao.com/v1/user/unlink?access_token=abc", "err.notify.hook_kakao"},
	} {
		if key := CheckHook(bad.format, bad.url, nil); key != bad.key {
			t.Errorf("%s %s: %q", bad.format, bad.url, key)
		}
	}
	for _, url := range []string{"https://chat.example.com/hooks/x", "https://chat.example.com/hooks/abcdefghijklmnopqrstuvwx12"} {
		for _, format := range []string{"generic", "mattermost"} {
			if key := CheckHook(format, url, nil); key != "" {
				t.Errorf("%s %s: %q", format, url, key)
			}
		}
	}
}

// What the house itself names may be inside, and nothing beside it.
func TestHooksInside(t *testing.T) {
	inside := Hosts{"mattermost.lan:8065", "10.0.0.7", "127.0.0.1:9000"}
	for url, good := range map[string]bool{
		"http://mattermost.lan:8065/hooks/x": true, "https://MatterMost.lan:8065/hooks/x": true, "https://10.0.0.7/x": true,
		"http://10.0.0.7:99/x": true, "http://127.0.0.1:9000/": true,
		"http://mattermost.lan/hooks/x": false, "http://127.0.0.1:9001/": false, "http://10.0.0.8/": false, "http://user@10.0.0.7/": false,
		"ftp://10.0.0.7/": false, "http://x.example/": false,
	} {
		if key := CheckHook("generic", url, inside); (key == "") != good {
			t.Errorf("%s: %q", url, key)
		}
	}
	if key := CheckHook("slack", "http://10.0.0.7/services/x", inside); key != "" {
		t.Errorf("a gateway inside: %q", key)
	}
}

func TestParseHosts(t *testing.T) {
	hosts, err := ParseHosts([]string{"Chat.LAN", "chat.lan:8065", "10.0.0.7", "[::1]:9000"})
	if err != nil || !slices.Equal(hosts, Hosts{"chat.lan", "chat.lan:8065", "10.0.0.7", "[::1]:9000"}) || !hosts.Have("::1", "9000") || hosts.Have("::1", "9001") {
		t.Errorf("%q %v", hosts, err)
	}
	for _, bad := range []string{"http://chat.lan", "chat.lan/x", "a@chat.lan", "chat.lan:", ":80", "chat.lan:x", "::1", "chat lan"} {
		if hosts, err := ParseHosts([]string{bad}); err == nil {
			t.Errorf("%s: %q", bad, hosts)
		}
	}
}

// Whoever has a hook can check what comes to it, and nobody can sign for another's.
func TestHookSecrets(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const own, duty = "https://one.example/hook", "https://two.example/hook"
		ctx := t.Context()
		for _, p := range []Person{ana, ben} {
			if _, err := r.SetPreferences(ctx, actor(p), Preferences{ChatURL: own}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := r.SetTeam(ctx, actor(eve), Team{Kind: KindApproval, URL: duty}); err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		own1, own2 := func() (string, error) { return r.HookSecret(ctx, actor(ana)) }, func() (string, error) { return r.HookSecret(ctx, actor(ben)) }
		team := func() (string, error) {
			of, err := r.TeamSecrets(ctx, actor(eve))
			if len(of) != 1 {
				t.Errorf("the duties: %v", of)
			}
			return of[KindApproval], err
		}
		for i, of := range []func() (string, error){own1, own2, team} {
			a, err := of()
			b, err2 := of()
			if err != nil || err2 != nil || len(a) < 40 || a != b || seen[a] {
				t.Errorf("%d: %q %q %v %v", i, a, b, err, err2)
			}
			seen[a] = true
		}
		if s, err := r.HookSecret(ctx, actor(eve)); s != "" || err != nil {
			t.Errorf("without a hook: %q %v", s, err)
		}
		for _, p := range []Person{ana, cho} {
			if s, err := r.TeamSecrets(ctx, actor(p)); s != nil || domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("%s: %v %v", p.Name, s, err)
			}
		}
	})
}
