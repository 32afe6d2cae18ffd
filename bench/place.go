package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"daybreak/domain"
	_ "daybreak/domain/db" // registers the database drivers
)

// place is where one product keeps its data: a directory, and perhaps a schema and
// queues elsewhere. Nothing of it is left after remove.
type place struct {
	dir, db        string
	amqp, prefix   string
	postgresSchema string
	baseDB         string
}

func newPlace(ctx context.Context, o options) (*place, error) {
	dir, err := os.MkdirTemp(o.dir, "daybreak-bench-")
	if err != nil {
		return nil, err
	}
	id := strings.ToLower(domain.NewID())
	p := &place{dir: dir, db: "sqlite:" + filepath.Join(dir, "shop.db"), amqp: o.amqp, prefix: "bench-" + id, baseDB: o.db}
	if o.db == "" {
		return p, nil
	}
	u, err := url.Parse(o.db)
	if err == nil && u.Scheme != "postgres" && u.Scheme != "postgresql" {
		err = fmt.Errorf("-db: %q is no postgres://…", o.db)
	}
	if err == nil {
		p.postgresSchema = "bench_" + id
		err = p.admin(ctx, "create schema "+p.postgresSchema)
	}
	if err != nil {
		p.postgresSchema = ""
		return nil, errors.Join(err, p.remove())
	}
	q := u.Query()
	q.Set("search_path", p.postgresSchema)
	u.RawQuery = q.Encode()
	p.db = u.String()
	return p, nil
}

func (p *place) admin(ctx context.Context, text string) error {
	d, err := sql.Open("pgx", p.baseDB)
	if err != nil {
		return err
	}
	defer d.Close()
	_, err = d.ExecContext(ctx, text)
	return err
}

// sqlite is the database file, "" on PostgreSQL.
func (p *place) sqlite() string {
	path, _ := strings.CutPrefix(p.db, "sqlite:")
	if p.postgresSchema != "" {
		return ""
	}
	return path
}

// book is the file in which the payment sandbox keeps what it was asked.
func (p *place) book() string {
	if f := p.sqlite(); f != "" {
		return f + ".gateway"
	}
	return filepath.Join(p.dir, "data", "gateway.ledger")
}

// open opens the product's database beside the product. Without write it cannot
// change anything.
func (p *place) open(write bool) (*sql.DB, error) {
	if p.postgresSchema != "" {
		return sql.Open("pgx", p.db)
	}
	mode := "&_pragma=query_only(1)"
	if write {
		mode = "&_txlock=immediate"
	}
	return sql.Open("sqlite", "file:"+p.sqlite()+"?_pragma=busy_timeout(10000)"+mode)
}

// remove deletes everything. It is bounded, also when the run was interrupted.
func (p *place) remove() error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err := os.RemoveAll(p.dir)
	if p.postgresSchema != "" {
		err = errors.Join(err, p.admin(ctx, "drop schema "+p.postgresSchema+" cascade"))
	}
	if p.amqp != "" {
		err = errors.Join(err, p.removeQueues())
	}
	return err
}

// servers are the programs beside the product that its work costs time in, by the
// name of their processes.
func (p *place) servers() (names []string) {
	if p.postgresSchema != "" {
		names = append(names, "postgres")
	}
	if p.amqp != "" {
		names = append(names, "beam.smp")
	}
	return names
}

// consumers are the parts of the product that have a queue.
var consumers = []string{"delivery", "lists", "notify", "orders", "packing", "payment", "stock"}

func (p *place) removeQueues() error {
	conn, err := amqp.Dial(p.amqp)
	if err != nil {
		return fmt.Errorf("queues %s.* are left at the broker: %w", p.prefix, err)
	}
	defer conn.Close()
	ch, err := conn.Channel()
	if err != nil {
		return err
	}
	for _, q := range append([]string{"dead"}, consumers...) {
		if _, e := ch.QueueDelete(p.prefix+"."+q, false, false, false); e != nil {
			err = errors.Join(err, e)
		}
	}
	for _, x := range []string{"events", "dead", "live"} {
		if e := ch.ExchangeDelete(p.prefix+"."+x, false, false); e != nil {
			err = errors.Join(err, e)
		}
	}
	return err
}
