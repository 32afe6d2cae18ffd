package web

import (
	"encoding/csv"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := sendCSV(w, "use.csv", [][]string{
		{"회의실", "Note"},
		{`=HYPERLINK("x")`, "+82 10"}, {"-1+1", "@SUM(A1)"}, {"\tx", "\rx"}, {"-3.5", "+2"}, {"", "a,b\n\"c\""},
	}); err != nil {
		t.Fatal(err)
	}
	want := "\ufeff회의실,Note\r\n" + `"'=HYPERLINK(""x"")",'+82 10` + "\r\n'-1+1,'@SUM(A1)\r\n'\tx," + "\"'x\"" + "\r\n-3.5,+2\r\n,\"a,b\r\n\"\"c\"\"\"\r\n"
	if got := w.Body.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for name, want := range map[string]string{"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": `attachment; filename="use.csv"`} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}

// Whatever people call their meetings, no cell begins as a formula does, and none is lost.
func TestCSVOfAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.OneOf(rapid.String(), rapid.StringMatching(`[=+@\t-][ -~]{0,8}`)).Filter(func(s string) bool {
			return !strings.Contains(s, "\r") // which a reader of lines cannot tell from their ends
		}).Draw(t, "cell")
		w := httptest.NewRecorder()
		if err := sendCSV(w, "x.csv", [][]string{{"a", cell}}); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
		if err != nil || len(rows) != 1 || len(rows[0]) != 2 {
			t.Fatalf("%q: %v %v", cell, rows, err)
		}
		got := rows[0][1]
		if got != cell && got != "'"+cell {
			t.Errorf("%q became %q", cell, got)
		}
		if strings.IndexAny(got, "=+-@\t\n") == 0 && !number.MatchString(got) {
			t.Errorf("%q can be a formula", got)
		}
	})
}
