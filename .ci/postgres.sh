# PostgreSQL for the tests; a part of setup, which explains it.
# shellcheck shell=bash disable=SC2154

# pg_answers URL: a login works, or, where there is no psql to try one, the port is open.
pg_answers() {
  if have psql; then
    PGCONNECT_TIMEOUT=3 within 6 psql "$1" -XAtqc 'select 1' </dev/null >/dev/null 2>&1
  else
    within 3 knock "$(host_of "$1")" "$(port_of "$1" 5432)"
  fi
}

pg_bin() {
  local dir
  for dir in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV) \
    "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v initdb || echo /none/x)")"; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/pg_ctl" ]; then echo "$dir"; return; fi
  done
  return 1
}

need_pg() {
  if [ -n "${TEST_PG:-}" ]; then
    pg_answers "$TEST_PG" || lacks "PostgreSQL: TEST_PG is set, but nothing lets us in at $TEST_PG.
  Start that server, or unset TEST_PG to have a throw-away one started."
    return
  fi
  export TEST_PG=$PG_DEFAULT
  pg_answers "$TEST_PG" && return
  local bin
  bin=$(pg_bin) || { install postgresql; bin=$(pg_bin); } || {
    lacks "PostgreSQL: nothing lets us in at $TEST_PG, there is no initdb to start a server with, and $(tried).
  Run: $(how postgresql postgresql)
  Or name a server: TEST_PG='postgres://user:password@host:5432/database' make test"
    return
  }
  pg_start "$bin" || lacks "PostgreSQL: a throw-away server from $bin did not start:
$(sed 's/^/    /' "$tmp/pg/log" 2>/dev/null | tail -n 8)
  Or name a server: TEST_PG='postgres://user:password@host:5432/database' make test"
}

# pg_start runs a server that forgets everything at the end, so it need not fsync.
pg_start() {
  local port
  port=$(free_port) || return 1
  [ "$(id -u)" != 0 ] || pg_user=postgres
  place pg "$pg_user" || return 1
  as "$pg_user" "$1/initdb" -D "$tmp/pg/data" -U postgres -A trust -E UTF8 --no-locale --no-sync \
    >"$tmp/pg/log" 2>&1 </dev/null || return 1
  pg_ctl=$1/pg_ctl
  as "$pg_user" "$pg_ctl" -D "$tmp/pg/data" -l "$tmp/pg/data/server.log" -w -t 30 start -o "-p $port \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300 -c fsync=off \
    -c synchronous_commit=off -c full_page_writes=off" >>"$tmp/pg/log" 2>&1 </dev/null || {
    cat "$tmp/pg/data/server.log" >>"$tmp/pg/log" 2>/dev/null
    return 1
  }
  TEST_PG="postgres://postgres@127.0.0.1:$port/postgres?sslmode=disable"
  until_ok 20 pg_answers "$TEST_PG" && say "started a throw-away PostgreSQL on port $port"
}
