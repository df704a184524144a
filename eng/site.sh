#!/usr/bin/env bash
# Sets up a whole site on this machine's loopback as docs/deployment.md does, without systemd, lets one call through it, and takes it down.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: eng/site.sh [--published FOLDER]

RabbitMQ with the shipped users and rights, a worker, two gateways, the shipped nginx in front of them, and the simulator
in the place of Wizard: published programs, secrets in files, --check before each start. Then one call is placed through
nginx, an operator closes and opens a gateway, and everything is stopped in good order. Ends with 0 when all of it went
well. RabbitMQ, nginx and curl are installed where they are missing and that is permitted; all else is in a temporary folder.

  --published FOLDER  Takes FOLDER/gateway, FOLDER/worker and FOLDER/simulator instead of publishing them.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
published=
while (($#)); do
  case "$1" in
    --published) published=${2:?"--published needs a folder; see --help."}; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "Unknown argument $1; see --help." >&2; exit 2 ;;
  esac
  shift
done

site=$(mktemp -d)
programs=()

clean_up() {
  local program
  for program in "${programs[@]}"; do kill "$program" 2>/dev/null; done
  for program in "${programs[@]}"; do wait "$program" 2>/dev/null; done
  [[ ! -d $site/broker ]] || "$root/eng/broker.sh" stop "$site/broker"
  rm -rf "$site"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }
fail() {
  printf 'FAILED: %s\n' "$*" >&2
  tail -n 30 "$site"/*.log >&2
  exit 1
}

# A port of loopback at which nobody listens, below those that the system gives to outgoing connections.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

# Waits, at most a minute, until a command succeeds.
until_well() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < end)) || fail "$what did not come within a minute."
    sleep 0.2
  done
}

# Becomes a program as its unit runs it: settings in its environment, and nothing else of ours; the password in a file that is its own.
become() {
  local name=$1 settings
  shift
  mapfile -t settings <"$site/etc/$name.env"
  exec env -i PATH="$PATH" HOME="$site" DOTNET_ROOT="${DOTNET_ROOT:-}" LANG=C.UTF-8 \
    CREDENTIALS_DIRECTORY="$site/credentials/$name" "${settings[@]}" "$@"
}

as_service() (become "$@")

# Starts a service in the background; its output is in NAME.log.
start() {
  local log=$1 name=$2
  shift 2
  become "$name" "$@" </dev/null >"$site/$log.log" 2>&1 &
  programs+=($!)
  declare -g "pid_$log=$!"
}

# Places one command of the call through nginx, as the voice platform does: a GET with a body.
place() {
  local answer
  answer=$(curl -sS --max-time 40 -X GET -H 'Content-Type: application/json' \
    -d "{\"content\": \"{'connid':'$1','$2':'$3'}\"}" "http://127.0.0.1:$nginx_port/api/v1/ppv") || fail "nginx did not answer $2."
  printf '%-8s %-10s %s\n' "$2" "$3" "$answer"
  [[ $answer == '{"callresult":"OK"}' ]] || fail "$2 was answered with $answer."
}

stop() {
  local pid_name=pid_$1 result=0
  kill "${!pid_name}"
  wait "${!pid_name}" || result=$?
  [[ $result == 0 ]] || fail "$1 ended with code $result."
}

"$root/eng/tool.sh" curl >/dev/null || exit 1

if [[ -z $published ]]; then
  step "Publishing"
  published=$site/opt
  for program in Gateway:gateway Worker:worker WizardSimulator:simulator; do
    dotnet publish "$root/samples/${program%:*}" -c Release -o "$published/${program#*:}" -v quiet || fail "Publishing ${program%:*}"
  done
fi
mkdir -p "$site"/{etc,run,credentials/worker,credentials/gateway,lib,nginx}
chmod 700 "$site"/{run,credentials,lib}

step "RabbitMQ, with the shipped users"
address=$("$root/eng/broker.sh" start "$site/broker" 2>"$site/broker-start.log" | tail -n 1)
[[ $address == amqp://* ]] || fail "RabbitMQ did not start."
broker_port=${address##*:}
broker_port=${broker_port%%/*}
"$root/eng/broker.sh" ctl "$site/broker" import_definitions "$root/samples/deploy/rabbitmq/definitions.json" >"$site/import.log" 2>&1 ||
  fail "The definitions could not be imported."
for name in worker gateway; do
  head -c 24 /dev/urandom | base64 >"$site/credentials/$name/Ppv__Broker__Password"
  "$root/eng/broker.sh" ctl "$site/broker" change_password "ppv-$name" "$(cat "$site/credentials/$name/Ppv__Broker__Password")" \
    >/dev/null || fail "The password of ppv-$name could not be set."
done

step "Wizard's place: the simulator"
wizard_port=$(free_port)
"$published/simulator/ppv-wizard-simulator" --port "$wizard_port" </dev/null >"$site/simulator.log" 2>&1 &
programs+=($!)
until_well "The simulator" bash -c "exec 3<>/dev/tcp/127.0.0.1/$wizard_port"

worker_port=$(free_port) gateway_port=$(free_port) second_port=$(free_port) nginx_port=$(free_port) inner_port=$(free_port)
cat >"$site/etc/worker.env" <<ENV
Ppv__Broker__Hosts__0=127.0.0.1:$broker_port
Ppv__Broker__UserName=ppv-worker
Ppv__Wizard__Host=127.0.0.1
Ppv__Wizard__Port=$wizard_port
Ppv__Server__Journal__Path=$site/lib/orders.db
Urls=http://127.0.0.1:$worker_port;http://unix:$site/run/worker.sock
ENV
cat >"$site/etc/gateway.env" <<ENV
Ppv__Broker__Hosts__0=127.0.0.1:$broker_port
Ppv__Broker__UserName=ppv-gateway
Ppv__Rpc__QueueKind=Passive
Ppv__Gateway__KnownProxies__0=127.0.0.1
ENV

step "The worker: --check, start, --health"
as_service worker "$published/worker/ppv-worker" --check || fail "The check of the worker."
start worker worker "$published/worker/ppv-worker"
until_well "The worker" as_service worker "$published/worker/ppv-worker" --health
as_service worker "$published/worker/ppv-worker" --health

step "Two gateways: --check, start, --health"
first="--urls=http://127.0.0.1:$gateway_port;http://unix:$site/run/gateway.sock"
second="--urls=http://127.0.0.1:$second_port;http://unix:$site/run/second.sock"
as_service gateway "$published/gateway/ppv-gateway" "$first" --check || fail "The check of the gateway."
start gateway gateway "$published/gateway/ppv-gateway" "$first"
start second gateway "$published/gateway/ppv-gateway" "$second"
for urls in "$first" "$second"; do
  until_well "A gateway" as_service gateway "$published/gateway/ppv-gateway" "$urls" --health
done

step "nginx, as shipped but for the ports"
nginx=$("$root/eng/tool.sh" nginx 2>"$site/nginx-install.log" | tail -n 1)
[[ -x $nginx ]] || fail "nginx is not here and could not be installed."
sed -e "s/listen 8070;/listen 127.0.0.1:$nginx_port;/" -e "s/127\.0\.0\.1:8079/127.0.0.1:$inner_port/" \
  -e "s/:8081/:$gateway_port/" -e "s/:8082/:$second_port/" \
  -e "s#/var/log/nginx/ppv.log#ppv.log#" "$root/samples/deploy/nginx/ppv.conf" >"$site/nginx/ppv.conf"
cat >"$site/nginx/nginx.conf" <<'CONF'
daemon off;
pid nginx.pid;
error_log error.log;
events {}
http {
  access_log access.log;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  include ppv.conf;
}
CONF
"$nginx" -t -q -p "$site/nginx" -c "$site/nginx/nginx.conf" || fail "nginx -t"
"$nginx" -p "$site/nginx" -c "$site/nginx/nginx.conf" </dev/null >"$site/nginx.log" 2>&1 &
programs+=($!)
until_well "nginx" curl -fsS "http://127.0.0.1:$nginx_port/health/ready"

step "A call through nginx"
place 012703395c597610 EV 262193
place 012703395c597610 EN 85165320
place 012703395c597610 CONFIRM UP

step "An operator closes a gateway, sees that it is empty, and opens it again"
control() { curl -fsS --unix-socket "$site/run/gateway.sock" "${@:2}" "http://localhost/control/intake$1"; }
closed=$(control /close -X POST)
echo "$closed"
[[ $closed == '[{"name":"gateway","isOpen":false,"underWay":0}]' ]] || fail "The gateway was not closed."
code=$(curl -s -o /dev/null -w '%{http_code}' -X POST -d '{}' "http://127.0.0.1:$gateway_port/api/v1/ppv")
[[ $code == 503 ]] || fail "A closed gateway answered with $code."
for connid in 0128031c21578752 0128031c21578753; do place "$connid" EV 262193; done # The other gateway's, whichever nginx asks first.
opened=$(control /open -X POST)
echo "$opened"
[[ $opened == *'"isOpen":true'* ]] || fail "The gateway was not opened."

step "The end, in good order"
stop gateway
stop second
stop worker
for log in gateway second worker; do
  ! grep -E '^(fail|crit): ' "$site/$log.log" || fail "$log had errors."
  ! grep -F 85165320 "$site/$log.log" || fail "The subscriber's number is in the log of $log."
done
[[ $(grep -c 'UP' "$site/simulator.log") -ge 1 ]] || fail "The simulator saw no UP."
echo "The site works: one call was bought through nginx, two gateways, RabbitMQ and a worker."
