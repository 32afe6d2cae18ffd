package views

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func init() {
	sample("QR", QR("https://daybreak.example/board/ABCDEFGHIJKLMNOPQRSTUVWXYZ", "전광판 주소"), QR("한강룸", "방"))
}

// The drawing has the three squares by which a camera finds the code, an empty border,
// and nothing outside.
func TestQR(t *testing.T) {
	path, size := qrPath("https://daybreak.example/board/ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	dark := map[[2]int]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(path, -1) {
		n := [4]int{}
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		if n[2] != n[3] {
			t.Fatalf("a run goes %d there and %d back", n[2], n[3])
		}
		for i := range n[2] {
			dark[[2]int{n[0] + i, n[1]}] = true
		}
	}
	for at := range dark {
		if at[0] < quiet || at[1] < quiet || at[0] >= size-quiet || at[1] >= size-quiet {
			t.Fatalf("%v lies in the border of %d modules", at, size)
		}
	}
	const finder = "#######|#.....#|#.###.#|#.###.#|#.###.#|#.....#|#######"
	for name, corner := range map[string][2]int{"top left": {quiet, quiet}, "top right": {size - quiet - 7, quiet}, "bottom left": {quiet, size - quiet - 7}} {
		var rows []string
		for y := range 7 {
			row := ""
			for x := range 7 {
				if dark[[2]int{corner[0] + x, corner[1] + y}] {
					row += "#"
				} else {
					row += "."
				}
			}
			rows = append(rows, row)
		}
		if got := strings.Join(rows, "|"); got != finder {
			t.Errorf("%s: %s", name, got)
		}
	}
	if other, _ := qrPath("https://daybreak.example/board/another"); other == path {
		t.Error("two addresses have the same code")
	}
	if none, size := qrPath(strings.Repeat("x", 5000)); none != "" || size <= 0 {
		t.Errorf("what does not fit is drawn %d wide: %.20s", size, none)
	}
}
