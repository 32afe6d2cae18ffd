package eventtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"daybreak/domain"
	"daybreak/domain/event"
)

// door is an aggregate that is open or shut.
type door struct{}

func (door) Open(context.Context, domain.Actor) {}
func (door) Shut(context.Context, domain.Actor) {}
func (door) Look(context.Context)               {}

func table() Table {
	return Table{
		States: []string{"OPEN", "SHUT"}, Decisions: []string{"open", "shut", "oil"}, Parts: []string{"oil"},
		Service: door{}, Commands: map[string]string{"Open": "open", "Shut": "shut"},
		Rows: []Row{
			{"open", func(from string) string { return Said(from, "OPEN", nil) }, map[string]string{"OPEN": "=", "SHUT": "OPEN"}},
			{"shut softly", func(from string) string { return Said(from, "SHUT", nil, event.OrderPlaced{}) },
				map[string]string{"OPEN": "SHUT placed", "SHUT": "= placed"}},
		},
	}
}

func TestATableHasToBeWhole(t *testing.T) {
	if wrong := table().Wrong(); len(wrong) > 0 {
		t.Errorf("a whole table: %q", wrong)
	}
	for what, c := range map[string]struct {
		breaks func(*Table)
		want   string
	}{
		"a new state":          {func(tab *Table) { tab.States = append(tab.States, "AJAR") }, "does not know the state"},
		"a state that is gone": {func(tab *Table) { tab.States = tab.States[:1] }, "or no state"},
		"a state twice":        {func(tab *Table) { tab.Rows[0].Want["OPEN SHUT"] = "OPEN" }, "is there twice"},
		"a new decision":       {func(tab *Table) { tab.Decisions = append(tab.Decisions, "lock") }, "lock decides"},
		"a row that is gone":   {func(tab *Table) { tab.Rows = tab.Rows[1:] }, "open decides"},
		"a new command":        {func(tab *Table) { delete(tab.Commands, "Open") }, "Open is a command"},
		"a command to nothing": {func(tab *Table) { tab.Commands["Open"] = "unlock" }, "Open comes to unlock"},
		"another outcome":      {func(tab *Table) { tab.Rows[0].Want["SHUT"] = "=" }, "open when SHUT: OPEN, want ="},
	} {
		tab := table()
		c.breaks(&tab)
		if wrong := tab.Wrong(); !slices.ContainsFunc(wrong, func(w string) bool { return strings.Contains(w, c.want) }) {
			t.Errorf("%s: %q", what, wrong)
		}
	}
}

func TestSaid(t *testing.T) {
	refused := domain.Refuse(domain.Conflict, "err.shut").InState("SHUT")
	for want, got := range map[string]string{
		"=":             Said("SHUT", "SHUT", nil, nil),
		"OPEN placed":   Said("SHUT", "OPEN", nil, event.OrderPlaced{}),
		"err.shut":      Said("SHUT", "SHUT", refused),
		"failed: rusty": Said("SHUT", "SHUT", errors.New("rusty")),
		`err.shut, but conflict of one in state "SHUT"`: Said("OPEN", "OPEN", refused),
		`err.shut, but now OPEN`:                        Said("SHUT", "OPEN", refused),
		`err.shut, but invalid of one in state "SHUT"`:  Said("SHUT", "SHUT", domain.Refuse(domain.Invalid, "err.shut").InState("SHUT")),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWhatTheSourceHas(t *testing.T) {
	t.Chdir("../../packing")
	if states := States(t, "a packing task"); !slices.Contains(states, event.TaskUnpacking) || slices.Contains(states, event.DeliveryReady) {
		t.Error(states)
	}
	if names := Decisions(t, "Task", "event.Event"); !slices.Contains(names, "start") || slices.Contains(names, "refuse") {
		t.Error(names)
	}
}
