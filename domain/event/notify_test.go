package event

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

// What is in the log must be read for ever: the JSON of these events does not change.
func TestNotificationsOnRecord(t *testing.T) {
	n := Notice{MessageID: "01M", NotificationID: "01N", UserID: "01U", Kind: "order", State: "placed", Channel: "email",
		At: time.Date(2026, 11, 21, 1, 30, 0, 0, time.UTC)}
	const notice = `"messageId":"01M","notificationId":"01N","userId":"01U","kind":"order","state":"placed","channel":"email","at":"2026-11-21T01:30:00Z"`
	for name, c := range map[string]struct {
		ev   Event
		want string
	}{
		"notify.requested.v1": {NotificationRequested{n}, `{` + notice + `}`},
		"notify.sent.v1":      {NotificationSent{n}, `{` + notice + `}`},
		"notify.failed.v1":    {NotificationFailed{n, true, "550 no such user"}, `{` + notice + `,"bounced":true,"error":"550 no such user"}`},
	} {
		b, err := json.Marshal(c.ev)
		if err != nil || string(b) != c.want || c.ev.Name() != name {
			t.Errorf("%s, %v:\n%s\n%s", c.ev.Name(), err, b, c.want)
		}
		if back, err := (Envelope{Name: name, Data: []byte(c.want)}).Decode(); err != nil || !reflect.DeepEqual(back, c.ev) {
			t.Errorf("%s is read as %+v, %v", name, back, err)
		}
	}
}
