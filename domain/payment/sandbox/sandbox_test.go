package sandbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"daybreak/domain"
	"daybreak/domain/payment/sandbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, path string) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Open(path, sandbox.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func shut(t testing.TB, s *sandbox.Sandbox) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func book(t *testing.T, s *sandbox.Sandbox) map[string]sandbox.Sum {
	t.Helper()
	b, err := s.Ledger()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func charge(t *testing.T, s *sandbox.Sandbox, key string, amount domain.Money) string {
	t.Helper()
	tx, err := s.Charge(key, "O", amount)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func TestOneChargeAKey(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "l"))
	defer shut(t, s)
	var wg sync.WaitGroup
	var mu sync.Mutex
	txs := map[string]bool{}
	for range 50 {
		wg.Go(func() {
			tx, err := s.Charge("K", "O", 1000)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			txs[tx] = true
			mu.Unlock()
		})
	}
	wg.Wait()
	if len(txs) != 1 || book(t, s)["K"] != (sandbox.Sum{Captured: 1000}) {
		t.Errorf("%v %v", txs, book(t, s))
	}
	if _, err := s.Charge("K", "O", 999); !errors.Is(err, sandbox.ErrKeyUsed) {
		t.Errorf("another amount: %v", err)
	}
	for _, key := range []string{"", "a b", "a\nb", `a"b`, "키", strings.Repeat("a", 101)} {
		if _, err := s.Charge(key, "", 1); !errors.Is(err, sandbox.ErrInput) {
			t.Errorf("key %q: %v", key, err)
		}
	}
	if _, err := s.Charge("N", "", -1); !errors.Is(err, sandbox.ErrInput) {
		t.Errorf("negative: %v", err)
	}
}

func TestRefunds(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "l"))
	defer shut(t, s)
	charge(t, s, "K", 1000)
	for _, test := range []struct {
		key, charge string
		amount      domain.Money
		want        error
	}{
		{"R1", "K", 400, nil},
		{"R1", "K", 400, nil}, // the same again: once
		{"R1", "K", 500, sandbox.ErrKeyUsed},
		{"R2", "K", 601, sandbox.ErrKeyUsed}, // more than is left
		{"R2", "K", 600, nil},
		{"R3", "none", 1, sandbox.ErrNoCharge},
		{"", "K", 1, sandbox.ErrInput},
		{"R4", "K", -1, sandbox.ErrInput},
	} {
		if _, err := s.Refund(test.key, test.charge, test.amount); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	if b := book(t, s)["K"]; b != (sandbox.Sum{Captured: 1000, Refunded: 1000}) {
		t.Errorf("%+v", b)
	}
}

// Whatever was acknowledged is there after a restart, wherever the file's end is
// torn, and what was not is gone without a trace.
func TestTornTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	s := open(t, path)
	var ends []int64
	for i := range 5 {
		charge(t, s, fmt.Sprint("K", i), 1000)
		st, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, st.Size())
	}
	shut(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		cut := rapid.IntRange(0, len(whole)).Draw(rt, "cut")
		junk := rapid.SampledFrom([]string{"", "\x00\x00\x00\x00", "x\n", "{}\n", "{\"n\":9,\"op\":\"charge\",\"key\":\"X\",\"amount\":1}\n"}).Draw(rt, "junk")
		if err := os.WriteFile(path, append(bytes.Clone(whole[:cut]), junk...), 0o600); err != nil {
			rt.Fatal(err)
		}
		s, err := sandbox.Open(path, sandbox.Faults{})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		want := 0
		for _, e := range ends {
			if int64(cut) >= e {
				want++
			}
		}
		b, err := s.Ledger()
		if err != nil || len(b) != want {
			rt.Fatalf("cut at %d: %d charges, want %d; %v", cut, len(b), want, err)
		}
		if tx, err := s.Charge("new", "", 5); err != nil || tx != fmt.Sprint("sb-", want+1) {
			rt.Fatalf("goes on with %s %v", tx, err)
		}
	})
}

// A file that is broken where it cannot have been torn is not cut, but refused.
func TestBrokenInTheMiddle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	b := append([]byte("broken\n"), bytes.Repeat([]byte("x"), 1<<20)...)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := sandbox.Open(path, sandbox.Faults{}); err == nil {
		s.Close()
		t.Fatal("opened")
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, b) {
		t.Error("the broken file was changed")
	}
}

// Two processes on one ledger see each other's charges: a key is charged once.
func TestTwoOnOneLedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "l")
	a, b := open(t, path), open(t, path)
	var wg sync.WaitGroup
	for _, s := range []*sandbox.Sandbox{a, b} {
		for i := range 4 {
			wg.Go(func() {
				for j := range 50 {
					if _, err := s.Charge(fmt.Sprint("K", i, "-", j), "", 10); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	shut(t, b)
	if n := len(book(t, a)); n != 200 {
		t.Errorf("%d charges", n)
	}
	shut(t, a)
	lines, err := os.ReadFile(path)
	if err != nil || bytes.Count(lines, []byte("\n")) != 200 {
		t.Errorf("%d lines, %v", bytes.Count(lines, []byte("\n")), err)
	}
	again := open(t, path)
	defer shut(t, again)
	if n := len(book(t, again)); n != 200 {
		t.Errorf("%d charges after a restart", n)
	}
}

func TestClosed(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "l"))
	shut(t, s)
	if _, err := s.Charge("K", "", 1); err == nil {
		t.Error("charged after the end")
	}
}
