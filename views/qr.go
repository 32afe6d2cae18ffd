package views

import (
	"image/color"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quiet is the empty border a QR code needs around it, in modules.
const quiet = 4

// qrPath returns the dark modules of text as a QR code, as the path of a drawing that is
// size modules wide and high. What does not fit into a code is no path.
func qrPath(text string) (path string, size int) {
	code, err := qr.Encode(text, qr.M, qr.Unicode)
	if err != nil {
		return "", 2 * quiet
	}
	n := code.Bounds().Dx()
	var b strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			run := 0
			for x+run < n && code.At(x+run, y) == color.Black {
				run++
			}
			if run > 0 {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h" + strconv.Itoa(run) + "v1h-" + strconv.Itoa(run) + "z")
				x += run
			}
		}
	}
	return b.String(), n + 2*quiet
}

func qrBox(size int) string { return "0 0 " + strconv.Itoa(size) + " " + strconv.Itoa(size) }
