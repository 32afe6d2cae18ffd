package views

// DemoAccount is an account of the demo that the log-in page offers. Role is a key.
type DemoAccount struct{ Email, Password, Role string }

// next is the hidden field that says where to go on; the start page needs none.
func nextValue(next string) string {
	if next == "/" {
		return ""
	}
	return next
}
