package sandbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	maxBatch = 256 // operations that share an fsync
	crowd    = 4   // operations in a batch from which on the next one waits for more
	collect  = time.Millisecond
	maxLine  = 600 // bytes, given what validKey lets in
	// torn is how much of the end a crash can have left broken: what is written
	// between two fsyncs. None of it was acknowledged.
	torn = maxBatch * maxLine
)

// ledger is the provider's book: a file of JSON lines, one for each charge and
// refund, only ever appended to, and on the disk before anybody gets an answer.
// One goroutine owns it and lets everything that waits share an fsync. Processes
// that share the file take turns and read what the others wrote.
type ledger struct {
	f     *os.File
	ops   chan *op
	quit  chan struct{}
	ended chan struct{}

	// Owned by loop.
	size    int64 // of what was read and written
	lines   int64
	charges map[string]charge
	keys    []string // of the charges, sorted
	refunds map[string]refund
	buf     []byte
	dead    error // after a failed fsync nothing is certain any more
}

type charge struct {
	order            string
	amount, refunded int64
	n                int64
	declined         bool
}

type refund struct {
	charge string
	amount int64
	n      int64
}

// line is one entry of the file.
type line struct {
	N      int64  `json:"n"`
	At     int64  `json:"at"`
	Op     string `json:"op"` // charge, decline or refund
	Key    string `json:"key"`
	Order  string `json:"order,omitempty"`
	Charge string `json:"charge,omitempty"`
	Amount int64  `json:"amount"`
}

// op is something asked of the ledger. do runs in the goroutine that owns it and
// may append a line; err and what do noted are valid once done is closed.
type op struct {
	do   func(l *ledger)
	err  error
	done chan struct{}
}

func openLedger(path string) (*ledger, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("sandbox ledger: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("sandbox ledger: %w", err)
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		dir.Sync() //nolint:errcheck // not every system can; the file itself is what counts
		dir.Close()
	}
	l := &ledger{f: f, ops: make(chan *op, 1024), quit: make(chan struct{}), ended: make(chan struct{})}
	l.forget()
	if err := l.locked(l.refresh); err != nil {
		f.Close()
		return nil, fmt.Errorf("sandbox ledger %s: %w", path, err)
	}
	go l.loop()
	return l, nil
}

var errClosed = errors.New("sandbox ledger: closed")

// run has do run and waits until what it appended is on the disk.
func (l *ledger) run(do func(*ledger)) error {
	o := &op{do: do, done: make(chan struct{})}
	select {
	case l.ops <- o:
	case <-l.quit:
		return errClosed
	}
	select {
	case <-o.done:
	case <-l.ended:
		select {
		case <-o.done:
		default:
			return errClosed
		}
	}
	return o.err
}

func (l *ledger) close() error {
	close(l.quit)
	<-l.ended
	return l.f.Close()
}

func (l *ledger) loop() {
	defer close(l.ended)
	batch := make([]*op, 0, maxBatch)
	for {
		busy := len(batch) >= crowd
		select {
		case o := <-l.ops:
			batch = append(batch[:0], o)
		case <-l.quit:
			return
		}
		if busy { // an fsync costs the machine more than a millisecond costs a caller
			time.Sleep(collect)
		}
		batch = l.drain(batch)
		err := l.locked(func() error { return l.commit(batch) })
		for _, o := range batch {
			o.err = err
			close(o.done)
		}
	}
}

func (l *ledger) drain(batch []*op) []*op {
	for len(batch) < maxBatch {
		select {
		case o := <-l.ops:
			batch = append(batch, o)
		default:
			return batch
		}
	}
	return batch
}

func (l *ledger) locked(do func() error) error {
	if err := lock(l.f); err != nil {
		return err
	}
	return errors.Join(do(), unlock(l.f))
}

// commit runs the batch and makes what it appended durable. If that fails, nobody
// in it gets an answer.
func (l *ledger) commit(batch []*op) error {
	if l.dead != nil {
		return l.dead
	}
	if err := l.refresh(); err != nil {
		return err
	}
	l.buf = l.buf[:0]
	for _, o := range batch {
		o.do(l)
	}
	if len(l.buf) == 0 {
		return nil
	}
	if _, err := l.f.WriteAt(l.buf, l.size); err != nil {
		err = errors.Join(err, l.f.Truncate(l.size))
		l.forget() // the next batch starts from what the file has
		return err
	}
	if err := l.f.Sync(); err != nil {
		l.dead = err
		return err
	}
	l.size += int64(len(l.buf))
	return nil
}

func (l *ledger) forget() {
	l.size, l.lines, l.charges, l.keys, l.refunds = 0, 0, map[string]charge{}, nil, map[string]refund{}
}

// refresh reads what other processes have appended, and at the start everything.
// A broken end is cut off.
func (l *ledger) refresh() error {
	st, err := l.f.Stat()
	if err != nil || st.Size() == l.size {
		return err
	}
	if st.Size() < l.size {
		return errors.New("the file became shorter")
	}
	r := bufio.NewReaderSize(io.NewSectionReader(l.f, l.size, st.Size()-l.size), 64<<10)
	for l.size < st.Size() {
		b, err := r.ReadSlice('\n')
		var e line
		if err != nil || json.Unmarshal(b, &e) != nil || e.N != l.lines+1 {
			if st.Size()-l.size > torn {
				return fmt.Errorf("broken at byte %d", l.size)
			}
			if err := l.f.Truncate(l.size); err != nil {
				return err
			}
			return l.f.Sync()
		}
		l.apply(e)
		l.size += int64(len(b))
	}
	return nil
}

func (l *ledger) apply(e line) {
	l.lines = e.N
	switch e.Op {
	case "charge", "decline":
		l.charges[e.Key] = charge{order: e.Order, amount: e.Amount, n: e.N, declined: e.Op == "decline"}
		// Keys come nearly in their order, so this is nearly always at the end.
		if i, known := slices.BinarySearch(l.keys, e.Key); !known {
			l.keys = slices.Insert(l.keys, i, e.Key)
		}
	case "refund":
		l.refunds[e.Key] = refund{charge: e.Charge, amount: e.Amount, n: e.N}
		c := l.charges[e.Charge]
		c.refunded += e.Amount
		l.charges[e.Charge] = c
	}
}

// append numbers e, applies it and queues it for the disk. Keys need no escaping:
// see validKey.
func (l *ledger) append(e line) int64 {
	e.N, e.At = l.lines+1, time.Now().UnixMicro()
	b := append(l.buf, `{"n":`...)
	b = strconv.AppendInt(b, e.N, 10)
	b = append(b, `,"at":`...)
	b = strconv.AppendInt(b, e.At, 10)
	for _, f := range [...][2]string{{"op", e.Op}, {"key", e.Key}, {"order", e.Order}, {"charge", e.Charge}} {
		if f[1] != "" {
			b = append(append(append(b, `,"`...), f[0]...), `":"`...)
			b = append(append(b, f[1]...), '"')
		}
	}
	b = append(b, `,"amount":`...)
	b = strconv.AppendInt(b, e.Amount, 10)
	l.buf = append(b, "}\n"...)
	l.apply(e)
	return e.N
}

// validKey reports whether s can stand in the file as it is.
func validKey(s string) bool {
	return len(s) <= 100 && strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-' && r != '_' && r != '.' && r != ':'
	}) < 0
}
