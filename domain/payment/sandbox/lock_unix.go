//go:build unix

package sandbox

import (
	"os"
	"syscall"
)

// lock waits until no other process works on f. The kernel releases the lock when
// its process ends, however it ends.
func lock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			return err
		}
	}
}

func unlock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
