#!/usr/bin/env bash
# Measures everything and says what is reached and what is not. Needs nothing but the .NET SDK. See --help.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: ./bench.sh [--quick] [--only SCENARIO]... [--record]

Builds the benchmarks in Release, finds a RabbitMQ, runs the scenarios one after the other and ends with a table: what was
measured, its figure, what is to be reached, and whether it is. The exit code is 0 only when all of it is reached.
A whole run takes less than 15 minutes and writes docs/performance.md with its plot. Nothing else should run meanwhile:
figures are ratios of what is measured in turns, which makes up for a noisy machine, but not for any.

  --quick          In about 3 minutes: fewer rounds, and only the scenarios that can be shortened. Writes no document.
  --only SCENARIO  Only this one; may be given several times. Writes no document.
                   compare cost orders lines journal memory start micro board scale
  --record         Writes tests/Ppv.Benchmarks/recorded.json: from then on the tests fail when a call allocates 5 % more.
                   With --only cost it takes seconds.

Where the broker comes from, the first that is there:
  1. PPV_TEST_AMQP     The address of a running one, such as amqp://ppv:ppv@127.0.0.1:5672/%2Fppv
  2. eng/broker.sh     Debian's rabbitmq-server on loopback, in a temporary folder, stopped at the end.
The figures as JSON, and what each scenario printed, are left in artifacts/bench.
TEXT
}

readonly scenarios=(compare cost orders lines journal memory start micro board scale)
readonly scenario_limit=300 # Seconds that one may take.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
quick='' record='' only=()
while (($#)); do
  case "$1" in
    --quick) quick=yes ;;
    --record) record=yes ;;
    --only)
      [[ " ${scenarios[*]} " == *" ${2:-none} "* ]] || { echo "--only needs one of: ${scenarios[*]}." >&2; exit 2; }
      only+=("$2")
      shift
      ;;
    -h | --help) usage; exit 0 ;;
    *) echo "Unknown argument $1; see --help." >&2; exit 2 ;;
  esac
  shift
done

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: the command dotnet was not found. Install it from https://dot.net." >&2; exit 1; }
cd "$root" || exit 1
results=$root/artifacts/bench
rm -rf "$results"
mkdir -p "$results"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
work=$(mktemp -d)
broker_dir=$work/broker running=

# shellcheck disable=SC2317,SC2329 # Called by the trap.
clean_up() {
  [[ -z $running ]] || { kill "$running" 2>/dev/null; wait "$running" 2>/dev/null; }
  running=
  [[ ! -f $broker_dir/node ]] || eng/broker.sh stop "$broker_dir"
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

step() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }

# In the background, so that a signal to this script is handled at once.
run() {
  timeout --kill-after=10 "$@" &
  running=$!
  local result=0
  wait "$running" || result=$?
  running=
  return $result
}

bench() { run "$scenario_limit" dotnet "$root/tests/Ppv.Benchmarks/bin/Release/net10.0/Ppv.Benchmarks.dll" "$@"; }

# What is said to a scenario, in a whole run or a quick one; nothing where it can't be quick.
arguments_of() { # SCENARIO
  case "$1$quick" in
    compare) echo "$PPV_TEST_AMQP" 24 0.4 ;;
    compareyes) echo "$PPV_TEST_AMQP" 6 0.3 ;;
    cost | costyes | orders | lines | start) echo "$PPV_TEST_AMQP" ;;
    ordersyes) echo "$PPV_TEST_AMQP" 3 1 ;;
    journalyes | boardyes) echo 3 1 ;;
    memory) echo 1000000 ;;
    microyes) ;;
    board) echo 9 1 ;;
    *yes) return 1 ;;
  esac
}

step "Building"
for project in Ppv.Benchmarks Ppv.Benchmarks.Peers; do
  dotnet build "tests/$project" -c Release -v quiet || { echo "The build failed; nothing was measured."; exit 1; }
done

if [[ -n ${PPV_TEST_AMQP:-} ]]; then
  step "Broker: the one that PPV_TEST_AMQP names"
else
  step "Broker: RabbitMQ, started with eng/broker.sh"
  run 900 eng/broker.sh start "$broker_dir" >"$work/address" || { echo "No broker: nothing was measured."; exit 1; }
  PPV_TEST_AMQP=$(tail -n 1 "$work/address")
  export PPV_TEST_AMQP PPV_TEST_BROKER_DIR=$broker_dir
fi

broken=()
for scenario in "${scenarios[@]}"; do
  [[ ${#only[@]} == 0 || " ${only[*]} " == *" $scenario "* ]] || continue
  arguments=$(arguments_of "$scenario") || { [[ ${#only[@]} != 0 ]] || continue; }
  step "$scenario"
  # shellcheck disable=SC2086 # Several words.
  bench "$scenario" $arguments --json "$results/$scenario.json" </dev/null > >(tee "$results/$scenario.log")
  result=$?
  # 1 says that something is not reached, which the table shows.
  if ((result > 1)) || [[ ! -f $results/$scenario.json ]]; then
    broken+=("$scenario")
    echo "$scenario BROKE: it ended with code $result."
  fi
done

step "What is reached"
report=()
if [[ -n $quick || ${#only[@]} != 0 || ${#broken[@]} != 0 ]]; then echo "(docs/performance.md stays as it is: not everything was measured.)"
else report+=(--page docs/performance.md); fi
[[ -z $record ]] || report+=(--record tests/Ppv.Benchmarks/recorded.json)
code=0
bench report "$results" "${report[@]}" || code=1
((${#broken[@]} == 0)) || { echo "Broken, with no figures: ${broken[*]}. What they said is in artifacts/bench."; code=1; }
printf '%d s\n' "$SECONDS"
exit $code
