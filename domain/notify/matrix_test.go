package notify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
)

func everywhere(Channel) bool { return true }

func legsText(ls []leg) (out []string) {
	for _, l := range ls {
		s := string(l.channel) + " " + string(l.state)
		if l.reason != "" {
			s += " " + strings.TrimPrefix(l.reason, "ntf.why.")
		}
		if !l.at.IsZero() {
			s += " +" + l.at.Sub(noon).String()
		}
		out = append(out, s)
	}
	return out
}

// Who is told through which channels, and when.
func TestLegs(t *testing.T) {
	const slack = "https://hooks.slack.com/x"
	night := Quiet{From: "11:00", To: "13:30", TimeZone: "Asia/Seoul"} // it is noon there
	customer := func(change func(*reader)) reader {
		r := reader{Person: ana, wishes: map[Kind]wish{}}
		change(&r)
		return r
	}
	placed := notice{kind: KindOrder, state: "placed", at: noon}
	work := notice{kind: KindNewOrder, state: "placed", at: noon}
	for name, c := range map[string]struct {
		to   reader
		n    notice
		here func(Channel) bool
		want []string
	}{
		"a customer":              {customer(func(*reader) {}), placed, everywhere, []string{"email queued +0s"}},
		"with a chat":             {customer(func(r *reader) { r.hook = slack }), placed, everywhere, []string{"email queued +0s", "chat queued +0s"}},
		"the chat only":           {customer(func(r *reader) { r.hook = slack; r.wishes[KindOrder] = wish{chat: true} }), placed, everywhere, []string{"email suppressed unwanted", "chat queued +0s"}},
		"no mail":                 {customer(func(r *reader) { r.wishes[KindOrder] = wish{inApp: true, chat: true} }), placed, everywhere, []string{"email suppressed unwanted"}},
		"never":                   {customer(func(r *reader) { r.wishes[KindOrder] = wish{never: true} }), placed, everywhere, []string{"email suppressed unsubscribed"}},
		"another kind is off":     {customer(func(r *reader) { r.wishes[KindUse] = wish{} }), placed, everywhere, []string{"email queued +0s"}},
		"no address":              {customer(func(r *reader) { r.Email = "" }), placed, everywhere, []string{"email suppressed no_address"}},
		"switched off":            {customer(func(r *reader) { r.Active = false; r.hook = slack }), placed, everywhere, []string{"email dropped inactive", "chat dropped inactive"}},
		"at night":                {customer(func(r *reader) { r.quiet = night; r.hook = slack }), placed, everywhere, []string{"email queued +1h30m0s", "chat queued +1h30m0s"}},
		"a payment that waits":    {customer(func(*reader) {}), notice{kind: KindOrder, state: "pending", at: noon, hold: pendingFor}, everywhere, []string{"email queued +30s"}},
		"it waited long already":  {customer(func(*reader) {}), notice{kind: KindOrder, state: "pending", at: noon.Add(-time.Hour), hold: pendingFor}, everywhere, []string{"email queued +0s"}},
		"of an order long ago":    {customer(func(*reader) {}), notice{kind: KindOrder, at: noon.Add(-20 * 24 * time.Hour)}, everywhere, []string{"email queued +0s"}},
		"for the page":            {customer(func(r *reader) { r.hook = slack }), notice{kind: KindDelivery, state: "cancelled", at: noon, pageOnly: true}, everywhere, nil},
		"no mail server":          {customer(func(r *reader) { r.quiet = night }), placed, func(Channel) bool { return false }, []string{"email kept"}},
		"a packer":                {reader{Person: pak}, work, everywhere, nil},
		"a packer who wants mail": {reader{Person: pak, wishes: map[Kind]wish{KindNewOrder: {email: true}}}, work, everywhere, []string{"email queued +0s"}},
		"a packer's chat":         {reader{Person: pak, hook: slack}, work, everywhere, []string{"chat queued +0s"}},
		"too late for work":       {reader{Person: pak, hook: slack}, notice{kind: KindNewOrder, at: noon.Add(-4 * time.Hour)}, everywhere, []string{"chat dropped late"}},
		"the team":                {Team{Kind: KindNewOrder, URL: slack}.reader(), work, everywhere, []string{"chat queued +0s"}},
		"when it has begun":       {reader{Person: cho, hook: slack}, notice{kind: KindApproval, at: noon, until: noon}, everywhere, []string{"chat dropped late"}},
	} {
		same(t, name, legsText(c.to.legs(c.n, c.here, noon)), c.want)
	}
	if customer(func(r *reader) { r.wishes[KindOrder] = wish{email: true} }).shown(KindOrder) || !customer(func(*reader) {}).shown(KindOrder) {
		t.Error("what is switched off in the page is shown there, or the other way round")
	}
	if (Team{Kind: KindNewOrder}).reader().shown(KindNewOrder) {
		t.Error("a team has an inbox")
	}
}

