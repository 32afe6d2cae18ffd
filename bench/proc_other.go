//go:build !linux

package main

import (
	"errors"
	"os"
	"time"
)

var errUnknown = errors.New("known on Linux only")

func processor(int) (time.Duration, error)          { return 0, errUnknown }
func memory(int) (now, peak int64, err error)       { return 0, 0, errUnknown }
func machine() (busy, all time.Duration, err error) { return 0, 0, errUnknown }
func services([]string) time.Duration               { return 0 }
func datasync(f *os.File) error                     { return f.Sync() }
