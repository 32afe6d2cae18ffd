package main

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// After a restart readers come back, are told that what they know may be old, and
// find the present state.
func TestReadersComeBack(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, s *site) {
		bread := s.product(t, 10)
		before := s.customer.live(t, "lists=my-orders")
		o := s.customer.order(t, bread, 1)
		before.awaitOrder("my-orders", o.ID, "PLACED")
		site := s.roles()[0]
		s.down(site)
		before.awaitEnd(patience)
		s.up(site)

		after := s.customer.liveSince(t, "lists=my-orders", before.last())
		if m := after.awaitEvent("resync"); !strings.Contains(m.data, "my-orders") {
			t.Errorf("come back, a reader is told to look at %q", m.data)
		}
		if x := s.customer.orderOf(t, o.ID); x.Status != "PLACED" {
			t.Errorf("after the restart the order is %s", x.Status)
		}
		s.pack(t, o.ID)
		after.awaitOrder("my-orders", o.ID, "PACKED")

		// Away for a moment only: what was missed is sent again, and nothing is to be fetched.
		after.cancel()
		<-after.ended
		s.ship(t, o.ID)
		fresh := s.customer.live(t, "lists=my-orders")
		eventually(t, "the list has it", func() bool { return all[anOrder](t, s.customer, "/orders")[0].Status == "SHIPPED" })
		fresh.cancel()
		again := s.customer.liveSince(t, "lists=my-orders", after.last())
		again.awaitOrder("my-orders", o.ID, "SHIPPED")
	})
}

// Who signs out is told nothing more, wherever the stream is open.
func TestSignedOutStreamsEnd(t *testing.T) {
	t.Parallel()
	const within = 25 * time.Second // 15 s between two looks, and a slow machine
	s := newSite(t, onRabbit)

	token := s.customer.live(t, "lists=my-orders")
	kept := s.other.live(t, "lists=my-orders")
	if a := s.customer.do(t, "DELETE", "/tokens/current", nil); a.StatusCode != http.StatusNoContent {
		t.Errorf("%s: %s", a.what, a.Status)
	}
	token.awaitEvent("bye")
	token.awaitEnd(within)
	s.customer.refused(t, http.StatusUnauthorized, "GET", "/orders", nil)

	// A second process with the site: signing out at one ends the stream at the other.
	// A browser has the same cookies for both, for they differ in their port only.
	here := newVisitor(t, s.base)
	here.login(s.packer.email, password)
	s.up("web")
	there := *here
	there.base = s.base
	ended := there.stream(t)
	here.get("/staff").submit(`form[action="/logout"]`, nil)
	select {
	case <-ended:
	case <-time.After(within):
		t.Error("signed out at one process, the stream at another goes on")
	}
	select {
	case <-kept.ended:
		t.Error("somebody else's stream ended too")
	default:
	}
}

// Who does not read is cut; the others go on.
func TestStalledReaderIsCut(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	bread := s.product(t, 9000)
	good := s.packer.live(t, "")

	stalled, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close()
	if err := stalled.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(stalled, "GET /live?format=json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", s.packer.token)
	head, err := bufio.NewReaderSize(stalled, 16).ReadString('\n')
	if err != nil || !strings.Contains(head, "200") {
		t.Fatalf("%q %v", head, err)
	}
	streams := func() int { return get[struct{ LiveStreams int }](t, s.admin, "/staff/status").LiveStreams }
	eventually(t, "both streams are open", func() bool { return streams() == 2 })

	var last anOrder
	order := orderOf(bread, 1)
	order["note"] = strings.Repeat("읽지 않는 사람에게 보내는 긴 글. ", 25)
	eventually(t, "the one who does not read is cut", func() bool {
		for range 10 {
			last = read[anOrder](t, s.customer.do(t, "POST", "/orders", order).want(t, http.StatusCreated))
		}
		return streams() == 1
	})
	good.awaitOrder("packing", last.ID, "REQUESTED")
	stalled.SetReadDeadline(time.Now().Add(patience)) //nolint:errcheck // the read fails then
	rest := bufio.NewReader(stalled)
	for err = nil; err == nil; {
		_, err = rest.Discard(4 << 10)
	}
	if n, ok := err.(net.Error); ok && n.Timeout() {
		t.Error("the server has not closed the connection of who was cut")
	}
}

// Streams are refused to who asks for what they may not have.
func TestStreamsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t, onSQLite)
	for query, want := range map[string]int{"lists=nothing": 404, "lists=my-orders,packing": 403, "lists=my-orders": 200} {
		r, res := s.customer.connect(t, client, query, "")
		if r.cancel(); res.StatusCode != want {
			t.Errorf("%s: %s, want %d", query, res.Status, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", s.base+"/live", nil)
	maps.Copy(req.Header, http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + s.customer.token}})
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusNotAcceptable {
		t.Errorf("a stream for who takes JSON only: %s", res.Status)
	}
}
