package lists

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"daybreak/domain/event"
)

// Every event has its sentence, in both languages, and what the sentence names is given.
func TestEveryEventHasItsSentence(t *testing.T) {
	b, err := os.ReadFile("../../views/messages/timeline.tsv")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(b)) {
		key, sentences, _ := strings.Cut(line, "\t")
		rows[key] = sentences
	}
	named := regexp.MustCompile(`\{(\w+)`)
	for _, name := range event.Names() {
		env := event.Envelope{Name: name, Data: json.RawMessage(`{"refunded": 5, "refund": 5}`)}
		ev, err := env.Decode()
		if err != nil {
			t.Fatal(err)
		}
		e := timelineEntry(env, ev)
		if rows[e.Key] == "" {
			t.Errorf("%s has no row", e.Key)
		}
		given := map[string]bool{}
		for i := 0; i < len(e.Args); i += 2 {
			given[e.Args[i].(string)] = true
		}
		for _, m := range named.FindAllStringSubmatch(rows[e.Key], -1) {
			if !given[m[1]] {
				t.Errorf("%s names {%s}, which is not given", e.Key, m[1])
			}
		}
	}
	for _, key := range []string{event.PaymentCancelled{}.Name() + ".void", event.PaymentDeferred{}.Name() + ".by_hand", event.OrderLinesCancelled{}.Name() + ".unpaid", event.BookingChanged{}.Name(),
		event.BookingConfirmed{}.Name() + ".auto", event.DeliveryTracked{}.Name(), event.UseEnded{}.Name() + ".auto"} {
		if rows["timeline."+key] == "" {
			t.Errorf("%s has no row", key)
		}
	}
}
