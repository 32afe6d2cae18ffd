package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// usage is the processor time used until a moment, by whom.
type usage struct {
	product, own, servers time.Duration
	busy, all             time.Duration
	known                 bool
}

// usageOf reads the clocks; servers are the programs that work for the product.
func usageOf(pid int, servers []string) usage {
	u := usage{servers: services(servers)}
	var err [3]error
	u.product, err[0] = processor(pid)
	u.own, err[1] = processor(os.Getpid())
	u.busy, u.all, err[2] = machine()
	u.known = err[0] == nil && err[1] == nil && err[2] == nil
	return u
}

// load is what a run cost.
type load struct {
	product, own, servers time.Duration
	foreign               float64 // share of the machine that others used
	known                 bool
}

// noisyAt is the share of the machine from which others make a figure worth little.
const noisyAt = 0.05

func (u usage) until(v usage) load {
	l := load{product: v.product - u.product, own: v.own - u.own, servers: v.servers - u.servers, known: u.known && v.known}
	if all := v.all - u.all; all > 0 {
		l.foreign = max(0, float64(v.busy-u.busy-l.product-l.own-l.servers)/float64(all))
	}
	return l
}

func (l load) String() string {
	if !l.known {
		return "processor times are not known here"
	}
	s := fmt.Sprintf("product %s, generator %s", short(l.product), short(l.own))
	if l.servers > 0 {
		s += fmt.Sprintf(", database and broker %s", short(l.servers))
	}
	s += fmt.Sprintf(", others %.0f %% of the machine", 100*l.foreign)
	if l.foreign > noisyAt {
		s += " (NOISY)"
	}
	return s
}

// probeDisk measures what a durable write costs on the disk of dir: appending
// 4 KiB and waiting until it is there.
func probeDisk(dir string) (*histogram, error) {
	f, err := os.Create(filepath.Join(dir, "probe"))
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	h, block := new(histogram), make([]byte, 4096)
	for i := range 300 {
		start := time.Now()
		if _, err := f.Write(block); err != nil {
			return nil, err
		}
		if err := datasync(f); err != nil {
			return nil, err
		}
		if i >= 20 { // the first ones also make the file
			h.add(time.Since(start))
		}
	}
	return h, nil
}
