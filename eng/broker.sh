#!/usr/bin/env bash
# Runs a private RabbitMQ node for tests: loopback only, everything it writes in one folder. See --help.
set -euo pipefail

readonly package_bin=/usr/lib/rabbitmq/bin # Not /usr/sbin: the commands there switch to the user "rabbitmq" and its folders.
readonly bin=${PPV_TEST_RABBITMQ_BIN:-$package_bin}
readonly start_limit=180 stop_limit=30 install_limit=300 # Seconds.
readonly net_ticktime=4 # Seconds after which nodes of a cluster give one up that says nothing, give or take a quarter.
readonly net_setuptime=1 # Seconds that a try to reach it again may take; whatever asks for it meanwhile waits that long.

usage() {
  cat <<'TEXT'
Usage: eng/broker.sh COMMAND DIR [ARGUMENTS]

Runs a private RabbitMQ node from Debian's package rabbitmq-server. It listens on 127.0.0.1 only and keeps all of its
state and logs in DIR. Virtual hosts "/ppv" and "/", user "ppv", password "ppv".

  start DIR [PORT] [--join OTHER_DIR] [--tls FOLDER]
                     Starts the node, on a free port unless one is given or DIR has one from before, and waits until it is
                     ready. The last line on stdout is its address: amqp://ppv:ppv@127.0.0.1:PORT/%2Fppv
                     With --join a new node joins the cluster of the one in OTHER_DIR, for as long as DIR exists; OTHER_DIR
                     has to exist as long. Both may be started at the same time. Nodes of a cluster that were all stopped
                     wait for one another: start them at the same time, too.
                     With --tls it speaks TLS too, on a port of its own, for as long as DIR exists, with ca.pem, server.pem and
                     server-key.pem of FOLDER; where FOLDER has clients.pem, it demands a certificate that this CA has issued.
                     The last line but one on stdout is then amqps://ppv:ppv@127.0.0.1:PORT/%2Fppv
                     Installs the Debian package when it is missing and that is permitted (root, or sudo without password).
  stop DIR           Ends the node in good order. Does nothing when it does not run.
  restart DIR        Stops it and starts it again on the same port. Transient queues are gone, durable ones stay.
  kill DIR           Ends the node at once, as a crash would. "start" brings it back on the same port, and into its cluster.
  freeze DIR         Stops the node's process where it stands (SIGSTOP): its connections stay open, nothing is answered. Other
                     nodes of its cluster give it up after some 4 s. "stop" and "kill" end it all the same.
  thaw DIR           Lets a frozen node go on (SIGCONT). In a cluster, one side of the split is restarted (autoheal).
  ctl DIR ARGS...    Runs rabbitmqctl on the node, such as: ctl DIR list_queues -p /ppv name messages
                     "ctl DIR eval EXPRESSION" asks the node itself, which takes no time.

PPV_TEST_RABBITMQ_BIN=FOLDER takes another RabbitMQ than the package: the folder of its rabbitmq-server and rabbitmqctl.

The log is DIR/log/node.log; what the node printed while starting is DIR/log/startup.log.
TEXT
}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# --- The package ------------------------------------------------------------------------------------------------------

ensure_installed() {
  [[ -x $bin/rabbitmq-server ]] && return
  [[ $bin == "$package_bin" ]] || fail "PPV_TEST_RABBITMQ_BIN says $bin, and there is no program rabbitmq-server. Name the folder of rabbitmq-server and rabbitmqctl."
  as_root=()
  if [[ $(id -u) != 0 ]]; then
    sudo -n true 2>/dev/null || fail "RabbitMQ is not installed and this user may not install it. Run: sudo apt-get install rabbitmq-server"
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || fail "RabbitMQ is not installed and there is no apt-get here. Install RabbitMQ 3.10 or later so that $bin/rabbitmq-server exists."
  say "Installing the Debian package rabbitmq-server ..."

  # The package starts a system-wide service when it is installed; this file is Debian's way to say no.
  local policy=/usr/sbin/policy-rc.d own_policy=
  if [[ ! -e $policy ]]; then
    own_policy=yes
    trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT # Also when interrupted: it would keep every service from starting.
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
  fi
  local log result=0
  log=$(mktemp)
  apt_get() { "${as_root[@]}" timeout "$install_limit" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=60 "$@" </dev/null >>"$log" 2>&1; }
  apt_get install --no-install-recommends rabbitmq-server || { apt_get update && apt_get install --no-install-recommends rabbitmq-server; } || result=$?
  [[ -z $own_policy ]] || "${as_root[@]}" rm -f "$policy"
  trap - EXIT
  if [[ $result != 0 || ! -x $bin/rabbitmq-server ]]; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "Installing rabbitmq-server failed (see above). Install it by hand: apt-get install rabbitmq-server"
  fi
  rm -f "$log"
  # Where somebody else's policy let the service start: it is not wanted, and nobody had it before.
  [[ -n $own_policy ]] || "${as_root[@]}" timeout 60 service rabbitmq-server stop >/dev/null 2>&1 || true
}