// Much can have changed until a message is due.
func TestJudge(t *testing.T) {
	a := about{Notification{ID: "N", Kind: KindApproval, State: "requested", At: noon}, noon.Add(time.Hour)}
	to := reader{Person: cho, wishes: map[Kind]wish{KindApproval: {email: true, chat: true}}, hook: "https://x.example/"}
	settled := []happened{{told{KindBooking, "confirmed"}, noon}}
	for name, c := range map[string]struct {
		m     message
		a     about
		to    func(*reader)
		since []happened
		now   time.Time
		want  string
	}{
		"it is due":               {message{channel: Email}, a, nil, nil, noon, "send"},
		"chat":                    {message{channel: Chat}, a, nil, nil, noon, "send"},
		"decided":                 {message{channel: Chat}, a, nil, settled, noon, "dropped ntf.why.overtaken"},
		"decided before":          {message{channel: Chat}, a, nil, []happened{{told{KindBooking, "confirmed"}, noon.Add(-1)}}, noon, "send"},
		"something else happened": {message{channel: Chat}, a, nil, []happened{{told{KindBooking, "renamed"}, noon}}, noon, "send"},
		"it has begun":            {message{channel: Chat}, a, nil, nil, noon.Add(time.Hour), "dropped ntf.why.late"},
		"the mails are off":       {message{channel: Email}, a, func(r *reader) { r.wishes[KindApproval] = wish{chat: true} }, nil, noon, "suppressed ntf.why.unwanted"},
		"instead of a chat":       {message{channel: Email, origin: instead}, a, func(r *reader) { r.wishes[KindApproval] = wish{chat: true} }, nil, noon, "send"},
		"never":                   {message{channel: Email, origin: instead}, a, func(r *reader) { r.wishes[KindApproval] = wish{never: true} }, nil, noon, "suppressed ntf.why.unsubscribed"},
		"the chat is gone":        {message{channel: Chat}, a, func(r *reader) { r.hook = "" }, nil, noon, "suppressed ntf.why.no_address"},
		"they are gone":           {message{channel: Email}, a, func(r *reader) { r.Active = false }, nil, noon, "dropped ntf.why.inactive"},
		"nobody knows them":       {message{channel: Email}, a, func(r *reader) { *r = reader{} }, nil, noon, "dropped ntf.why.inactive"},
		"nothing is known":        {message{channel: Email}, about{}, nil, nil, noon, "dropped ntf.why.inactive"},
		"at night":                {message{channel: Email}, a, func(r *reader) { r.quiet = Quiet{"11:00", "12:30", "Asia/Seoul"} }, nil, noon, "queued "},
		"a person wants it": {message{channel: Email, origin: anew}, a, func(r *reader) {
			r.wishes[KindApproval] = wish{}
			r.quiet = Quiet{"11:00", "12:30", "Asia/Seoul"}
		}, settled, noon.Add(time.Hour), "send"},
	} {
		r := to
		c.m.kind = KindApproval
		r.wishes = map[Kind]wish{KindApproval: to.wishes[KindApproval]}
		if c.to != nil {
			c.to(&r)
		}
		o, send := judge(c.m, c.a, r, c.since, c.now)
		got := string(o.state) + " " + o.reason
		if send {
			got = "send"
		}
		if got != c.want || o.state == Queued && !o.next.Equal(noon.Add(30*time.Minute)) {
			t.Errorf("%s: %s, want %s (%+v)", name, got, c.want, o)
		}
	}
}

// A message is tried five times, after 1, 5, 15 and 60 units, and given up at once if it
// bounced.
func TestOutcomes(t *testing.T) {
	broken, unit := errors.New("451 try later"), 10*time.Second
	var got []string
	for n := 0; ; n++ {
		o := outcomeOf(n, broken, unit, noon)
		if got = append(got, fmt.Sprintf("%s %d %s", o.state, o.attempts, o.next.Sub(noon))); o.state != Queued {
			break
		}
	}
	same(t, "tries", got[:4], []string{"queued 1 10s", "queued 2 50s", "queued 3 2m30s", "queued 4 10m0s"})
	if len(got) != 5 || !strings.HasPrefix(got[4], "failed 5") {
		t.Errorf("in the end it is %q", got)
	}
	if o := outcomeOf(0, nil, unit, noon); o.state != Sent || o.attempts != 1 || !o.next.IsZero() {
		t.Errorf("sent: %+v", o)
	}
	for _, err := range []error{Bounced{errors.New("550 who?")}, fmt.Errorf("mail: %w", Bounced{errors.New("550 who?")})} {
		if o := outcomeOf(0, err, unit, noon); o.state != BouncedOff || !o.next.IsZero() || !strings.Contains(o.reason, "550 who?") {
			t.Errorf("%v: %+v", err, o)
		}
	}
	if o := outcomeOf(0, errors.New(strings.Repeat("x\r\n", 10_000)), unit, noon); strings.ContainsAny(o.reason, "\r\n") || len(o.reason) > maxReason+3 {
		t.Errorf("a long error is %d long", len(o.reason))
	}
}

