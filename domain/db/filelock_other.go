//go:build !unix

package db

import "context"

// lockFile does nothing where files cannot be locked so that the kernel releases
// the lock: run one process there.
func (d *DB) lockFile(context.Context, string) (release func(), err error) {
	return func() {}, nil
}
