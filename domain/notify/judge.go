package notify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
	"daybreak/domain/event"
)

// job is what is sent at once: a message, or a burst of a duty, of which the oldest
// message gives its id.
type job struct {
	channel  Channel
	to       reader
	messages []message
	items    []Notification // of the messages, in their order
}

// maxItems is how many notifications a message names.
const maxItems = 20

// group puts together what goes to one reader about one duty; all else stands alone.
func group(ms []message) [][]message {
	var out [][]message
	at := map[paceKey]int{}
	for _, m := range oldestFirst(ms) {
		k := paceKey{m.userID, m.kind, m.channel}
		if i, ok := at[k]; ok && kinds[m.kind].duty {
			out[i] = append(out[i], m)
			continue
		}
		at[k] = len(out)
		out = append(out, []message{m})
	}
	return out
}

func oldestFirst(ms []message) []message {
	slices.SortFunc(ms, func(a, b message) int { return cmp.Compare(a.id, b.id) })
	return ms
}

// judge says what is still to be sent of what was claimed, and records the rest.
func (s *Service) judge(ctx context.Context, c Channel, groups [][]message) ([]job, error) {
	if len(groups) == 0 {
		return nil, nil
	}
	b, err := s.background(ctx, groups)
	if err != nil {
		return nil, err
	}
	now := s.DB.Now()
	var js []job
	var rest []verdict
	for _, g := range groups {
		j := job{channel: c, to: b.readers[g[0].userID]}
		for _, m := range g {
			a := b.about[m.notificationID]
			if o, send := judge(m, a, j.to, b.happened[a.Subject.ID], now); !send {
				rest = append(rest, verdict{m, o})
			} else {
				j.messages, j.items = append(j.messages, m), append(j.items, a.Notification)
			}
		}
		if len(j.messages) > 0 {
			js = append(js, j)
		}
	}
	if len(rest) == 0 {
		return js, nil
	}
	return js, s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, v := range rest {
			if _, err := record(ctx, tx, v.message, v.outcome); err != nil {
				return err
			}
		}
		return nil
	})
}

// verdict is what becomes of a message that is not sent.
type verdict struct {
	message
	outcome
}

// judge decides whether a message that is due is sent, or what becomes of it. Much may
// have changed since it was queued.
func judge(m message, a about, to reader, since []happened, now time.Time) (o outcome, send bool) {
	o = outcome{attempts: m.attempts}
	w, has := to.wish(m.kind), to.hook != ""
	if m.channel == Email {
		has = to.Email != ""
	}
	wants := w.chat
	if m.channel == Email {
		wants = w.email
	}
	switch {
	case a.ID == "" || to.ID == "" || !to.Active:
		o.state, o.reason = Dropped, whyInactive
	case m.origin == anew && has:
		return o, true
	case !has:
		o.state, o.reason = Suppressed, whyNoAddress
	case m.channel == Email && w.never:
		o.state, o.reason = Suppressed, whyUnsubscribed
	case !wants && m.origin == "":
		o.state, o.reason = Suppressed, whyUnwanted
	case !a.until.IsZero() && !now.Before(a.until):
		o.state, o.reason = Dropped, whyStale
	case a.over(since):
		o.state, o.reason = Dropped, whyOvertaken
	default:
		if at := to.quiet.over(now); at.After(now) {
			o.state, o.next, o.reason = Queued, at, m.reason
			return o, false
		}
		return o, true
	}
	return o, false
}

// outcomeOf decides what becomes of a message that was sent, or was not.
func outcomeOf(attempts int, err error, unit time.Duration, now time.Time) outcome {
	if err == nil {
		return outcome{state: Sent, attempts: attempts + 1}
	}
	o := outcome{state: Failed, attempts: attempts + 1, reason: oneLine(err.Error(), maxReason)}
	if final(err) {
		o.state = BouncedOff
	} else if wait, ok := again(o.attempts, unit); ok {
		o.state, o.next = Queued, now.Add(wait)
	}
	return o
}

// background is all there is to know to judge.
type background struct {
	about    map[string]about
	readers  map[string]reader
	happened map[string][]happened
}

