package views

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"daybreak/domain"
	"daybreak/domain/event"
	"daybreak/domain/packing"
	"daybreak/views/messages"
)

// sampleBench is a bench of a task in a state, packed by somebody, with a queue.
func sampleBench(status, packer string) Bench {
	t := sampleTask(status, packer)
	t.TouchedAt = sampleNow.Add(-time.Minute)
	t.Lines[0].Scanned = 1
	other := sampleTask(event.TaskRequested, "")
	t.Slot = "A"
	other.ID, other.OrderNo, other.RequestedAt = "02T", "20261121-0043", sampleNow.Add(-9*time.Hour)
	return Bench{Task: t, Queue: []packing.Task{other}, Total: 40, Reopens: true}
}

func init() {
	for _, s := range PackingTabs {
		own, others := sampleBench(s, "01J"), sampleBench(s, "02J")
		own.Queue = append([]packing.Task{own.Task}, own.Queue...)
		own.Task.Removed, own.Task.BoxSize, own.Task.Weight = sampleLines[:1], 2, 1200
		own.Task.Short = []packing.Short{{Line: sampleLines[0], Reason: reasons[0], By: "박포장"}, {Line: sampleLines[1], Reason: "<b>", By: "박포장"}}
		idle := others
		idle.Task.TouchedAt = sampleNow.Add(-time.Hour)
		others.Queue, others.Reopens = nil, false
		sample("BenchPage", BenchPage(own), BenchPage(others), BenchPage(idle))
		sample("BenchBody", BenchBody(own))
	}
	for r := range verdictLooks {
		sample("BenchWork", BenchWork(verdictBench(r)))
	}
	full := sampleBench(event.TaskInProgress, "01J")
	for i := range full.Task.Lines {
		full.Task.Lines[i].Scanned = full.Task.Lines[i].Qty
	}
	bad := sampleBench(event.TaskInProgress, "01J")
	bad.Problem, bad.Key = Refused(messages.Ko, map[string]string{"qty": "x"}, domain.Checks{{Name: "qty", Key: "err.number"}}.Err().(*domain.Error)), "k"
	said := sampleBench(event.TaskInProgress, "01J")
	said.Said = "<b>"
	sample("BenchWork", BenchWork(full), BenchWork(bad), BenchWork(said))
	sample("BenchPatch", BenchPatch("bench-work", BenchWork(full)))
	sample("BenchCommandsPage", BenchCommandsPage())
}

func verdictBench(r packing.Result) Bench {
	b := sampleBench(event.TaskInProgress, "01J")
	b.Verdict = packing.Verdict{Gesture: "g", Result: r, Code: "8801234567893", Line: &b.Task.Lines[0], Expected: &b.Task.Lines[1].Line,
		Got: "빨간 머그컵", Rest: 2, By: "박포장", At: sampleNow, ByHand: true, OtherID: "02T"}
	return b
}

// Whoever packs looks at the box and not at the screen: no two results may look or sound
// alike, and none may say nothing.
func TestEveryVerdictIsToldApart(t *testing.T) {
	seen := map[string]packing.Result{}
	for _, lang := range []messages.Lang{messages.Ko, messages.En} {
		clear(seen)
		for r, look := range verdictLooks {
			doc, _ := draw(t, sampleEnv(lang, domain.Packer), BenchWork(verdictBench(r)))
			v := doc.Find("#verdict")
			head := strings.TrimSpace(v.Find("strong").First().Text())
			if tone := v.AttrOr("data-tone", ""); tone != string(r) || !v.HasClass(look.family) {
				t.Errorf("%s: sounds as %q, and is %s", r, tone, v.AttrOr("class", ""))
			}
			key := look.family + " " + look.icon
			if other, ok := seen[key]; ok {
				t.Errorf("%s looks as %s: %s", r, other, key)
			}
			if other, ok := seen[head]; ok || head == "" {
				t.Errorf("%s says as %s: %q", r, other, head)
			}
			seen[key], seen[head] = r, r
		}
	}
	if verdictLooks[packing.Wrong].flash != "r" || verdictLooks[packing.Over].flash != "w" || verdictLooks[packing.Counted].flash != "" {
		t.Error("what takes the whole screen is not what must stop the hand")
	}
}

