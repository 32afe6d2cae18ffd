package notify

import (
	"context"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Switches are through which channels somebody is told of a kind.
type Switches struct {
	InApp bool `json:"inApp"`
	Email bool `json:"email"`
	Chat  bool `json:"chat"`
}

// Preferences are how somebody wants to be told. Chat counts where there is a ChatURL.
type Preferences struct {
	Kinds    map[Kind]Switches `json:"kinds"` // those of the role
	ChatURL  string            `json:"chatUrl,omitempty"`
	Quiet    Quiet             `json:"quiet"`
	Language string            `json:"language"` // ko, en, or "" if they never chose
}

// Preferences returns how the actor is told.
func (s *Service) Preferences(ctx context.Context, a domain.Actor) (Preferences, error) {
	return s.preferences(ctx, s.DB, a)
}

func (s *Service) preferences(ctx context.Context, q db.Querier, a domain.Actor) (Preferences, error) {
	people := map[string]reader{}
	if err := s.addPeople(ctx, q, people, []string{a.ID}); err != nil {
		return Preferences{}, err
	}
	r, ok := people[a.ID]
	if !ok {
		return Preferences{}, domain.Missing("account")
	}
	p := Preferences{Kinds: map[Kind]Switches{}, ChatURL: r.hook, Quiet: r.quiet, Language: r.Lang}
	for _, k := range KindsOf(a.Role) {
		w := r.wish(k)
		p.Kinds[k] = Switches{InApp: w.inApp, Email: w.email, Chat: w.chat}
	}
	return p, nil
}

// SetPreferences stores how the actor wants to be told, and answers what is in force.
// Kinds that are not named stay as they are, and so does a language that is "". Invalid
// names the field.
func (s *Service) SetPreferences(ctx context.Context, a domain.Actor, p Preferences) (Preferences, error) {
	var c domain.Checks
	mine := KindsOf(a.Role)
	for k := range p.Kinds {
		c.Must(slices.Contains(mine, k), "kinds."+oneLine(string(k), maxName), "err.choice")
	}
	p.ChatURL = s.hook(&c, "chatUrl", "", p.ChatURL)
	p.Quiet.check(&c)
	if err := c.Err(); err != nil {
		return p, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Preferences, error) {
		if err := s.savePreferences(ctx, tx, a, p); err != nil {
			return p, err
		}
		return s.preferences(ctx, tx, a)
	})
}

func (s *Service) savePreferences(ctx context.Context, tx *db.Tx, a domain.Actor, p Preferences) error {
	r, err := wishesOf(ctx, tx, a.ID)
	if err != nil {
		return err
	}
	for k, is := range p.Kinds {
		// Whoever has said never by the link in a mail stays with it until they switch
		// the mails on again.
		w := wish{inApp: is.InApp, email: is.Email, chat: is.Chat, never: r.wish(k).never && !is.Email}
		if w == r.wish(k) {
			continue
		}
		if err := saveWish(ctx, tx, a.ID, k, w); err != nil {
			return err
		}
	}
	if p.Quiet.From == "" {
		p.Quiet = Quiet{}
	}
	if err := savePerson(ctx, tx, a.ID, p); err != nil || p.Language == "" {
		return err
	}
	return s.set.Directory.SetLanguage(ctx, tx, a.ID, p.Language)
}
