# Every command a developer needs. `make` lists them.
# Needed: Go. `make test` brings PostgreSQL, RabbitMQ and Chromium itself where it may.

.DEFAULT_GOAL := help
SHELL := bash

.PHONY: help test check vet format generated lint unit run build generate fmt bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: ## everything: set-up, vet, format, generated files, staticcheck, tests with -race
	@.ci/setup $(MAKE) --no-print-directory check

# What test does once its services answer; the quick checks come first.
check: format generated vet lint unit

format:
	@echo "== gofmt"
	@bad=$$(gofmt -l .) && test -z "$$bad" || { printf 'gofmt: run "make fmt" for:\n%s\n' "$$bad"; exit 1; }

generated:
	@echo "== templ generate"
	@.ci/generated

vet:
	@echo "== go vet"
	@go vet ./...

lint:
	@echo "== staticcheck"
	@go tool staticcheck ./...

# What is SQLite itself, translated from C, keeps its data outside Go's memory, where
# the race detector does not look; watched, it is only slow. Its driver is watched.
# A password's hash is made in 19 MiB of its own, which the detector would keep four times.
unwatched := modernc.org/sqlite/lib modernc.org/libc modernc.org/memory golang.org/x/crypto/argon2
race := -race $(unwatched:%=-gcflags=%=-race=false)

# vet is off here because it has just run on the same packages. With C, as vet had it
# and -race needs it, the bench's tests need not compile the product once more.
unit:
	@echo "== go test -race"
	@CGO_ENABLED=1 go test $(race) -vet=off -timeout 15m $(ARGS) ./...

run: ## the shop with demo data on http://127.0.0.1:8080
	go run . demo $(ARGS)

build: ## one static binary: bin/daybreak
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/daybreak .

generate: ## write the *_templ.go files
	go tool templ generate -path views

fmt: ## format Go and templ files
	gofmt -w .
	go tool templ fmt .

bench: ## 100 customers order at once; ARGS='kill -n 20' and others: bench/doc.go
	go run ./bench $(or $(ARGS),orders)

clean: ## remove what building and testing left
	rm -rf bin coverage.* *.out *.prof
