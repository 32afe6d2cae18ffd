package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"daybreak/domain"
	"daybreak/domain/event"
)

var errDown = errors.New("dial tcp: connection refused")

func down(context.Context, Message) error { return errDown }

// place has Ana order once, and returns what the order is.

func (r *rig) place() string {
	r.t.Helper()
	o := facts()
	o.OrderID = domain.NewID()
	r.say(o.OrderID, event.OrderRequested{OrderFacts: o, Status: "PENDING_PAYMENT"}, event.OrderPlaced{OrderFacts: o})
	return o.OrderID
}

// The mail server is away: the page knows all the same, the mail follows later, and it is

// the same one whenever it is tried.

func TestMailServerAway(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var ids []string
		r.mail.answers(func(_ context.Context, m Message) error { ids = append(ids, m.ID); return errDown })
		r.place()
		same(t, "Ana's inbox", r.inbox(ana), []string{"order.placed"})
		r.work()
		for _, wait := range []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute} {
			before := len(ids)
			r.pass(wait - time.Second)
			if r.work(); len(ids) != before {
				t.Errorf("tried again before %s were over", wait)
			}
			r.pass(time.Second)
			if r.work(); len(ids) != before+1 {
				t.Errorf("not tried after %s", wait)
			}
		}
		e := r.ledger()[0]
		if e.State != Queued || e.Attempts != 4 || e.Reason != errDown.Error() || !e.NextAt.Equal(r.DB.Now().Add(time.Hour)) {
			t.Errorf("%+v", e)
		}
		r.mail.answers(nil)
		r.pass(time.Hour)
		r.work()
		if got := r.mail.all(); len(got) != 1 || got[0].ID != ids[0] || len(slices.Compact(ids)) != 1 {
			t.Errorf("in the end %+v, after %q", got, ids)
		}
		if e := r.ledger()[0]; e.State != Sent || e.Attempts != 5 || e.SentAt.IsZero() || e.Subject == "" || e.Preview == "" {
			t.Errorf("%+v", e)
		}
		r.told(t, "notify.sent.v1 order.placed")
	})
}

// told are what the log says of messages.

func (r *rig) told(t *testing.T, want ...string) {
	t.Helper()
	evs, err := r.DB.Unpublished(context.Background(), 0, 1000)
	r.must(err)
	var got []string
	for _, env := range evs {
		ev, err := env.Decode()
		r.must(err)
		var n event.Notice
		switch e := ev.(type) {
		case event.NotificationSent:
			n = e.Notice
		case event.NotificationFailed:
			n = e.Notice
		case event.NotificationRequested:
			n = e.Notice
		default:
			continue
		}
		got = append(got, env.Name+" "+n.Kind+"."+n.State)
		if env.Correlation == "" || env.Aggregate.ID != n.MessageID || n.NotificationID == "" {
			t.Errorf("%+v", env)
		}
	}
	same(t, "in the log", got, want)
}

func TestGivenUp(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.mail.answers(down)
		r.place()
		for range 5 {
			r.work()
			r.pass(time.Hour)
		}
		same(t, "messages", r.states(), []string{"ana@example.com email order.placed failed"})
		r.mail.answers(func(context.Context, Message) error { return Bounced{errors.New("550 no such user")} })
		r.place()
		r.work()
		r.pass(24 * time.Hour)
		r.work()
		same(t, "messages", r.states(), []string{"ana@example.com email order.placed failed", "ana@example.com email order.placed bounced"})
		r.told(t, "notify.failed.v1 order.placed", "notify.failed.v1 order.placed")
	})
}

// A chat that fails in the end is made up for by a mail, unless there was one, or its

// reader has said never.

// A hundred orders within a minute are two messages to those on duty: one at once, and

// one about all the others.

// The process is killed between the other side's yes and our note of it. Another one

// takes over when the lease ends, and sends it once more under the same ID.

