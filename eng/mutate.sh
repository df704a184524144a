#!/usr/bin/env bash
# Changes the pure cores in hundreds of small ways and sees whether a test fails for each. See --help.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: eng/mutate.sh [CORE...]

Mutation testing with Stryker.NET: of each core, at least 90 of 100 changes must be seen by a test. Works on a copy of the
tree, uncommitted changes included; installs Stryker into artifacts/tools. All cores take about an hour, so this is no
part of ./test.sh. The exit code is 0 when every core has its 90 %.

Cores: host-selector, leadership, pending-requests, codec, lease-table, journal-rules. By default all of them.
Reports with every change that survived: artifacts/mutation/CORE/reports/mutation-report.html
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
version=5.1.0
all=(host-selector leadership pending-requests codec lease-table journal-rules)

# The package of a core, its files (FILE@TYPE: from that type on), and the tests that are to see its changes.
core() {
  case "$1" in
    host-selector) package=Ppv.Rpc files="Hosts/HostSelector.cs Hosts/HostTable.cs" tests="HostSelectorTests HostTableTests" ;;
    leadership)
      package=Ppv.Rpc
      files="Leadership/Takeover.cs@TakeoverDecision Leadership/LeadershipHistory.cs Leadership/QueueLeadership.cs"
      tests="TakeoverDecision TenureTests QueueLeadershipTests"
      ;;
    pending-requests) package=Ppv.Rpc files="Client/PendingRequests.cs" tests="PendingRequestsTests" ;;
    codec) package=Ppv.Protocol files="Codec/ReplyReader.cs Codec/RequestWriter.cs" tests="ReplyReaderTests RequestWriterTests" ;;
    lease-table) package=Ppv.Hosting files="Worker/Lines/LeaseTable.cs Worker/Lines/LinePool.cs Worker/Lines/CallState.cs" tests="Hosting.Tests.Lease LineScheduler" ;;
    journal-rules) package=Ppv.Hosting files="Worker/Journal/JournalRules.cs" tests="InMemoryOrderJournalTests JournalModelTests" ;;
    *) echo "There is no core $1; see --help." >&2; exit 2 ;;
  esac
}

[[ ${1:-} != -h && ${1:-} != --help ]] || { usage; exit 0; }
(($#)) || set -- "${all[@]}"
for name; do core "$name"; done

tools=$root/artifacts/tools
if [[ ! -x $tools/dotnet-stryker ]]; then
  dotnet tool install dotnet-stryker --version "$version" --tool-path "$tools" >/dev/null ||
    { echo "Stryker $version could not be installed; NuGet must be reachable." >&2; exit 1; }
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
(cd "$root" && git ls-files -z --cached --others --exclude-standard --deduplicate | xargs -0 -I{} sh -c '[ ! -e "$1" ] || printf "%s\0" "$1"' _ {} |
  tar -c --null -T - | tar -x -C "$copy")

result=0
summary=()
for name; do
  core "$name"
  printf '\n== %s: %s (%d s)\n' "$name" "$files" "$SECONDS"
  report=$root/artifacts/mutation/$name
  rm -rf "$report"
  mkdir -p "$report"
  arguments=()
  for file in $files; do
    path=${file%@*} span=
    if [[ $file == *@* ]]; then
      source=$(find "$copy/src/$package" -path "*/$path")
      # Stryker counts characters from the beginning of the file.
      from=$(LC_ALL=C.UTF-8 awk -v type="class ${file#*@}" '{ if (index($0, type)) { print at; exit } at += length($0) + 1 }' "$source")
      span="{${from:?}..$(LC_ALL=C.UTF-8 wc -m <"$source")}"
    fi
    arguments+=(--mutate "**/$path$span")
  done
  filter=
  for test in $tests; do filter+="${filter:+|}FullyQualifiedName~$test"; done
  # xunit.v3 runs tests in a process of their own, which only the runner of the Microsoft Testing Platform can mutate.
  (cd "$copy/tests/$package.Tests" &&
    "$tools/dotnet-stryker" --project "$package.csproj" "${arguments[@]}" --test-case-filter "$filter" --test-runner mtp --threshold-low 90 \
      --threshold-high 95 --break-at 90 --skip-version-check -r Html -r Json -r Markdown --output "$report") >"$report/output.txt" 2>&1 || result=1
  cat "$report"/reports/*.md 2>/dev/null | grep '^|' | grep -v 'N\\/A' || tail -n 20 "$report/output.txt"
  summary+=("$(printf '%-18s %s' "$name" "$(grep -o 'final mutation score is.*' "$report/output.txt" || echo 'no score: see output.txt')")")
done
printf '\n== Summary (%d s)\n' "$SECONDS"
printf '%s\n' "${summary[@]}"
exit $result
