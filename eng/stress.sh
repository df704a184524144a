#!/usr/bin/env bash
# Runs the unit suites again and again while every core is kept busy, to find tests that need a quick machine. See --help.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: eng/stress.sh [ROUNDS] [--filter EXPRESSION]

Builds the solution in Release and runs every unit test project ROUNDS times (20 unless given), all of them side by side and with
one busy loop for each core. A test that fails once is a defect: it looks where it should wait, or it measures the machine.
Needs no broker. Ends with the line "N passed, N failed, N skipped"; the exit code is 0 only when tests ran and none failed.

  --filter EXPRESSION  Only tests that match, as in "dotnet test --filter", such as: FullyQualifiedName~MovingTests

What failed is printed as it happens; the results of failed runs stay in artifacts/stress.
TEXT
}

rounds=20 filter=
while (($#)); do
  case "$1" in
    --filter) filter=${2:-}; [[ -n $filter ]] || { echo "--filter needs an expression; see --help." >&2; exit 2; }; shift ;;
    -h | --help) usage; exit 0 ;;
    '' | *[!0-9]* | 0) echo "$1 is no number of rounds and no option; see --help." >&2; exit 2 ;;
    *) rounds=$1 ;;
  esac
  shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1
# shellcheck source=eng/results.sh
. eng/results.sh
readonly project_limit=900 # Seconds that one run of one project may take.
results=$root/artifacts/stress
rm -rf "$results"
mkdir -p "$results"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
children=() runs=()

# shellcheck disable=SC2317,SC2329 # Called by the trap.
clean_up() {
  local child
  for child in "${children[@]}" "${runs[@]}"; do kill "$child" 2>/dev/null; done
  children=() runs=()
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

dotnet build RestRpc.sln -c Release -v quiet || { echo "The build failed; nothing was tested."; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
projects=()
for folder in tests/*.Tests; do
  name=${folder#tests/}
  [[ $name =~ ^Ppv\.(Board|Broker|Deployment|Packages)\.Tests$ ]] || projects+=("$name")
done

for ((core = 0; core < $(nproc); core++)); do
  (while :; do :; done) &
  children+=($!)
done

arguments=()
[[ -z $filter ]] || arguments+=(--filter "$filter")
passed=0 failed=0 skipped=0
for ((round = 1; round <= rounds; round++)); do
  begin=$SECONDS
  runs=()
  for name in "${projects[@]}"; do
    timeout --kill-after=30 "$project_limit" dotnet test "tests/$name/$name.csproj" -c Release --no-build \
      --logger "trx;LogFileName=$round-$name.trx" --results-directory "$results" "${arguments[@]}" </dev/null >"$results/$round-$name.log" 2>&1 &
    runs+=($!)
  done
  for index in "${!projects[@]}"; do
    name=$round-${projects[$index]} result=0
    wait "${runs[$index]}" || result=$?
    read -r good bad left < <(totals "$results/$name.trx")
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
    if ((bad > 0)); then
      print_failures "$results/$name.trx"
    elif [[ $result != 0 || ($((good + left)) == 0 && -z $filter) ]]; then
      failed=$((failed + 1))
      echo "  $name BROKE: it ended with code $result; its output is in artifacts/stress/$name.log."
    else
      rm -f "$results/$name.trx" "$results/$name.log"
    fi
  done
  runs=()
  printf 'Round %d of %d: %d passed, %d failed so far (%d s)\n' "$round" "$rounds" "$passed" "$failed" $((SECONDS - begin))
done

clean_up
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0 && passed > 0))
