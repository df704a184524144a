#!/usr/bin/env bash
# Run by eng/migration.sh inside its Debian: sets up the old site, and walks docs/migration.md.
set -Eeuo pipefail

readonly page=/opt/site/docs/migration.md patience=90 # Seconds that a check may take to come true.
readonly say=/tmp/said
declare -A done_blocks=()
calls=0

step() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }
exec 3>&1 # Where messages go, whatever a block's own output goes to.
fail() {
  trap - ERR
  {
    printf '\nFAILED: %s\n' "$*"
    [[ ! -s $say ]] || cat "$say"
    journalctl --no-pager -n 60 -o cat -u ppv-worker -u ppv-gateway -u rest-api-gateway -u PPV-SRV || true
  } >&3 2>&3
  exit 1
}
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR

# The text of a block of the page: ```bash NAME
block() { # NAME
  local text
  text=$(awk -v start="\`\`\`bash $1" '$0 == start { on = 1; next } on && /^```$/ { exit } on' "$page")
  [[ -n $text ]] || fail "The page has no block \"$1\"."
  printf '%s\n' "$text"
}

# Runs a block as it stands there, in this shell: each command has to succeed.
follow() { # NAME [WORD-OF-WHAT-IT-PRINTS...]
  local name=$1 text word
  done_blocks[$name]=yes
  text=$(block "$name")
  sed 's/^/    /' <<<"$text"
  eval "$text" >"$say" 2>&1
  for word in "${@:2}"; do grep -qF -- "$word" "$say" || fail "\"$name\" did not print: $word"; done
}

# Runs a block again and again until it prints what it should, as a person would.
check() { # NAME WORD...
  local name=$1 text word missing end=$((SECONDS + patience))
  done_blocks[$name]=yes
  text=$(block "$name")
  sed 's/^/    /' <<<"$text"
  while :; do
    (eval "$text") >"$say" 2>&1 </dev/null || true
    missing=
    for word in "${@:2}"; do grep -qE -- "$word" "$say" || missing=$word; done
    [[ -n $missing ]] || break
    ((SECONDS < end)) || fail "\"$name\" did not print within $patience s: $missing"
    sleep 0.5
  done
  sed 's/^/      > /' "$say"
}

