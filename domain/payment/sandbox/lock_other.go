//go:build !unix

package sandbox

import "os"

// lock does nothing here: one process a ledger.
func lock(*os.File) error { return nil }

func unlock(*os.File) error { return nil }
