package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"time"
)

// profile takes a CPU profile of the product while the run lasts; the channel gets
// the outcome. Without an address nothing is taken.
func profile(ctx context.Context, addr, file string, last time.Duration) <-chan error {
	done := make(chan error, 1)
	if addr == "" {
		done <- nil
		return done
	}
	go func() { done <- fetchProfile(ctx, addr, file, last) }()
	return done
}

func fetchProfile(ctx context.Context, addr, file string, last time.Duration) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", addr, max(1, int(last.Seconds())-1))
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: %s", res.Status)
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(f, res.Body)
	return err
}

// printProfile prints where the time goes: by function with all it calls, and alone.
func printProfile(ctx context.Context, out io.Writer, bin, file string) error {
	if file == "" {
		return nil
	}
	for _, order := range []string{"-cum", "-flat"} {
		cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", order, "-nodecount=25", bin, file)
		cmd.Stdout, cmd.Stderr = out, io.Discard
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("go tool pprof: %w", err)
		}
	}
	return nil
}
