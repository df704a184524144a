#!/usr/bin/env bash
# Builds everything, finds a RabbitMQ and runs every test. Needs nothing but the .NET SDK. See --help.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: ./test.sh [--fast] [--soak] [--filter EXPRESSION]

Builds the solution in Release, packs the packages into nupkg/, finds a RabbitMQ, runs every test project and ends
with the line "N passed, N failed, N skipped". The exit code is 0 only when something ran and nothing failed.

  --fast               Unit tests only: no broker, no nginx, no browser, no packages; of the fuzzer the corpus only.
  --soak               Runs the long tests too (sets PPV_TEST_SOAK=1).
  --filter EXPRESSION  Only tests that match, as in "dotnet test --filter", such as: FullyQualifiedName~Reconnect

Where the broker comes from, the first that is there:
  1. PPV_TEST_AMQP     The address of a running one, such as amqp://ppv:ppv@127.0.0.1:5672/%2Fppv
  2. Docker            A container of the tests' own.
  3. eng/broker.sh     Debian's rabbitmq-server on loopback, in a temporary folder, stopped at the end.
nginx, promtool, systemd-analyze and chromium, where they are missing, are had as eng/tool.sh says. Results and the broker's log are left in artifacts/test-results.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
fast= soak= filter=
while (($#)); do
  case "$1" in
    --fast) fast=yes ;;
    --soak) soak=yes ;;
    --filter) filter=${2:-}; [[ -n $filter ]] || { echo "--filter needs an expression; see --help." >&2; exit 2; }; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "Unknown argument $1; see --help." >&2; exit 2 ;;
  esac
  shift
done

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing: the command dotnet was not found. Install it from https://dot.net." >&2; exit 1; }
cd "$root" || exit 1
# shellcheck source=eng/results.sh
. eng/results.sh
results=$root/artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
[[ -z $soak ]] || export PPV_TEST_SOAK=1
[[ -n $fast ]] || export PPV_TEST_FUZZ_SECONDS=${PPV_TEST_FUZZ_SECONDS:-120} # In all; see eng/fuzz.sh.
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
project_limit=1500 # Seconds that one test project may take.
[[ -z $soak ]] || project_limit=5400
work=$(mktemp -d) # What the tests leave in it goes away with it.
broker_dir=$work/shared-broker broker_starting= compiler=
declare -A running=() began=()

end_compiler() {
  local process
  for process in $(grep -lzxe "[-]pipename:${compiler:-none}" /proc/[0-9]*/cmdline 2>/dev/null); do kill "${process//[^0-9]/}"; done
}