# --- What the node is ---------------------------------------------------------------------------------------------------

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the range from which the system picks ports for outgoing connections, so that it stays free until it is used.
free_port() {
  local port
  for _ in {1..200}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    if port_is_free "$port"; then echo "$port"; return; fi
  done
  fail "No free TCP port was found between 20000 and 31999 on 127.0.0.1."
}

# Writes DIR/node: ports and name stay the same for as long as DIR exists.
describe_node() { # PORT OTHER_DIR TLS_FOLDER, each may be empty
  mkdir -p "$dir/home" "$dir/data" "$dir/log"
  if [[ ! -f $dir/node ]]; then
    # Nodes know each other by one secret, and find each other through one Erlang name service: the first one's.
    local of=${2:-$dir}
    if [[ -n $2 ]]; then
      await_description "$2"
      cp -p "$2/home/.erlang.cookie" "$dir/home/.erlang.cookie"
    else
      (umask 077 && random_hex 20 >"$dir/home/.erlang.cookie")
    fi
    {
      echo "port=${1:-$(free_port)}"
      echo "distribution_port=$(free_port)"
      if [[ -n $2 ]]; then grep '^epmd_port=' "$2/node"; else echo "epmd_port=$(free_port)"; fi
      printf 'epmd_dir=%q\n' "$of"
      echo "name=ppv-$(random_hex 8)@localhost"
      if [[ -n $2 ]]; then sed -n 's/^name=/joins=/p' "$2/node"; else echo "joins="; fi
      printf 'tls=%q\n' "$3"
      if [[ -n $3 ]]; then echo "tls_port=$(free_port)"; else echo "tls_port="; fi
    } >"$dir/node.new"
    echo "$dir" >>"$of/members"
    mv "$dir/node.new" "$dir/node" # At once: another node may be waiting for it.
  elif [[ -n $1 ]]; then
    sed -i "s/^port=.*/port=$1/" "$dir/node"
  fi

  load_node
  cat >"$dir/rabbitmq.conf" <<TEXT
listeners.tcp.1 = 127.0.0.1:$port
loopback_users = none
$([[ -n $joins ]] || echo "load_definitions = $dir/definitions.json")
disk_free_limit.absolute = 50MB
log.file = $dir/log/node.log
log.file.level = info
cluster_partition_handling = autoheal
TEXT
  [[ -z $tls ]] || cat >>"$dir/rabbitmq.conf" <<TEXT
listeners.ssl.1 = 127.0.0.1:$tls_port
ssl_options.cacertfile = $tls/$(if [[ -f $tls/clients.pem ]]; then echo clients; else echo ca; fi).pem
ssl_options.certfile = $tls/server.pem
ssl_options.keyfile = $tls/server-key.pem
ssl_options.verify = $(if [[ -f $tls/clients.pem ]]; then echo verify_peer; else echo verify_none; fi)
ssl_options.fail_if_no_peer_cert = $(if [[ -f $tls/clients.pem ]]; then echo true; else echo false; fi)
TEXT
  # Only a node without data looks for another one to join; it tries until that one is up. The users and virtual hosts are the other one's.
  [[ -z $joins ]] || cat >>"$dir/rabbitmq.conf" <<TEXT
cluster_formation.peer_discovery_backend = classic_config
cluster_formation.classic_config.nodes.1 = $joins
cluster_formation.classic_config.nodes.2 = $name
cluster_formation.discovery_retry_interval = 500
cluster_formation.discovery_retry_limit = $((start_limit * 2))
TEXT
  # The hash is that of the password "ppv" with four bytes of salt, as RabbitMQ computes it: a test login on loopback, no secret.
  cat >"$dir/definitions.json" <<'TEXT'
{"vhosts": [{"name": "/"}, {"name": "/ppv"}],
 "users": [{"name": "ppv", "password_hash": "UFBWIRxWJ5oLP5IQr2WSNzUFEgPqZ3KimNEztYA+qkq8i0gZ", "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": ["administrator"]}],
 "permissions": [{"user": "ppv", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"},
                 {"user": "ppv", "vhost": "/ppv", "configure": ".*", "write": ".*", "read": ".*"}]}
TEXT
  echo "[{kernel, [{net_ticktime, $net_ticktime}, {net_setuptime, $net_setuptime}]}]." >"$dir/advanced.config"
  echo '[].' >"$dir/enabled_plugins"
}

random_hex() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; } # BYTES

