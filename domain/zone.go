package domain

import (
	"sync"
	"time"
)

// Zone is the time zone called name, UTC if there is none.
func Zone(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil { // names are checked before they are stored
		return time.UTC
	}
	zones.Store(name, loc)
	return loc
}

// zones are the time zones named so far: loading one reads a file.
var zones sync.Map