# Places whole calls through nginx, as the voice platform does: GETs with bodies. Each on a line of its own.
place_calls() { # HOW-MANY
  local connid command answer
  sleep 2 # An id that is made in the first second after a worker's start may be older than it (docs/delivery.md#what-is-known-of-an-id).
  for ((i = 0; i < $1; i++)); do
    calls=$((calls + 1))
    connid=$(printf '%016x' $((0x0127033900000000 + calls)))
    for command in "'EV':'262193'" "'EN':'85165320'" "'CONFIRM':'UP'"; do
      answer=$(curl -sS --max-time 40 -X GET -H 'Content-Type: application/json' \
        -d "{\"content\": \"{'connid':'$connid',$command}\"}" http://localhost:8070/api/v1/ppv 2>&1) || fail "nginx did not answer: $answer"
      [[ $answer == '{"callresult":"OK"}' ]] || fail "Call $calls, $command was answered with $answer."
    done
  done
  echo "  $1 calls were bought."
}

# Waits until a command succeeds.
within() { # SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    ((SECONDS < end)) || fail "$what did not come about."
    sleep 0.2
  done
}
said() { [[ $("${@:2}") == *"$1"* ]]; } # TEXT COMMAND...: whether the command prints the text.

active() { systemctl is-active -q "$@" || fail "Not active: $*"; }

step "The old site: RabbitMQ, Wizard's stand-in, the old programs' stand-ins, nginx"
cd /root
mkdir -p /opt/RestRPC
broker='primary_host = kfs-gax
backup_host = kfs-gax
vhost=/ppv
username = ppv
password = ppv
rpc_queue = prod.ppv.kfs
message_ttl=30000'
cat >/opt/RestRPC/rest_api_gateway.cfg <<END
[Log_File]
log_file_name = /GCTI_Log/RestRPC/rest_api_gateway.log
max_bytes=20000000
backup_count=5
[RabbitMQ]
$broker
max_retries=2000
max_retries_per_server=2
timeout_waiting_for_response =30
return_err_code_on_timeout=ER995
return_err_code_on_invalid_req=ER996
END
cat >/opt/RestRPC/ppv_srv.cfg <<END
[Log_File]
log_file_name = /GCTI_Log/RestRPC/ppv_srv.log
maxbytes=20000000
backupcount=5
[RabbitMQ]
$broker
max_retries=1000
max_retries_per_server=2
[WizardServer]
wizard_host = kfs-gax
wizard_port = 2000
start_port_number = 1
end_port_number = 30
port_number_when_no_coonnid=29
wizard_max_retries=30
wizard_time_out_err_code=ER444
wizard_invalid_req_from_gvp_err_code=ER998
END
unit() { # NAME COMMAND
  printf '[Unit]\nAfter=rabbitmq-server.service\n[Service]\nExecStart=%s\nRestart=on-failure\n[Install]\nWantedBy=multi-user.target\n' "$2" \
    >"/etc/systemd/system/$1.service"
}
unit wizard "/opt/published/simulator/ppv-wizard-simulator --port 2000 --log /var/log/wizard.log"
unit rest-api-gateway "/opt/published/old-programs/ppv-old-programs gateway amqp://ppv:ppv@kfs-gax/%%2Fppv prod.ppv.kfs 8090"
unit PPV-SRV "/opt/published/old-programs/ppv-old-programs worker amqp://ppv:ppv@kfs-gax/%%2Fppv prod.ppv.kfs 2000"
# The old one spoke uwsgi to a socket; its stand-in speaks HTTP.
cat >/etc/nginx/sites-enabled/rest-api-gateway <<'END'
server {
    listen 8070;
    location / { proxy_pass http://127.0.0.1:8090; proxy_next_upstream off; }
}
END
systemctl daemon-reload
systemctl start rabbitmq-server
rabbitmqctl -q add_vhost /ppv
rabbitmqctl -q add_user ppv ppv
rabbitmqctl -q set_permissions -p /ppv ppv '.*' '.*' '.*'
systemctl enable -q --now wizard rest-api-gateway PPV-SRV nginx
within 60 "The old gateway" said 404 curl -s -o /dev/null -w '%{http_code}' http://localhost:8070/
within 60 "The old worker" said 1 rabbitmqctl -q list_queues -p /ppv consumers
place_calls 3

step "Before you begin"
# The block "publish" is for where the SDK is: eng/migration.sh, or who gave it --published, has done that. What comes of it:
done_blocks[publish]=yes
mkdir ppv
cp -r /opt/published/worker /opt/published/gateway ppv/
cp -r /opt/site/samples/deploy ppv/deploy
follow look prod.ppv.kfs 'rpc_queue = prod.ppv.kfs' 'start_port_number = 1'
follow install <<<ppv
follow settings
follow units
follow check
sed 's/^/      > /' "$say"

step "Step 1: a new worker beside the old one"
follow 1-start
active ppv-worker PPV-SRV
within 60 "A second consumer" said $'prod.ppv.kfs\t2' rabbitmqctl -q list_queues -p /ppv name consumers
place_calls 4
check 1-check '^Healthy' '^prod.ppv.kfs\s+2$' 'Wizard said'
step "Step 1: back, and again"
follow 1-back
place_calls 2
follow 1-start
check 1-check '^Healthy' '^prod.ppv.kfs\s+2$'

step "Step 2: a new gateway beside the old one"
follow 2-start
active ppv-gateway
check 2-look '^Healthy' 'callresult":"ER996'
follow 2-nginx
place_calls 4
check 2-check ' OK'
step "Step 2: back, and again"
follow 2-back
place_calls 2
follow 2-start
check 2-look '^Healthy'
follow 2-nginx
place_calls 2

step "Step 3: only new programs"
follow 3-gateway
check 3-quiet '^prod.ppv.kfs\s+0\s+0$'
follow 3-worker
check 3-check '^prod.ppv.kfs\s+1$'
place_calls 4
step "Step 3: back, and again"
follow 3-back
active PPV-SRV rest-api-gateway
place_calls 2
sleep() { command sleep 1; } # nginx has sent the old gateway nothing this time, so it has no callers to wait for.
follow 3-gateway
unset -f sleep
check 3-quiet '^prod.ppv.kfs\s+0\s+0$'
follow 3-worker

step "Step 4: leases, and confirms that are sent again"
follow 4-leases
check 4-check 'leads queue' '^Healthy'
place_calls 4
step "Step 4: back, and again"
follow 4-back
place_calls 2
follow 4-leases
check 4-check 'leads queue' '^Healthy'

step "Step 5: another kind of queue"
follow 5-queue
check 5-worker '^Healthy'
follow 5-gateway
check 5-check '^prod.ppv.kfs\s+true\s+1$' '^prod.ppv.kfs.note\s+true'
place_calls 4
step "Step 5: back, and again"
follow 5-back
check 5-check '^prod.ppv.kfs\s+false\s+1$'
place_calls 2
follow 5-queue
check 5-worker '^Healthy'
follow 5-gateway

step "Afterwards: users with fewer rights"
follow rights
check 5-worker '^Healthy'
place_calls 4

step "A worker that hangs is started again"
mkdir -p /run/systemd/system/ppv-worker.service.d
printf '[Service]\nWatchdogSec=6\n' >/run/systemd/system/ppv-worker.service.d/watchdog.conf # As shipped it takes 30 s.
systemctl daemon-reload
systemctl restart ppv-worker
check 5-worker '^Healthy'
before=$(systemctl show -P NRestarts ppv-worker)
kill -STOP "$(systemctl show -P MainPID ppv-worker)"
was_restarted() { (($(systemctl show -P NRestarts ppv-worker) > before)); }
within 40 "The worker's restart" was_restarted # A signal that it survives would take 45 s more.
check 5-worker '^Healthy'
place_calls 2

step "The end"
# Each block of the page was run, and there is none without a name.
while read -r _ name; do [[ -n $name && ${done_blocks[$name]:-} == yes ]] || fail "The page's block \"$name\" was not run."; done \
  < <(grep '^```bash' "$page")
active ppv-worker ppv-gateway nginx rabbitmq-server
ups=$(grep -c 'UP' /var/log/wizard.log || true)
[[ $ups == "$calls" ]] || fail "Wizard was told UP $ups times for $calls calls."
systemctl stop ppv-gateway ppv-worker
for service in ppv-gateway ppv-worker; do
  [[ $(systemctl show -P Result "$service") == success ]] || fail "$service did not end well."
  ! journalctl -u "$service" -o cat | grep -E '^(fail|crit): ' || fail "$service had errors."
done
# What the new programs log: the old line layout in their files, and no subscriber's number anywhere.
for file in /var/log/ppv-worker/ppv_srv.log /var/log/ppv-gateway/rest_api_gateway.log; do
  grep -qE "^INFO:$file \| .* '' \| \([0-9: -]+ \|" "$file" || fail "$file has not the layout of the old logs."
done
! journalctl -o cat -u ppv-gateway -u ppv-worker | cat - /var/log/ppv-*/* | grep -F 85165320 || fail "A subscriber's number is in the logs."
echo "The migration page works: $calls calls were bought on the way, and Wizard was told of each one once."
