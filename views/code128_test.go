package views

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func init() { sample("Code128", Code128("20261121-0001"), Code128("한글은 없음")) }

// widths128 are the widths of the bars and gaps of the signs 0 to 105 and of the stop, as
// the standard has them.
var widths128 = strings.Fields(`212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232
	122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211
	212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321
	133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
	111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242
	121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113
	411311 113141 114131 311141 411131 211412 211214 211232 2331112`)

// signs128 reads a drawing as a scanner does: by the widths of bars and gaps.
func signs128(t interface{ Fatalf(string, ...any) }, path string, width int) (signs []int) {
	at, widths := quiet128, []int(nil)
	for _, m := range regexp.MustCompile(`M(\d+) 0h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(path, -1) {
		x, _ := strconv.Atoi(m[1])
		w, _ := strconv.Atoi(m[2])
		if m[2] != m[3] || len(widths) > 0 && x <= at {
			t.Fatalf("the bar at %s is %s wide there and %s back", m[1], m[2], m[3])
		}
		if len(widths) > 0 {
			widths = append(widths, x-at)
		} else if x != quiet128 {
			t.Fatalf("the first bar is at %d", x)
		}
		widths, at = append(widths, w), x+w
	}
	if at+quiet128 != width {
		t.Fatalf("%d modules are empty at the end", width-at)
	}
	for len(widths) > 0 {
		n := min(6, len(widths))
		if len(widths) == 7 {
			n = 7
		}
		word := ""
		for _, w := range widths[:n] {
			word += strconv.Itoa(w)
		}
		sign := slices.Index(widths128, word)
		if sign < 0 {
			t.Fatalf("%s is no sign", word)
		}
		signs, widths = append(signs, sign), widths[n:]
	}
	return signs
}

// text128 is what the signs say, by sets B and C, if the checksum and the stop are right.
func text128(t interface{ Fatalf(string, ...any) }, signs []int) string {
	if len(signs) < 4 || signs[len(signs)-1] != 106 {
		t.Fatalf("there is no stop: %v", signs)
	}
	data, sum := signs[:len(signs)-2], signs[0]
	for i, s := range data {
		sum += i * s
	}
	if sum%103 != signs[len(signs)-2] {
		t.Fatalf("checksum %d, want %d", signs[len(signs)-2], sum%103)
	}
	set, out := data[0], ""
	for _, s := range data[1:] {
		switch {
		case set == 105 && s == 100, set == 104 && s == 99:
			set = 104 + 105 - set
		case set == 105 && s < 100:
			out += strconv.Itoa(s/10) + strconv.Itoa(s%10)
		case set == 104 && s < 95:
			out += string(rune(s + 32))
		default:
			t.Fatalf("sign %d in set %d", s, set)
		}
	}
	return out
}

func TestCode128(t *testing.T) {
	for text, want := range map[string][]int{
		"PJJ123C":       {104, 48, 42, 42, 17, 18, 19, 35, 55, 106},
		"1234":          {105, 12, 34, 82, 106},
		"20261121-0001": {105, 20, 26, 11, 21, 100, 13, 99, 0, 1, 29, 106},
		"A":             {104, 33, 34, 106},
	} {
		path, width := bars128(text)
		if got := signs128(t, path, width); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"", "한강", "tab\t", strings.Repeat("x", 81)} {
		if path, width := bars128(text); path != "" || width <= 0 {
			t.Errorf("%q is drawn", text)
		}
	}
}

// Every text a code can be made of is read back.
func TestCode128IsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(
			rapid.StringMatching(`[ -~]{1,40}`),
			rapid.StringMatching(`[0-9]{1,30}`),
			rapid.StringMatching(`[A-Z]{0,4}[0-9]{2,14}-?[0-9]{0,6}[a-z]{0,3}`),
		).Draw(t, "text")
		path, width := bars128(text)
		if got := text128(t, signs128(t, path, width)); got != text {
			t.Errorf("%q is read as %q", text, got)
		}
	})
}
