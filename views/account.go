package views

import "daybreak/domain"

// DemoAccount is an account of the demo that the log-in page offers.
type DemoAccount struct {
	Email, Password string
	Role            domain.Role
}

// next is the hidden field that says where to go on; the start page needs none.
func nextValue(next string) string {
	if next == "/" {
		return ""
	}
	return next
}
