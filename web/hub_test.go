package web

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/lists"
)

func quietHub() *hub {
	return &hub{kick: make(chan struct{}, 1), subs: map[*sub]struct{}{}, watched: map[watch]int{},
		pending: map[rowKey]lists.Change{}, drawn: map[rowKey]time.Time{}, pos: 1_000_000}
}

func watcher(h *hub, account string, names ...string) *sub {
	s := &sub{actor: domain.Actor{ID: account}, audience: account, lists: map[string]bool{}, out: make(chan []byte, queueSize), gone: make(chan struct{})}
	for _, n := range names {
		s.lists[n] = true
	}
	h.join(s, "")
	return s
}

func TestARowIsDrawnAtOnceAndThenRarely(t *testing.T) {
	h := quietHub()
	watcher(h, "kim", lists.Orders)
	now := time.Now()
	change := []lists.Change{{List: lists.Orders, ID: "a", Version: 1}}
	h.changed(change)
	if batch, _, _ := h.take(now); len(batch) != 1 {
		t.Fatalf("the first change waits: %v", batch)
	}
	h.changed(change)
	batch, _, wait := h.take(now.Add(100 * time.Millisecond))
	if len(batch) != 0 || wait != 150*time.Millisecond {
		t.Errorf("the second was drawn after 100 ms (%v) or waits %v", batch, wait)
	}
	h.changed([]lists.Change{{List: lists.Orders, ID: "b", Version: 1}})
	if batch, _, _ := h.take(now.Add(120 * time.Millisecond)); len(batch) != 1 || batch[0].ID != "b" {
		t.Errorf("another row waits for the first: %v", batch)
	}
	if batch, _, _ := h.take(now.Add(rowPause)); len(batch) != 1 || batch[0].ID != "a" {
		t.Errorf("the second change is lost: %v", batch)
	}
}

func TestARowThatWaitedIsNotMissedByAStreamThatComesBack(t *testing.T) {
	h := quietHub()
	watcher(h, "kim", lists.Orders)
	now := time.Now()
	a, b := []lists.Change{{List: lists.Orders, ID: "a"}}, []lists.Change{{List: lists.Orders, ID: "b"}}
	h.changed(a)
	h.take(now)
	h.changed(a) // has to wait
	h.changed(b)
	_, last, _ := h.take(now.Add(time.Millisecond)) // b is sent: the stream has seen last
	h.take(now.Add(rowPause))                       // a is sent while the stream is away
	s := &sub{actor: domain.Actor{ID: "kim"}, audience: "kim", lists: map[string]bool{lists.Orders: true}, gone: make(chan struct{})}
	missed, _, known := h.join(s, strconv.FormatInt(last, 10))
	if !known || len(missed) != 1 || missed[0].ID != "a" {
		t.Errorf("missed %v (known %v), want a", missed, known)
	}
}

func TestPositionsNobodyKnows(t *testing.T) {
	h := quietHub()
	for range ringSize + 10 {
		h.changed([]lists.Change{{List: lists.Orders, ID: "a"}})
	}
	for _, since := range []string{"abc", "-1", "0", "9223372036854775808", "1000001", strings.Repeat("9", 1<<10), strconv.FormatInt(h.pos+1, 10)} {
		s := &sub{lists: map[string]bool{lists.Orders: true}, gone: make(chan struct{})}
		if _, _, known := h.join(s, since); known {
			t.Errorf("%.20q is taken for a known position", since)
		}
	}
	s := &sub{lists: map[string]bool{lists.Orders: true}, gone: make(chan struct{})}
	if missed, _, known := h.join(s, strconv.FormatInt(h.pos-20, 10)); !known || len(missed) != 1 {
		t.Errorf("a recent position: %v, known %v", missed, known)
	}
}

func TestNobodySeesTheRowsOfOthers(t *testing.T) {
	h := quietHub()
	kim, lee := watcher(h, "kim", lists.MyOrders), watcher(h, "lee", lists.MyOrders)
	c := lists.Change{List: lists.MyOrders, ID: "o", Audience: "kim"}
	if !kim.sees(c) || lee.sees(c) || kim.sees(lists.Change{List: lists.Orders, ID: "o"}) {
		t.Error("the audience of a change is not kept")
	}
	before := h.pos
	h.leave(kim)
	h.changed([]lists.Change{c})
	if batch, _, _ := h.take(time.Now()); len(batch) != 0 {
		t.Errorf("drawn for nobody: %v", batch)
	}
	if missed, _, _ := h.join(lee, strconv.FormatInt(before, 10)); len(missed) != 0 {
		t.Errorf("lee is told of kim's order: %v", missed)
	}
}

func TestASlowReaderIsCut(t *testing.T) {
	h := quietHub()
	s := watcher(h, "kim", lists.Orders)
	for range queueSize {
		s.push([]byte("frame"))
	}
	select {
	case <-s.gone:
		t.Fatal("cut too early")
	default:
	}
	s.push([]byte("one too many"))
	select {
	case <-s.gone:
	default:
		t.Error("a reader who does not read keeps its stream")
	}
}

func TestDataKeepsTextInsideItsMessage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("a:\r\n e한"))).Draw(t, "text")
		var b bytes.Buffer
		data(&b, []byte(text))
		var got []string
		for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
			value, ok := strings.CutPrefix(line, "data: ")
			if !ok || strings.Contains(value, "\r") {
				t.Fatalf("%q became the line %q", text, line)
			}
			got = append(got, value)
		}
		want := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
		if strings.Join(got, "\n") != want {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"/orders?status=active": "/orders?status=active", "": "/", "//evil": "/", "/\\evil": "/", "/\t/evil": "/", "https://evil": "/",
		"javascript:alert(1)": "/", "/login": "/", "/%09/evil": "/%09/evil", "orders": "/", "/a\r\nb": "/", "/logout": "/",
	} {
		if got := safeNext(next); got != want {
			t.Errorf("safeNext(%q) = %q, want %q", next, got, want)
		}
	}
}
