package db

import "strings"

// ordinal replaces $1, $2, … by ? where they come once each and in this order.
// The driver looks up the name of every named parameter in a list, so that a
// statement with many of them costs the square of their number; ? has no name.
func ordinal(q string) string {
	var b strings.Builder
	next := 1
	for i := 0; i < len(q); {
		if q[i] != '$' {
			b.WriteByte(q[i])
			i++
			continue
		}
		n, j := 0, i+1
		for ; j < len(q) && q[j] >= '0' && q[j] <= '9'; j++ {
			n = n*10 + int(q[j]-'0')
		}
		if n != next {
			return q
		}
		b.WriteByte('?')
		next++
		i = j
	}
	return b.String()
}
