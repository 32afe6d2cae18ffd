// Command bench measures Daybreak and checks what it measured. It builds the
// product (or takes -bin), starts it on free loopback ports with a database of its
// own, fills the shop through the API, and removes everything afterwards.
//
//	go run ./bench orders            100 connections order as fast as they are answered
//	go run ./bench orders -rate 500  500 orders a second, however long each takes
//	go run ./bench orders -form      the same through the checkout page
//	go run ./bench orders -seed 100000         after so many orders, once each
//	go run ./bench push -rate 500    from an order being due to its row on open streams
//	go run ./bench bookings          from a booking being sent to its row in an open inbox
//	go run ./bench pages -seed 100000          lists and pages with so many orders
//	go run ./bench pages -compare 1000,1000000 the same pages on two databases, in turns
//	go run ./bench board -seed 1000,1000000    the order board: tabs, filters, next pages, one at a time
//	go run ./bench bulk -n 500       deliveries started in one move, and the open list that follows
//	go run ./bench start             process start to first page, memory at rest, binary
//	go run ./bench kill -n 20        SIGKILL at random moments, then everything adds up
//	go run ./bench siege             100 customers order for a minute, the payment provider being slow
//	go run ./bench lies              10,000 payments with a provider that lies, and 50 SIGKILLs
//	go run ./bench lies -overload refuse   the same for a shop that would rather turn customers away
//	go run ./bench mails             10,000 mails and 50 SIGKILLs; orders without a mail server
//	go run ./bench scans             200 scans in 20 s at a bench open in Chromium
//	go run ./bench push -bell -c 1 -rate 20    from an order being due to the bell of an open page
//
// Where it runs: -db postgres://… takes a new schema of that database instead of a
// SQLite file, -amqp amqp://… puts RabbitMQ between the parts; -dir is the disk the
// files are on, -slow 5ms adds that much to every commit on SQLite. -d is how long it
// measures, -c with how many connections; orders -runs 3 prints medians. -help after a
// command lists the rest.
//
// Figures of one machine are not those of another, so orders and push also print what
// the same client gets out of a "hello" behind the same router (the ceiling) and how
// many order-like writes a second domain/db commits (the limit), and give the result
// as a part of both, and how long the disk takes for a durable write; pages are a part
// of the ceiling. Each notes how busy other processes kept the machine, and calls a
// run noisy when that was much. The database server and the broker count as others
// when the run does not use them.
//
// Seeded orders are copies of three real ones with all they left behind: the log, the
// ledger of the stock, payments, tasks, deliveries, rows of the lists, customers. What
// the product holds true of its orders is true of them too. A million take about three
// minutes and 13 GB on SQLite, twice the time on PostgreSQL.
//
// After each run the evidence is compared: every acknowledged order is in the
// database exactly once, nothing else is, the stock and the provider's book agree,
// each order has all its events, its packing task, its delivery and its row, and the
// product's own invariants hold. Anything else ends the program with exit code 1.
// -plant lose, double, stock, ack or task falsifies the evidence first, to see that.
//
// siege and lies have the payment provider in a process of its own. In a siege it takes
// 180 to 620 ms, of which the product waits 610; nobody may be turned away, nothing may
// be packed unpaid, and other pages are read meanwhile, and again while as many orders
// come with a quick provider. When it lies, it acts and does not answer (20 %), fails
// before or after it acts (15 %), and calls back twice or too early (10 %); in the end
// each order was charged once, both books agree, and of no payment is it unknown for
// longer than a minute what became of it.
//
// scans opens a packing bench in a real browser and types bar codes as a scanner does, a
// key every 5 ms, with the focus nowhere. It prints how long each scan took from its last
// key to its count on the page; in the end every scan is in the box and in the log once.
// The aim is a p99 of 60 ms.
//
// -profile server.pprof takes a CPU profile of the product during the run and prints
// where the time goes.
package main
