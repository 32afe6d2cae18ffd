package notify

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"daybreak/domain/db"
)

const (
	parallel = 8                // most messages on their way through one channel at once
	sendFor  = 30 * time.Second // how long sending one may take …
	lease    = time.Minute      // … and when what was claimed is another's
	sweep    = time.Second      // how long a message of another process can go unnoticed
	grace    = 3 * time.Second  // for what is on its way when the process ends
)

// Run sends what is due through each channel until ctx ends. Any number of processes may
// run it. A message is one process's at a time; should that end between the other side's
// yes and our note of it, the message goes out once more, under the same ID. No lock and
// no transaction is held meanwhile, and no channel waits for another.
func (s *Service) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for c := range s.wake {
		wg.Go(func() { s.lane(ctx, c) })
	}
	<-ctx.Done()
	wg.Wait()
	return nil
}

// lane sends what is due through one channel, as many messages at once as there are
// slots: one that hangs costs its slot and nothing else.
func (s *Service) lane(ctx context.Context, c Channel) {
	var wg sync.WaitGroup
	defer wg.Wait()
	slots, f := make(chan struct{}, parallel), newFlow(parallel)
	timer := time.NewTimer(sweep)
	defer timer.Stop()
	for ctx.Err() == nil {
		n := take(ctx, slots)
		js, more, err := s.next(ctx, c, n)
		for range n - len(js) {
			<-slots
		}
		for _, j := range js {
			wg.Go(func() {
				defer func() { <-slots }()
				s.work(ctx, f, j)
			})
		}
		if err != nil && ctx.Err() == nil {
			slog.ErrorContext(ctx, "notify worker", "channel", c, "err", err)
		} else if more {
			continue
		}
		timer.Reset(s.pause(ctx, c, err))
		select {
		case <-ctx.Done():
		case <-s.wake[c]:
		case <-timer.C:
		}
	}
}

// take waits for a free slot and takes all that are free then.
func take(ctx context.Context, slots chan struct{}) (n int) {
	select {
	case slots <- struct{}{}:
		n = 1
	case <-ctx.Done():
		return 0
	}
	for {
		select {
		case slots <- struct{}{}:
			n++
		default:
			return n
		}
	}
}

// pause is how long there is nothing to do.
func (s *Service) pause(ctx context.Context, c Channel, failed error) time.Duration {
	at, err := nextDue(ctx, s.DB, c)
	if failed != nil || err != nil || at.IsZero() {
		return sweep
	}
	return min(sweep, max(at.Sub(s.DB.Now()), 0))
}

// next claims messages that are due and returns those to be sent, at most n; what is not
// to be sent is recorded. more tells that there may be more.
func (s *Service) next(ctx context.Context, c Channel, n int) (js []job, more bool, err error) {
	at, err := nextDue(ctx, s.DB, c)
	if err != nil || at.IsZero() || at.After(s.DB.Now()) {
		return nil, false, err
	}
	var groups [][]message
	err = s.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
		until := tx.Now.Add(lease)
		ms, err := claim(ctx, tx, c, until, n)
		more = len(ms) == n
		groups = group(ms)
		for i := 0; err == nil && i < len(groups); i++ {
			groups[i], err = burstOf(ctx, tx, groups[i], until)
		}
		return err
	})
	if err != nil {
		return nil, false, err
	}
	js, err = s.judge(ctx, c, groups)
	return js, more, err
}

// burstOf takes along what else waits of the duty that a group is of.
func burstOf(ctx context.Context, tx *db.Tx, g []message, until time.Time) ([]message, error) {
	if !kinds[g[0].kind].duty {
		return g, nil
	}
	k := paceKey{g[0].userID, g[0].kind, g[0].channel}
	rest, err := claimBurst(ctx, tx, k, until)
	if err != nil {
		return g, err
	}
	return oldestFirst(append(g, rest...)), setPace(ctx, tx, k)
}

// work sends a job when its turn has come and records what came of it, also while the
// process is ending: an answer that came is not thrown away.
func (s *Service) work(ctx context.Context, f *flow, j job) {
	fl, err := f.enter(ctx)
	if err != nil {
		s.noted(ctx, j, Message{}, err, true)
		return
	}
	defer f.leave(fl)
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), sendFor)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	defer stop()
	sent, err := s.send(call, j)
	f.answered(fl)
	given := err != nil && call.Err() == context.Canceled // by us: nobody is to blame
	s.noted(ctx, j, sent, err, given)
}

func (s *Service) noted(ctx context.Context, j job, sent Message, failed error, given bool) {
	if err := s.note(ctx, j, sent, failed, given); err != nil {
		slog.ErrorContext(ctx, "notify worker: not recorded", "message", j.messages[0].id, "err", err)
	}
}

// send draws a job and hands it to its channel. What breaks down over one message is no
// reason for the process to do so.
func (s *Service) send(ctx context.Context, j job) (m Message, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if m, err = s.draw(ctx, j); err == nil {
		err = s.set.Senders[j.channel].Send(ctx, m)
	}
	return m, err
}