# Another node may be starting at this moment.
await_description() {
  local until=$((SECONDS + start_limit))
  while ((SECONDS < until)); do
    [[ ! -f $1/node ]] || return 0
    sleep 0.1
  done
  fail "There is no broker in $1 to join. Start it first: eng/broker.sh start $1"
}

load_node() {
  [[ -f $dir/node ]] || fail "There is no broker in $dir. Start one first: eng/broker.sh start $dir"
  tls='' tls_port='' # A folder from before there was TLS says nothing of it.
  # shellcheck disable=SC1091
  source "$dir/node"
  export HOME=$dir/home RABBITMQ_NODENAME=$name RABBITMQ_NODE_PORT=$port RABBITMQ_DIST_PORT=$distribution_port \
    ERL_EPMD_PORT=$epmd_port ERL_EPMD_ADDRESS=127.0.0.1 \
    ERL_CRASH_DUMP=$dir/log/erl_crash.dump RABBITMQ_BASE=$dir RABBITMQ_MNESIA_BASE=$dir/data RABBITMQ_LOG_BASE=$dir/log \
    RABBITMQ_CONFIG_FILE=$dir/rabbitmq.conf RABBITMQ_ADVANCED_CONFIG_FILE=$dir/advanced.config \
    RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins RABBITMQ_CONF_ENV_FILE=$dir/no-machine-wide-settings
}

# --- Processes: only those that this script started, each recorded with its number and its start time ---------------------

# The time at which process $1 began: numbers are used again, the pair of number and time is not.
# A process that has ended but was not yet collected by its parent (state Z) counts as gone.
began() { local fields; read -r fields <"/proc/$1/stat" && set -- ${fields##*)} && [[ $1 != Z ]] && echo "${20}"; } 2>/dev/null

record() { echo "$1 $(began "$1")" >"$2"; } # PID FILE

# alive FILE: whether the process recorded in FILE is still there.
alive() {
  local pid time
  [[ -f $1 ]] && read -r pid time <"$1" && [[ -n $time && $(began "$pid") == "$time" ]]
}

# finish FILE SIGNAL: ends the process and waits until it is gone, killing it when it takes too long.
finish() {
  local pid
  if alive "$1"; then
    read -r pid _ <"$1"
    kill "-$2" "$pid" 2>/dev/null || true
    kill -CONT "$pid" 2>/dev/null || true # A frozen one would not notice.
    for ((i = 0; i < stop_limit * 10; i++)); do
      alive "$1" || break
      sleep 0.1
    done
    if alive "$1"; then
      say "Process $pid did not end within $stop_limit s and is killed."
      kill -KILL "$pid" 2>/dev/null || true
    fi
  fi
  rm -f "$1"
}

# signal FILE SIGNAL: sends a signal to the process recorded in FILE.
signal() {
  local pid
  alive "$1" || fail "The broker in $dir is not running. Start it first: eng/broker.sh start $dir"
  read -r pid _ <"$1"
  kill "-$2" "$pid"
}

# Nodes of one cluster share a name service; who starts one or ends one does so alone.
lock() {
  exec 9>"$epmd_dir/epmd.lock"
  flock -w 60 9 || fail "Another eng/broker.sh is busy with $epmd_dir for a minute; end it and try again."
}
unlock() { exec 9>&-; }

end_node() { # SIGNAL
  finish "$dir/node.pid" "$1"
  [[ -d $epmd_dir ]] || return 0
  lock
  local member used=
  while read -r member; do
    if alive "$member/node.pid"; then used=yes; fi
  done <"$epmd_dir/members"
  [[ -n $used ]] || finish "$epmd_dir/epmd.pid" TERM
  unlock
}

start_epmd() {
  ! alive "$epmd_dir/epmd.pid" || return 0
  # A session of its own for each: Ctrl-C in a terminal is for the tests, which then stop the broker in good order.
  # An Erlang name service of our own, up before the node looks for one, so that none is left running on the machine.
  setsid epmd -port "$epmd_port" -address 127.0.0.1 </dev/null >>"$dir/log/startup.log" 2>&1 9>&- &
  record $! "$epmd_dir/epmd.pid"
  for ((i = 0; i < 50; i++)); do
    port_is_free "$epmd_port" || break
    sleep 0.1
  done
}

start() { # [PORT] [--join OTHER_DIR] [--tls FOLDER]
  local wanted='' other='' certificates=''
  while (($#)); do
    case "$1" in
      --join)
        [[ -d ${2:-} ]] || fail "--join needs the folder of another broker; ${2:-none} is none."
        other=$(cd "$2" && pwd -P)
        shift
        ;;
      --tls)
        [[ -f ${2:-}/server.pem ]] || fail "--tls needs a folder with ca.pem, server.pem and server-key.pem; ${2:-none} is none."
        certificates=$(cd "$2" && pwd -P)
        shift
        ;;
      *[!0-9]*) usage >&2; exit 2 ;;
      *) wanted=$1 ;;
    esac
    shift
  done
  ensure_installed
  describe_node "$wanted" "$other" "$certificates"
  if ! alive "$dir/node.pid"; then
    lock
    port_is_free "$port" || fail "Port $port on 127.0.0.1 is in use. Choose another one: eng/broker.sh start $dir PORT"
    start_epmd
    # RUNNING_UNDER_SYSTEMD: the script becomes the node instead of watching over it, so that the number is the node's.
    RUNNING_UNDER_SYSTEMD=true RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
      setsid "$bin/rabbitmq-server" </dev/null >>"$dir/log/startup.log" 2>&1 9>&- &
    record $! "$dir/node.pid"
    unlock
  fi
  await_startup
  [[ -z $tls ]] || echo "amqps://ppv:ppv@127.0.0.1:$tls_port/%2Fppv"
  echo "amqp://ppv:ppv@127.0.0.1:$port/%2Fppv"
}

