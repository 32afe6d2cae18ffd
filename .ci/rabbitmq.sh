# RabbitMQ for the tests; a part of setup, which explains it.
# shellcheck shell=bash disable=SC2154

# amqp_hello: a broker answers the protocol's greeting with a frame of type 1.
amqp_hello() {
  exec 3<>"/dev/tcp/$1/$2" && printf 'AMQP\0\0\011\001' >&3 && [ "$(head -c 1 <&3 | od -An -tu1 | tr -d ' ')" = 1 ]
}
amqp_answers() {
  case $1 in
    amqps:*) within 3 knock "$(host_of "$1")" "$(port_of "$1" 5671)" ;;
    *) (within 3 amqp_hello "$(host_of "$1")" "$(port_of "$1" 5672)") 2>/dev/null ;;
  esac
}

# rabbit_find prefers the plain program: the one on Debian's PATH insists on the
# machine's own node and its folder.
rabbit_find() {
  local file
  for file in /usr/lib/rabbitmq/bin/rabbitmq-server /opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server \
    /usr/local/opt/rabbitmq/sbin/rabbitmq-server "$(command -v rabbitmq-server)"; do
    if [ -x "$file" ]; then echo "$file"; return; fi
  done
  return 1
}

need_amqp() {
  if [ -n "${TEST_AMQP:-}" ]; then
    amqp_answers "$TEST_AMQP" || lacks "RabbitMQ: TEST_AMQP is set, but no broker answers at $TEST_AMQP.
  Start that broker, or unset TEST_AMQP to have a throw-away one started."
    return
  fi
  export TEST_AMQP=$AMQP_DEFAULT
  amqp_answers "$TEST_AMQP" && return
  local bin
  bin=$(rabbit_find) || { install rabbitmq-server; bin=$(rabbit_find); } || {
    lacks "RabbitMQ: no broker answers at $TEST_AMQP, there is no rabbitmq-server to start, and $(tried).
  Run: $(how rabbitmq-server rabbitmq)
  Or name a broker: TEST_AMQP='amqp://user:password@host:5672/' make test"
    return
  }
  rabbit_start "$bin" || lacks "RabbitMQ: a throw-away broker from $bin did not start:
$(sed 's/^/    /' "$tmp"/rabbit/*.log "$tmp"/rabbit/out 2>/dev/null | tail -n 8)
  Or name a broker: TEST_AMQP='amqp://user:password@host:5672/' make test"
}

# rabbit_env runs a command for our own node, which shares neither name, port nor
# folder with a node this machine may already have.
rabbit_env() {
  as "$rabbit_user" env HOME="$tmp/rabbit" RABBITMQ_NODENAME="daybreak$$@localhost" \
    RABBITMQ_NODE_PORT="$rabbit_port" RABBITMQ_NODE_IP_ADDRESS=127.0.0.1 RABBITMQ_DIST_PORT="$((rabbit_port + 12000))" \
    RABBITMQ_MNESIA_BASE="$tmp/rabbit/data" RABBITMQ_LOG_BASE="$tmp/rabbit" RABBITMQ_PID_FILE="$tmp/rabbit/pid" \
    RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_CONFIG_FILE="$tmp/rabbit/conf" \
    RABBITMQ_ENABLED_PLUGINS_FILE="$tmp/rabbit/plugins" "$@"
}

rabbit_start() {
  rabbit_port=$(free_port) || return 1
  [ "$(id -u)" != 0 ] || ! id rabbitmq >/dev/null 2>&1 || rabbit_user=rabbitmq
  place rabbit "$rabbit_user" || return 1
  echo '[].' >"$tmp/rabbit/plugins"
  # A full disk or little memory must not block the tests' few small messages.
  printf '%s\n' 'disk_free_limit.absolute = 50MB' 'vm_memory_high_watermark.relative = 0.8' >"$tmp/rabbit/conf.conf"
  knock 127.0.0.1 4369 || epmd_mine=yes
  rabbit_bin=$1
  rabbit_env "$rabbit_bin" -detached >"$tmp/rabbit/out" 2>&1 </dev/null || return 1
  export TEST_AMQP="amqp://guest:guest@127.0.0.1:$rabbit_port/"
  until_ok 90 amqp_answers "$TEST_AMQP" && say "started a throw-away RabbitMQ on port $rabbit_port"
}

rabbit_stop() {
  rabbit_env "$(dirname "$rabbit_bin")/rabbitmqctl" -q stop "$tmp/rabbit/pid" >/dev/null 2>&1 </dev/null ||
    as "$rabbit_user" kill "$(cat "$tmp/rabbit/pid" 2>/dev/null)" 2>/dev/null
  # The name server stays up while another node of this machine uses it.
  [ -z "$epmd_mine" ] || as "$rabbit_user" epmd -kill >/dev/null 2>&1
}
