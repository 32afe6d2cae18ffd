// Command daybreak is a shop, its warehouse and its meeting rooms in one program:
// web pages, JSON API and the workers behind them, all of it or the roles it is told.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv("GOGC") == "" {
		// What lives long is a few megabytes; collecting at twice that would keep a
		// core busy under load.
		debug.SetGCPercent(400)
	}
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, func(string) {})
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "daybreak:", err)
		os.Exit(1)
	}
}

const usage = `Daybreak, a shop with its warehouse and meeting rooms.

  daybreak demo             everything in one process, with demo data in ./data (-reset starts anew)
  daybreak serve            the same without demo data, or the roles given with -roles
  daybreak sandbox-gateway  a payment provider to try things with, alone
  daybreak version          what this is
  daybreak help             this

Each command lists its settings with -help.
`

// run is main without the process: tests call it with an address ending in :0.
// ready is called with the address once requests are answered.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer, ready func(addr string)) error {
	command := "help"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "demo", "serve", "sandbox-gateway":
	case "version", "-version", "--version":
		fmt.Fprintln(out, "daybreak", version())
		return nil
	case "help", "-h", "-help", "--help":
		fmt.Fprint(out, usage)
		return nil
	default:
		fmt.Fprint(out, usage)
		return fmt.Errorf("unknown command %q", command)
	}
	c, err := parse(command, args, getenv, out)
	if err != nil {
		return err
	}
	if err := logTo(os.Stderr, c.logLevel); err != nil {
		return err
	}
	if command == "sandbox-gateway" {
		return runGateway(ctx, c, out, ready)
	}
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.close()
	return a.run(ctx, out, ready)
}

// logTo makes slog write lines of the level and above.
func logTo(w io.Writer, level string) error {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return fmt.Errorf("log-level: %w", err)
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l})))
	return nil
}

// version is the module's version, or the commit it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && (v == "" || v == "(devel)") {
			v = s.Value
		}
	}
	if v == "" {
		return "(devel)"
	}
	return v
}