# Runs Erlang on the node and prints the value. rabbitmqctl starts a whole Erlang of its own for that, and takes seconds on a busy machine.
evaluate() { # EXPRESSION, which ends with a full stop
  command -v erl_call >/dev/null || { timeout 120 "$bin/rabbitmqctl" -q eval "$1" </dev/null; return; }
  local value
  value=$(printf '%s\n' "$1" | timeout 120 erl_call -sname "$name" -c "$(<"$dir/home/.erlang.cookie")" -e 2>&1) || fail "The broker in $dir did not answer: $value"
  [[ $value == "{ok, "* ]] || fail "The broker in $dir refused: $value"
  value=${value#"{ok, "}
  printf '%s\n' "${value%\}}"
}

# Asks again and again: at first the node has not yet told its name. A node that joins while virtual hosts are being made may miss one;
# RabbitMQ would start it there only later.
await_startup() {
  local until=$((SECONDS + start_limit))
  local ready='rabbit:is_booted() andalso (rabbit_vhost_sup_sup:is_vhost_alive(<<"/ppv">>) orelse
    element(1, rabbit_vhost_sup_sup:start_vhost(<<"/ppv">>)) == ok).'
  while ((SECONDS < until)) && alive "$dir/node.pid"; do
    if [[ $(evaluate "$ready" 2>"$dir/log/await.log") == true ]]; then return; fi
    sleep 0.2
  done
  tail -n 30 "$dir/log/startup.log" >&2
  end_node KILL
  fail "RabbitMQ did not become ready within $start_limit s; what it said is above and in $dir/log."
}

case "${1:-}" in
  -h | --help | help) usage; exit 0 ;;
  start | stop | restart | kill | freeze | thaw | ctl) ;;
  *) usage >&2; exit 2 ;;
esac
[[ -n ${2:-} ]] || { usage >&2; exit 2; }
command=$1
[[ $command != start ]] || mkdir -p "$2"
[[ -d $2 || $command != stop ]] || exit 0
[[ -d $2 ]] || fail "There is no folder $2. Start a broker first: eng/broker.sh start $2"
dir=$(cd "$2" && pwd -P)
shift 2
case "$command" in
  start) start "$@" ;;
  stop) [[ ! -f $dir/node ]] || { load_node; end_node TERM; } ;;
  restart) load_node; end_node TERM; start ;;
  kill) load_node; end_node KILL ;;
  freeze) load_node; signal "$dir/node.pid" STOP ;;
  thaw) load_node; signal "$dir/node.pid" CONT ;;
  ctl)
    load_node
    # rabbitmqctl would start a name service of its own where there is none.
    alive "$dir/node.pid" || fail "The broker in $dir is not running. Start it first: eng/broker.sh start $dir"
    if [[ $# == 2 && $1 == eval ]]; then evaluate "$2"; else timeout 120 "$bin/rabbitmqctl" -q "$@" </dev/null; fi
    ;;
esac