// The first of a burst goes at once, the next when the minute is over, and what comes in
// between goes with it.
func TestPace(t *testing.T) {
	never := time.Time{}
	for name, c := range map[string]struct{ due, sent, waiting, want time.Time }{
		"the first":         {noon, never, never, noon},
		"long after":        {noon, noon.Add(-time.Hour), never, noon},
		"soon after":        {noon, noon.Add(-20 * time.Second), never, noon.Add(40 * time.Second)},
		"one waits already": {noon, noon.Add(-20 * time.Second), noon.Add(30 * time.Second), noon.Add(30 * time.Second)},
		"one is late":       {noon, never, noon.Add(-time.Second), noon},
	} {
		if got := pace(c.due, c.sent, c.waiting); !got.Equal(c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestQuiet(t *testing.T) {
	seoul := domain.Zone("Asia/Seoul")
	at := func(hhmm string) time.Time {
		c, err := time.Parse("2 15:04", hhmm)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 11, c.Day(), c.Hour(), c.Minute(), 0, 0, seoul)
	}
	night, lunch := Quiet{"22:00", "07:00", "Asia/Seoul"}, Quiet{"12:00", "13:00", "Asia/Seoul"}
	for _, c := range []struct {
		q         Quiet
		now, want string
	}{
		{night, "23 21:59", "23 21:59"}, {night, "23 22:00", "24 07:00"}, {night, "24 03:00", "24 07:00"}, {night, "24 06:59", "24 07:00"},
		{night, "24 07:00", "24 07:00"}, {lunch, "23 12:30", "23 13:00"}, {lunch, "23 13:00", "23 13:00"}, {lunch, "23 11:59", "23 11:59"},
		{Quiet{}, "23 03:00", "23 03:00"}, {Quiet{"07:00", "07:00", "Asia/Seoul"}, "23 07:00", "23 07:00"}, {Quiet{"x", "y", "z"}, "23 07:00", "23 07:00"},
	} {
		if got := c.q.over(at(c.now)); !got.Equal(at(c.want)) {
			t.Errorf("%v at %s: %v", c.q, c.now, got.In(seoul))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		clock := rapid.Custom(func(t *rapid.T) string {
			return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "h"), rapid.IntRange(0, 59).Draw(t, "m"))
		})
		q := Quiet{clock.Draw(t, "from"), clock.Draw(t, "to"), rapid.SampledFrom([]string{"Asia/Seoul", "America/New_York", "Europe/Berlin", "UTC"}).Draw(t, "zone")}
		now := noon.Add(time.Duration(rapid.Int64Range(0, 366*24*60).Draw(t, "minute")) * time.Minute)
		over := q.over(now)
		if over.Before(now) || over.Sub(now) > 26*time.Hour || !q.over(over).Equal(over) {
			t.Fatalf("%v at %v is over at %v", q, now, over)
		}
	})
}

// Alarms are told once, until all was well for an hour.
func TestChangeOfAlarms(t *testing.T) {
	alarm := func(s string) Alarm { return Alarm{Kind: KindLowStock, Subject: Subject{ID: s}} }
	k := func(s string) alarmKey { return alarm(s).key() }
	known := map[alarmKey]standing{
		k("still"): {raised: noon.Add(-time.Hour)},
		k("gone"):  {raised: noon.Add(-time.Hour)},
		k("back"):  {raised: noon.Add(-2 * time.Hour), cleared: noon.Add(-59 * time.Minute)},
		k("again"): {raised: noon.Add(-9 * time.Hour), cleared: noon.Add(-calm)},
		k("over"):  {raised: noon.Add(-9 * time.Hour), cleared: noon.Add(-time.Minute)},
	}
	raise, reopen, clear := change([]Alarm{alarm("still"), alarm("new"), alarm("back"), alarm("again"), alarm("new")}, known, noon)
	ids := func(as []Alarm) (out []string) {
		for _, a := range as {
			out = append(out, a.Subject.ID)
		}
		return out
	}
	same(t, "raised", ids(raise), []string{"new", "again"})
	same(t, "reopened", ids(reopen), []string{"back"})
	if !slices.Equal(clear, []alarmKey{k("gone")}) {
		t.Errorf("cleared: %v", clear)
	}
}

func TestKindsOfRoles(t *testing.T) {
	for role, want := range map[domain.Role][]Kind{
		domain.Customer:  {KindOrder, KindDelivery, KindRefund, KindReturn, KindBooking, KindUse},
		domain.Packer:    {KindNewOrder, KindStopped},
		domain.RoomAdmin: {KindBooking, KindUse, KindApproval},
		domain.Visitor:   nil,
	} {
		if got := KindsOf(role); !slices.Equal(got, want) {
			t.Errorf("%s: %v", role, got)
		}
	}
	if slices.Contains(Duties(), KindStopped) || !slices.Contains(Duties(), KindNewOrder) || slices.Contains(Duties(), KindOrder) {
		t.Errorf("duties: %v", Duties())
	}
}
