package notify

import (
	"context"
	"slices"

	"daybreak/domain"
	"daybreak/domain/db"
)

// audience is everybody some notices are for, with what they want.
type audience struct {
	people map[string]reader
	staff  map[domain.Role][]string // ids, of those who may act
	teams  map[Kind]reader
}

// of returns who a notice is for: an account, or whoever has its role and the chat of
// the duty. Somebody who is not known is told nothing.
func (a audience) of(n notice) []reader {
	if n.user != "" {
		if p, ok := a.people[n.user]; ok {
			return []reader{p}
		}
		return nil
	}
	var out []reader
	for _, role := range n.roles {
		for _, id := range a.staff[role] {
			if id != n.but {
				out = append(out, a.people[id])
			}
		}
		if len(out) > 0 {
			break
		}
	}
	if t, ok := a.teams[n.kind]; ok {
		out = append(out, t)
	}
	return out
}

// readers looks up everybody the notices are for.
func (s *Service) readers(ctx context.Context, q db.Querier, ns []notice) (audience, error) {
	a := audience{people: map[string]reader{}, staff: map[domain.Role][]string{}, teams: map[Kind]reader{}}
	var ids []string
	var roles []domain.Role
	var duties []Kind
	for _, n := range ns {
		if n.user != "" && !slices.Contains(ids, n.user) {
			ids = append(ids, n.user)
		}
		for _, r := range n.roles {
			if !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
		if n.user == "" && !slices.Contains(duties, n.kind) {
			duties = append(duties, n.kind)
		}
	}
	if len(roles) > 0 {
		staff, err := s.set.Directory.Staff(ctx, q, roles)
		if err != nil {
			return a, err
		}
		for _, p := range staff {
			a.people[p.ID] = reader{Person: p}
			a.staff[p.Role] = append(a.staff[p.Role], p.ID)
		}
	}
	if err := s.addPeople(ctx, q, a.people, ids); err != nil {
		return a, err
	}
	if len(duties) > 0 {
		teams, err := teamsOf(ctx, q)
		if err != nil {
			return a, err
		}
		for _, t := range teams {
			a.teams[t.Kind] = t.reader()
		}
	}
	return a, nil
}

// addPeople adds accounts to people, and to all of them what they want.
func (s *Service) addPeople(ctx context.Context, q db.Querier, people map[string]reader, ids []string) error {
	if len(ids) > 0 {
		ps, err := s.set.Directory.People(ctx, q, ids)
		if err != nil {
			return err
		}
		for _, p := range ps {
			people[p.ID] = reader{Person: p}
		}
	}
	all := make([]string, 0, len(people))
	for id := range people {
		all = append(all, id)
	}
	slices.Sort(all)
	return addWishes(ctx, q, people, all)
}

// reader is the team as somebody to be told.
func (t Team) reader() reader {
	return reader{Person: Person{ID: teamPrefix + string(t.Kind), Active: true}, hook: t.URL, format: t.Format, aTeam: true}
}

// teamPrefix begins what stands for an account where a duty is told.
const teamPrefix = "team:"