// The next line is on top, and what is complete has sunk.
func TestTheNextLineIsOnTop(t *testing.T) {
	b := sampleBench(event.TaskInProgress, "01J")
	b.Task.Lines[0].Scanned = b.Task.Lines[0].Qty
	doc, _ := draw(t, sampleEnv(messages.En, domain.Packer), BenchWork(b))
	lines := doc.Find(".bench-line")
	if got := lines.First(); got.AttrOr("id", "") != "line-02P" || !got.HasClass("next") {
		t.Errorf("first is %s, %s", got.AttrOr("id", ""), got.AttrOr("class", ""))
	}
	if got := lines.Last(); got.AttrOr("id", "") != "line-01P" || !got.HasClass("done") || !strings.Contains(got.Text(), "Complete") {
		t.Errorf("last is %s, %s: %s", got.AttrOr("id", ""), got.AttrOr("class", ""), got.Text())
	}
	if got := doc.Find("#bench-say").Text(); !strings.Contains(got, "연필 12") {
		t.Errorf("it says %q", got)
	}
}

// Who may do what at a bench: the packer and an admin all of it, a stranger nothing.
func TestWhoMayDoWhatAtABench(t *testing.T) {
	forms := func(role domain.Role, b Bench) (out []string) {
		doc, _ := draw(t, sampleEnv(messages.Ko, role), BenchWork(b))
		doc.Find("form").Each(func(_ int, f *goquery.Selection) {
			_, do, _ := strings.Cut(f.AttrOr("action", ""), "01T/")
			out = append(out, do)
		})
		return out
	}
	has := func(all []string, do string) bool {
		for _, x := range all {
			if x == do {
				return true
			}
		}
		return false
	}
	idle := sampleBench(event.TaskInProgress, "02J")
	idle.Task.TouchedAt, idle.Task.StartedAt = sampleNow.Add(-time.Hour), sampleNow.Add(-time.Hour)
	left := sampleBench(event.TaskPacked, "01J")
	left.Reopens = false
	busy := sampleBench(event.TaskInProgress, "02J")
	for _, c := range []struct {
		name  string
		role  domain.Role
		bench Bench
		may   string
		never string
	}{
		{"own", domain.Packer, sampleBench(event.TaskInProgress, "01J"), "scan count undo complete release shortage box", "start reopen resume"},
		{"another's", domain.Packer, busy, "scan", "count undo complete release shortage box start"},
		{"another's, an admin", domain.Admin, busy, "scan count undo complete release shortage box", "start"},
		{"left alone", domain.Packer, idle, "scan count start undo", "complete release shortage"},
		{"waiting", domain.Packer, sampleBench(event.TaskRequested, ""), "scan count start", "complete release shortage reopen"},
		{"packed", domain.Packer, sampleBench(event.TaskPacked, "01J"), "reopen box", "count undo complete start"},
		{"gone", domain.Packer, left, "box", "reopen count"},
		{"lacking", domain.Packer, sampleBench(event.TaskShort, ""), "resume shortage", "count start complete"},
		{"cancelled", domain.Packer, sampleBench(event.TaskCancelled, ""), "scan", "count start complete unpacked box"},
		{"to be emptied", domain.Packer, sampleBench(event.TaskUnpacking, ""), "unpacked", "count start complete"},
	} {
		got := forms(c.role, c.bench)
		for _, do := range strings.Fields(c.may) {
			if !has(got, do) {
				t.Errorf("%s: cannot %s: %q", c.name, do, got)
			}
		}
		for _, do := range strings.Fields(c.never) {
			if has(got, do) {
				t.Errorf("%s: can %s", c.name, do)
			}
		}
	}
}
