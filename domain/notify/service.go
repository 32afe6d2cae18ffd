package notify

import (
	"context"
	"embed"
	"sync"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is the tables of this context.
var Schema = db.Schema{Name: "notify", FS: files}

// Directory knows who people are.
type Directory interface {
	// People returns the accounts with the ids, also those switched off. Unknown ids are
	// left out.
	People(ctx context.Context, q db.Querier, ids []string) ([]Person, error)
	// Staff returns the accounts of the roles that may act now.
	Staff(ctx context.Context, q db.Querier, roles []domain.Role) ([]Person, error)
	// SetLanguage stores the language somebody wants to be told in. Invalid names the field
	// language.
	SetLanguage(ctx context.Context, tx *db.Tx, id, lang string) error
}

// Hint tells that a row of somebody's inbox is new or different.
type Hint struct {
	ID, UserID string
	Version    int64
}

// Settings are what a Service is given. Zero durations become the defaults.
type Settings struct {
	Directory Directory
	Renderer  Renderer
	// Senders are the channels outside the page. What goes through one that is not there
	// is kept, to be read on a page of the staff.
	Senders map[Channel]Sender
	// Inside are the hosts in the house that chats may be at.
	Inside Hosts
	// Retry is the unit of the waits after a failure: 1, 5, 15 and 60 of it. 1 min.
	Retry time.Duration
	// Alarms, if set, returns what is wrong in the house at the moment.
	Alarms func(ctx context.Context) ([]Alarm, error)
}

// Service tells people what happened. Make one with New.
type Service struct {
	DB *db.DB
	// Changed, if set, is told after each commit which rows of the inboxes are different
	// now. It must not block.
	Changed func([]Hint)

	set     Settings
	wake    map[Channel]chan struct{} // something is due in this process
	secrets sync.Map                  // values of type string by their names, once they were read
}

// New returns the service.
func New(d *db.DB, set Settings) *Service {
	if set.Retry <= 0 {
		set.Retry = time.Minute
	}
	s := &Service{DB: d, set: set, wake: map[Channel]chan struct{}{}}
	for c, sender := range set.Senders {
		if sender != nil {
			s.wake[c] = make(chan struct{}, 1)
		}
	}
	return s
}

// has reports whether this program reaches anybody through the channel.
func (s *Service) has(c Channel) bool { return s.wake[c] != nil }

// Mails reports whether mails leave the house. If not, they are kept.
func (s *Service) Mails() bool { return s.has(Email) }

func (s *Service) poke(c Channel) {
	select {
	case s.wake[c] <- struct{}{}:
	default:
	}
}

// tell hands on which rows are different, once they are.
func (s *Service) tell(tx *db.Tx, hints []Hint) {
	if s.Changed != nil && len(hints) > 0 {
		tx.AfterCommit(func() { s.Changed(hints) })
	}
}