func (s *Service) background(ctx context.Context, groups [][]message) (b background, err error) {
	var ids, users, subjects []string
	for _, g := range groups {
		users = append(users, g[0].userID)
		for _, m := range g {
			ids = append(ids, m.notificationID)
		}
	}
	if b.about, err = loadAbout(ctx, s.DB, ids); err != nil {
		return b, err
	}
	for _, a := range b.about {
		if overtaken[a.Kind][a.State] != nil {
			subjects = append(subjects, a.Subject.ID)
		}
	}
	if b.happened, err = loadHappened(ctx, s.DB, subjects); err != nil {
		return b, err
	}
	b.readers = map[string]reader{}
	if err := s.addPeople(ctx, s.DB, b.readers, users); err != nil {
		return b, err
	}
	teams, err := teamsOf(ctx, s.DB)
	for _, t := range teams {
		r := t.reader()
		b.readers[r.ID] = r
	}
	return b, err
}

// draw makes what the channel carries of a job.
func (s *Service) draw(ctx context.Context, j job) (Message, error) {
	d := Draft{Channel: j.channel, To: j.to.Person, Items: j.items}
	if len(d.Items) > maxItems {
		d.Items, d.More = d.Items[:maxItems], len(d.Items)-maxItems
	}
	kind := j.messages[0].kind
	m := Message{ID: j.messages[0].id, Kind: kind, To: j.to.hook, Format: j.to.format, Name: j.to.Name, Lang: j.to.Lang}
	if j.channel == Email {
		m.To, m.Format = j.to.Email, ""
		var err error
		if d.Token, err = s.TokenOf(ctx, j.to.ID, kind); err != nil {
			return m, err
		}
	} else if m.Format == generic {
		var err error
		if m.Secret, err = s.hookSecret(ctx, j.to.ID, m.To); err != nil {
			return m, err
		}
	}
	return s.set.Renderer.Draw(d).message(m), nil
}

// note records what came of sending a job. given: it was given up because this process
// ends; another one has it at once.
func (s *Service) note(ctx context.Context, j job, sent Message, failed error, given bool) error {
	return s.DB.Write(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		for i, m := range j.messages {
			o := outcomeOf(m.attempts, failed, s.set.Retry, tx.Now)
			if given {
				o = outcome{state: Queued, next: tx.Now, attempts: m.attempts, reason: m.reason}
			}
			o.address, o.subject, o.preview = j.to.address(j.channel), sent.Subject, oneLine(sent.Text, maxPreview)
			if i > 0 {
				o.lead = j.messages[0].id
			}
			if err := s.noteOne(ctx, tx, j, i, o); err != nil {
				return err
			}
		}
		return nil
	})
}

// noteOne records what came of the i-th message of a job.
func (s *Service) noteOne(ctx context.Context, tx *db.Tx, j job, i int, o outcome) error {
	m, n := j.messages[i], j.items[i]
	told := i == 0 && o.state != Queued
	if told {
		m.version++
	}
	ours, err := record(ctx, tx, m, o)
	if err != nil || !ours || o.state == Queued {
		return err
	}
	ctx = domain.WithTrace(ctx, &domain.Trace{Actor: domain.Worker, Causation: n.Cause.ID})
	if told {
		m.tell(ctx, tx, n, func(about event.Notice) event.Event {
			if o.state == Sent {
				return event.NotificationSent{Notice: about}
			}
			return event.NotificationFailed{Notice: about, Bounced: o.state == BouncedOff, Error: o.reason}
		})
	}
	if o.state == Sent || m.channel != Chat || !j.to.standsIn(m.kind) {
		return nil
	}
	return s.standIn(ctx, tx, m, j.to.Email)
}

// standIn has a mail stand in for a chat message that was given up.
func (s *Service) standIn(ctx context.Context, tx *db.Tx, m message, address string) error {
	done, err := mailed(ctx, tx, m.notificationID)
	if err != nil || done {
		return err
	}
	state := Queued
	if !s.has(Email) {
		state = Kept
	}
	mail := message{notificationID: m.notificationID, channel: Email, origin: instead, userID: m.userID, kind: m.kind}
	if _, err := beside(ctx, tx, mail, address, state); err != nil {
		return err
	}
	tx.AfterCommit(func() { s.poke(Email) })
	return nil
}