# shellcheck disable=SC2317,SC2329 # Called by the trap.
clean_up() {
  local child
  for child in "${running[@]}" $broker_starting; do
    kill "$child" 2>/dev/null
    wait "$child" 2>/dev/null # At most 30 s: then "timeout" kills it.
  done
  running=() broker_starting=
  end_compiler
  [[ -d $work ]] || return
  [[ ! -d $broker_dir/log ]] || cp -r "$broker_dir/log" "$results/broker-log"
  local node
  # Ours, and those of tests that were ended before they could stop theirs.
  for node in "$work"/*/node; do
    [[ ! -f $node ]] || eng/broker.sh stop "${node%/node}"
  done
  rm -rf "$work" || rm -rf "$work" # Again, in case somebody was still writing.
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

step() { printf '\n== %s (%d s)\n' "$*" "$SECONDS"; }

has_docker() { command -v docker >/dev/null && timeout 15 docker info >/dev/null 2>&1; }

# Begins to start a broker of our own where there is no other one; the build goes on meanwhile.
begin_broker() {
  [[ -z ${PPV_TEST_AMQP:-} ]] || return
  if has_docker; then
    export PPV_TEST_BROKER=docker
    return
  fi
  timeout 900 eng/broker.sh start "$broker_dir" >"$work/broker-address" 2>"$results/broker-start.log" &
  broker_starting=$!
}

find_broker() {
  if [[ -n $broker_starting ]]; then
    step "Broker: RabbitMQ, started with eng/broker.sh"
    local child=$broker_starting
    if wait "$child"; then
      PPV_TEST_AMQP=$(tail -n 1 "$work/broker-address")
      export PPV_TEST_AMQP PPV_TEST_BROKER_DIR=$broker_dir
      echo "$PPV_TEST_AMQP"
    else
      cat "$results/broker-start.log"
      PPV_TEST_BROKER_MISSING="No RabbitMQ: PPV_TEST_AMQP is not set, no Docker engine answers, and eng/broker.sh said: $(tail -n 1 "$results/broker-start.log")"
      export PPV_TEST_BROKER_MISSING
      echo "$PPV_TEST_BROKER_MISSING"
      echo "The tests that need a broker will fail."
    fi
    broker_starting=
  elif [[ -n ${PPV_TEST_AMQP:-} ]]; then
    step "Broker: the one that PPV_TEST_AMQP names"
  else
    step "Broker: a Docker container, started by the tests"
  fi
}

passed=0 failed=0 skipped=0 broken=0 broker_trouble=
report=$results/report.txt
: >"$report"

# Starts a test project in the background, so that others run beside it and a signal to this script is handled at once.
start_project() {
  local name=$1 arguments=() calm=()
  [[ -z $filter ]] || arguments+=(--filter "$filter")
  # The fuzzer takes what processor it gets, for a time: it must not slow down those that wait for answers.
  [[ $name != Ppv.Fuzz.Tests ]] || calm=(nice -n 19)
  TMPDIR=$work "${calm[@]}" timeout --kill-after=30 "$project_limit" dotnet test "tests/$name/$name.csproj" -c Release --no-build \
    --logger "trx;LogFileName=$name.trx" --results-directory "$results" "${arguments[@]}" </dev/null >"$results/$name.log" 2>&1 &
  running[$name]=$! began[$name]=$SECONDS
}

# Waits for a project and counts its tests.
finish_project() {
  local name=$1 trx=$results/$1.trx log=$results/$1.log result=0 good bad left
  wait "${running[$name]}" || result=$?
  unset "running[$name]"
  read -r good bad left < <(totals "$trx")
  if [[ -f $trx ]]; then
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    printf '%-22s %5d passed %5d failed %5d skipped %5d s\n' "$name" "$good" "$bad" "$left" $((SECONDS - began[$name])) | tee -a "$report"
    ((bad == 0)) || print_failures "$trx" | tee -a "$report"
  fi
  # A project that died, hung or found nothing to run must not pass for one that succeeded.
  if [[ $result != 0 && $bad == 0 ]] || [[ $((good + bad + left)) == 0 && -z $filter ]]; then
    broken=$((broken + 1))
    tail -n 40 "$log"
    case $result in
      124 | 137) echo "$name BROKE: it took longer than $project_limit s and was ended." ;;
      *) echo "$name BROKE: it ended with code $result after $((good + bad + left)) tests; its output is in ${log#"$root"/}." ;;
    esac | tee -a "$report"
  fi
  if [[ $name =~ ^Ppv\.(Board|Broker|Deployment)\.Tests$ && ($result != 0 || $bad != 0) ]]; then broker_trouble=yes; fi
}

[[ -n $fast ]] || begin_broker
step "Building"
# One compiler for all projects takes half the time of one for each; it goes with the build. Its name tells it from other people's.
compiler=ppv-test-$$
dotnet build RestRpc.sln -c Release -v quiet -p:UseSharedCompilation=true -p:SharedCompilationId="$compiler" ||
  { echo "The build failed; nothing was tested."; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
end_compiler

if [[ -z $fast ]]; then
  step "Packing into nupkg/"
  rm -f nupkg/*.nupkg nupkg/*.snupkg
  # Those under test have a version of their own: NuGet would take an installed 0.1.0 for them.
  export PPV_TEST_PACKAGES=$work/packages
  suffix=test.$(date +%s)
  pack=(dotnet pack RestRpc.sln -c Release --no-build -v quiet)
  "${pack[@]}" && "${pack[@]}" --version-suffix "$suffix" -p:PackageOutputPath="$PPV_TEST_PACKAGES" ||
    { echo "Packing failed; nothing was tested."; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
fi

# Those that share no broker run side by side, the longest first; those that drive a browser or measure times on brokers come after them, alone.
units=(Ppv.Hosting.Tests Ppv.Cli.Tests Ppv.Rpc.Tests)
for folder in tests/*.Tests; do
  name=${folder#tests/}
  case $name in
    Ppv.Broker.Tests | Ppv.Deployment.Tests | Ppv.Board.Tests) ;;
    Ppv.Hosting.Tests | Ppv.Cli.Tests | Ppv.Rpc.Tests) ;;
    *) [[ -n $fast && $name == Ppv.Packages.Tests ]] || units+=("$name") ;;
  esac
done
step "Testing ${units[*]}"
for name in "${units[@]}"; do
  # More at a time end no sooner, and make those slow that wait for answers.
  while (($(jobs -rp | wc -l) >= $(nproc) + 1)); do sleep 0.2; done
  start_project "$name"
done
for name in "${units[@]}"; do finish_project "$name"; done
if [[ -z $fast ]]; then
  find_broker
  for name in Ppv.Board.Tests Ppv.Broker.Tests Ppv.Deployment.Tests; do
    step "Testing $name"
    start_project "$name"
    finish_project "$name"
  done
fi

if [[ -n $broker_trouble && -f $broker_dir/log/node.log ]]; then
  step "The end of the broker's log (all of it: artifacts/test-results/broker-log)"
  tail -n 40 "$broker_dir/log/node.log"
fi
step "Summary"
cat "$report"
code=0
if ((passed + failed == 0)); then echo "No test ran."; code=1; fi
((failed + broken == 0)) || code=1
# Stopping the broker comes first: the summary has to be the very last line.
clean_up
echo "$passed passed, $((failed + broken)) failed, $skipped skipped"
exit $code
