package notify

import (
	"slices"
	"time"
)

// State is where a message through a channel stands.
type State string

// The states. Kept, sent, failed, bounced, dropped and suppressed are final until
// somebody has the message sent again.
const (
	Queued     State = "queued"
	Sending    State = "sending"
	Sent       State = "sent"       // the other side has taken it
	Kept       State = "kept"       // this program has no such channel: it can be read here
	Failed     State = "failed"     // tried often enough
	BouncedOff State = "bounced"    // the other side will never take it
	Dropped    State = "dropped"    // it came too late to be of use
	Suppressed State = "suppressed" // its reader does not want it
)

// States are all states, in the order of a message's life.
var States = []State{Queued, Sending, Sent, Kept, Failed, BouncedOff, Dropped, Suppressed}

// Why a message was not sent: a sentence in the catalogue each.
const (
	whyStale        = "ntf.why.late"
	whyOvertaken    = "ntf.why.overtaken"
	whyInactive     = "ntf.why.inactive"
	whyUnwanted     = "ntf.why.unwanted"
	whyUnsubscribed = "ntf.why.unsubscribed"
	whyNoAddress    = "ntf.why.no_address"
)

// wish is through which channels somebody wants to be told of a kind. Never is stronger
// than not: it was said by the link in a mail, and holds also where a mail would stand
// in for a chat that fails.
type wish struct {
	inApp, email, chat bool
	never              bool
}

func (k rules) wish() wish { return wish{inApp: true, email: k.mail, chat: true} }

// reader is somebody to be told, with what they want. A team is one that has a chat only.
type reader struct {
	Person
	wishes map[Kind]wish // where they differ from the kind's
	hook   string        // of their chat
	format string        // of the hook
	quiet  Quiet
	aTeam  bool
}

func (r reader) wish(k Kind) wish {
	if w, ok := r.wishes[k]; ok {
		return w
	}
	return kinds[k].wish()
}

// leg is the way of a notification through one channel.
type leg struct {
	channel Channel
	state   State
	at      time.Time // when it is due, if it is queued
	reason  string    // why it is not
}

// shown reports whether the notification is in its reader's inbox. It is always on
// record.
func (r reader) shown(k Kind) bool { return !r.aTeam && r.wish(k).inApp }

// legs decides through which channels outside the page a notice goes to somebody, and
// when. A channel that would be used but must not be is told of, too, so that the staff
// can say why no mail came. here tells which channels this program has.
func (r reader) legs(n notice, here func(Channel) bool, now time.Time) []leg {
	w, k := r.wish(n.kind), kinds[n.kind]
	var out []leg
	if (w.email || k.mail) && !n.pageOnly && !r.aTeam {
		l := leg{channel: Email, state: Queued}
		switch {
		case w.never:
			l.state, l.reason = Suppressed, whyUnsubscribed
		case !w.email:
			l.state, l.reason = Suppressed, whyUnwanted
		case r.Email == "":
			l.state, l.reason = Suppressed, whyNoAddress
		}
		out = append(out, l)
	}
	if w.chat && r.hook != "" && !n.pageOnly {
		out = append(out, leg{channel: Chat, state: Queued})
	}
	for i := range out {
		l := &out[i]
		if l.state != Queued {
			continue
		}
		switch {
		case !r.Active:
			l.state, l.reason = Dropped, whyInactive
		case n.late(now):
			l.state, l.reason = Dropped, whyStale
		case !here(l.channel):
			l.state = Kept
		default:
			l.at = r.quiet.over(later(now, n.at.Add(n.hold)))
		}
	}
	return out
}

// expires is when a notice is worth nothing outside the page any more; zero: never.
func (n notice) expires() time.Time {
	switch stale := kinds[n.kind].stale; {
	case !n.until.IsZero():
		return n.until
	case stale > 0:
		return n.at.Add(stale)
	}
	return time.Time{}
}

func (n notice) late(now time.Time) bool {
	t := n.expires()
	return !t.IsZero() && !now.Before(t)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// over reports whether one of the states that came to the same subject at or after at
// makes a notification needless.
func (n Notification) over(since []happened) bool {
	return slices.ContainsFunc(since, func(h happened) bool {
		return !h.at.Before(n.At) && slices.Contains(overtaken[n.Kind][n.State], h.told)
	})
}

// happened is a state somebody was told of, and when it came.
type happened struct {
	told
	at time.Time
}

// Quiet is when somebody is not to be disturbed, by the clock of a zone: from "22:00" to
// "07:00". Without a From there is no such time.
type Quiet struct {
	From     string `json:"from"`
	To       string `json:"to"`
	TimeZone string `json:"timeZone"`
}

// attempts after which a message is given up, and the waits in between, in units of
// SMTP_RETRY. They are not spread at random: what failed together failed for one reason,
// and few are sent at a time.
var waits = []time.Duration{1, 5, 15, 60}

// again returns how long to wait after the n-th attempt that failed; ok is false if that
// was the last.
func again(n int, unit time.Duration) (wait time.Duration, ok bool) {
	if n < 1 || n > len(waits) {
		return 0, false
	}
	return waits[n-1] * unit, true
}

// burst is how long what a duty brings is collected into one message. The first of a
// burst goes at once.
const burst = time.Minute

// pace decides when a message of a duty is due, by when the one before it was sent and
// by when one is that still waits: that one takes it along.
func pace(due, sent, waiting time.Time) time.Time {
	switch {
	case !waiting.IsZero():
		return later(due, waiting)
	case !sent.IsZero():
		return later(due, sent.Add(burst))
	}
	return due
}

// standsIn decides whether a mail goes out for a chat message that is given up: it does
// unless its reader has said never.
func (r reader) standsIn(k Kind) bool {
	return !r.aTeam && r.Active && r.Email != "" && !r.wish(k).never
}