func TestKilledBetweenYesAndNote(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		const mails, kills = 40, 15
		for range mails {
			r.place()
		}
		killed := 0
		for range 100 {
			s := r.service(r.DB) // one more process
			js, _, err := s.next(t.Context(), Email, 1+killed%3)
			r.must(err)
			if len(js) == 0 {
				break
			}
			for _, j := range js {
				sent, err := s.send(t.Context(), j)
				if killed < kills && err == nil {
					killed++ // SIGKILL: nothing is recorded
					continue
				}
				r.must(s.note(t.Context(), j, sent, err, false))
			}
			if killed < kills {
				r.pass(lease)
			}
		}
		r.pass(lease)
		r.work()
		times := map[string]int{}
		for _, m := range r.mail.all() {
			times[m.ID]++
		}
		if len(times) != mails {
			t.Errorf("%d of %d mails", len(times), mails)
		}
		if twice := len(r.mail.all()) - len(times); twice > killed || killed != kills {
			t.Errorf("%d came twice after %d kills", twice, killed)
		}
		for _, s := range r.states() {
			if !strings.HasSuffix(s, " sent") {
				t.Errorf("%s", s)
			}
		}
	})
}

// A process that was frozen for longer than its lease wakes up: what became of the

// message meanwhile stays.

func TestFrozenProcess(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.place()
		frozen := r.service(r.DB)
		js, _, err := frozen.next(t.Context(), Email, 10)
		r.must(err)
		r.work()
		if n := len(r.mail.all()); n != 0 {
			t.Errorf("%d sent by two at once", n)
		}
		r.pass(lease)
		r.work()
		r.must(frozen.note(t.Context(), js[0], Message{}, errDown, false))
		same(t, "messages", r.states(), []string{"ana@example.com email order.placed sent"})
		r.pass(time.Hour)
		r.work()
		if n := len(r.mail.all()); n != 1 {
			t.Errorf("%d mails", n)
		}
		r.told(t, "notify.sent.v1 order.placed")
	})
}

// Several processes send what is due: each message once.

func TestManyProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for range 60 {
			r.place()
		}
		var wg sync.WaitGroup
		for range 4 {
			s := r.service(r.DB)
			s.Changed = nil
			wg.Go(func() {
				for {
					js, more, err := s.next(context.Background(), Email, 7)
					if err != nil {
						t.Error(err)
						return
					}
					for _, j := range js {
						s.work(context.Background(), newFlow(parallel), j)
					}
					if len(js) == 0 && !more {
						return
					}
				}
			})
		}
		wg.Wait()
		r.work()
		ids := map[string]bool{}
		for _, m := range r.mail.all() {
			if ids[m.ID] {
				t.Errorf("%s was sent twice", m.ID)
			}
			ids[m.ID] = true
		}
		if len(ids) != 60 {
			t.Errorf("%d mails", len(ids))
		}
	})
}

// The chat hangs and never answers. Mails go out meanwhile, events are heard, and when the

// process ends what hung is handed on.

func TestAChannelThatHangs(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		var hanging atomic.Int64
		hangs := make(chan struct{}, 100)
		r.chat.answers(func(ctx context.Context, _ Message) error {
			hanging.Add(1)
			hangs <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		})
		_, err := r.SetPreferences(t.Context(), actor(ana), Preferences{ChatURL: "https://chat.example.com/x"})
		r.must(err)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- r.Run(ctx) }()
		for range parallel + 3 {
			r.place()
		}
		for range parallel {
			<-hangs
		}
		for range parallel + 3 {
			<-r.mail.sent
		}
		if n := hanging.Load(); n != parallel {
			t.Errorf("%d hang at once", n)
		}
		stop()
		r.must(<-ended)
		r.chat.answers(nil)
		r.pass(lease)
		r.work()
		if n := len(r.chat.all()); n != parallel+3 {
			t.Errorf("%d chat messages in the end", n)
		}
		for _, e := range r.ledger() {
			if e.State != Sent || e.Attempts != 1 {
				t.Errorf("%+v", e)
			}
		}
	})
}

// A renderer or a sender that breaks down over one message takes nothing else along.

func TestPanic(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		n := 0
		r.mail.answers(func(context.Context, Message) error {
			if n++; n == 1 {
				panic("no such template")
			}
			return nil
		})
		r.place()
		r.place()
		r.work()
		same(t, "messages", r.states(), []string{"ana@example.com email order.placed queued", "ana@example.com email order.placed sent"})
		if e := r.ledger()[0]; !strings.Contains(fmt.Sprint(e.Reason), "no such template") {
			t.Errorf("%+v", e)
		}
	})
}

// At night nobody is disturbed, but the page knows at once.

// Without a mail server mails are kept, and can be read.
