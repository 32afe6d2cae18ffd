package messages

import "strings"

// particle returns the Korean particle of the pair that follows s. The pair is written
// closed form first: "이/가", "을/를", "은/는", "과/와" or "으로/로".
func particle(s, pair string) string {
	a, b, _ := strings.Cut(pair, "/")
	closed, rieul := batchim(s)
	if closed && (!rieul || !strings.HasPrefix(a, "으로")) {
		return a
	}
	return b
}

// batchim reports whether the last sounded character of s ends in a consonant, and
// whether that consonant is ㄹ.
func batchim(s string) (closed, rieul bool) {
	r := []rune(strings.TrimRight(s, ")]}\"'”’」』 ."))
	if len(r) == 0 {
		return false, false
	}
	switch c := r[len(r)-1]; {
	case c >= 0xAC00 && c <= 0xD7A3:
		j := (c - 0xAC00) % 28
		return j != 0, j == 8
	case c >= '0' && c <= '9': // 영 일 이 삼 사 오 육 칠 팔 구
		return strings.ContainsRune("013678", c), strings.ContainsRune("178", c)
	default: // a Latin letter is read by its Korean name: 엘 엠 엔 알 close the syllable
		return strings.ContainsRune("lmnrLMNR", c), strings.ContainsRune("lrLR", c)
	}
}
