package notify

import (
	"context"
	"slices"
	"time"

	"daybreak/domain"
	"daybreak/domain/db"
)

// Team is the chat of a duty, in which whoever is at work is told.
type Team struct {
	Kind   Kind      `json:"kind"`
	Format string    `json:"format"` // one of Formats
	URL    string    `json:"url"`    // of the hook; empty: there is no such chat
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

// Teams returns the chat of every duty, in the order of Duties. Admins only.
func (s *Service) Teams(ctx context.Context, a domain.Actor) ([]Team, error) {
	if !a.Is(domain.Admin) {
		return nil, forbidden()
	}
	set, err := teamsOf(ctx, s.DB)
	out := make([]Team, 0, len(kinds))
	for _, k := range Duties() {
		t := Team{Kind: k}
		for _, is := range set {
			if is.Kind == k {
				t = is
			}
		}
		out = append(out, t)
	}
	return out, err
}

// SetTeam gives a duty a chat, or takes it away if there is no URL. Without a Format it
// is told by the URL. Admins only; Invalid names the field.
func (s *Service) SetTeam(ctx context.Context, a domain.Actor, t Team) (Team, error) {
	if !a.Is(domain.Admin) {
		return t, forbidden()
	}
	var c domain.Checks
	c.Must(slices.Contains(Duties(), t.Kind), "kind", "err.choice")
	if t.Format == "" || c.Must(slices.Contains(Formats, t.Format), "format", "err.choice") {
		t.URL = s.hook(&c, "url", t.Format, t.URL)
	}
	if t.Format == "" {
		t.Format = FormatOf(t.URL)
	}
	if err := c.Err(); err != nil {
		return t, err
	}
	return db.Once(ctx, s.DB, func(ctx context.Context, tx *db.Tx) (Team, error) {
		t.By, t.At = a.Name, tx.Now
		return t, saveTeam(ctx, tx, t)
	})
}

func saveTeam(ctx context.Context, tx *db.Tx, t Team) error {
	if t.URL == "" {
		_, err := tx.Exec(ctx, `/* notify.no_team */ delete from notify_teams where kind = $1`, string(t.Kind))
		return err
	}
	_, err := tx.Exec(ctx, `/* notify.team */ insert into notify_teams (`+teamColumns+`) values ($1, $2, $3, $4, $5)
		on conflict (kind) do update set format = excluded.format, hook = excluded.hook, set_by = excluded.set_by, at = excluded.at`,
		string(t.Kind), t.Format, t.URL, t.By, db.Micros(t.At))
	return err
}

func forbidden() error { return domain.Refuse(domain.Forbidden, "auth.denied") }
