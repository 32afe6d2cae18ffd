package notify

import "errors"

// final reports whether sending again is no use.
func final(err error) bool {
	_, ok := errors.AsType[Bounced](err)
	return ok
}
