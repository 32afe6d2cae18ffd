package views

import (
	"image/color"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/code128"
)

// quiet128 is the empty border on both sides of a Code 128 bar code, in modules: a
// scanner finds neither end without it.
const quiet128 = 10

// bars128 returns the bars of text as a Code 128 bar code, as the path of a drawing that
// is width modules wide and one high. Text is printable ASCII, at most 80 characters;
// pairs of digits share a sign. What cannot be encoded is no path.
func bars128(text string) (path string, width int) {
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
		return "", 2 * quiet128
	}
	code, err := code128.Encode(text)
	if err != nil {
		return "", 2 * quiet128
	}
	n := code.Bounds().Dx()
	var b strings.Builder
	for x := 0; x < n; {
		run := 0
		for x+run < n && code.At(x+run, 0) == color.Black {
			run++
		}
		if run > 0 {
			b.WriteString("M" + strconv.Itoa(x+quiet128) + " 0h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
		}
		x += max(run, 1)
	}
	return b.String(), n + 2*quiet128
}

func bars128Box(width int) string { return "0 0 " + strconv.Itoa(width) + " 1" }
