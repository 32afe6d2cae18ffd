package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// commands are what bench can do, by name.
var commands = map[string]func(ctx context.Context, args []string, out io.Writer) error{
	"orders": runOrders, "push": runPush, "bookings": runBookings, "pages": runPages, "start": runStart, "kill": runKill,
	"siege": runSiege, "lies": runLies, "mails": runMails, "scans": runScans, "board": runBoard, "bulk": runBulk, "hello": runHello,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || commands[args[0]] == nil {
		return errors.New("want orders, push, bookings, pages, board, bulk, start, kill, siege, lies, mails or scans; each lists its settings with -help")
	}
	return commands[args[0]](ctx, args[1:], out)
}

// options are the settings all commands share.
type options struct {
	bin, db, amqp, dir string
	slow               time.Duration
	conns, products    int
	seed               uint64
}

// flags returns the flags of a command with the shared ones in it.
func flags(name string, o *options, out io.Writer) *flag.FlagSet {
	fs := flag.NewFlagSet("bench "+name, flag.ContinueOnError)
	fs.SetOutput(out)
	fs.StringVar(&o.bin, "bin", "", "the product; empty: build it")
	fs.StringVar(&o.db, "db", "", "postgres://… ; empty: a new SQLite file")
	fs.StringVar(&o.amqp, "amqp", "", "RabbitMQ; empty: the broker built in")
	fs.StringVar(&o.dir, "dir", "", "where files go; empty: the temporary directory")
	fs.DurationVar(&o.slow, "slow", 0, "added to each commit on SQLite")
	fs.IntVar(&o.conns, "c", 100, "connections, each with an account of its own")
	fs.IntVar(&o.products, "products", 200, "products in the shop")
	fs.Uint64Var(&o.seed, "random", 1, "seed of everything random")
	return fs
}

// parse reads the arguments and refuses what no run could bear.
func parse(fs *flag.FlagSet, args []string, o *options) error {
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch {
	case fs.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case o.conns < 1 || o.conns > 1000:
		return errors.New("-c: want 1 to 1000")
	case o.slow < 0 || o.slow > 0 && o.db != "":
		return errors.New("-slow: commits on SQLite only can be made slow")
	case o.products < 1 || o.products > 5000:
		return errors.New("-products: want 1 to 5000")
	}
	return nil
}

// sleep waits for d and reports whether ctx is still alive.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
