#!/usr/bin/env bash
# Feeds everything that takes bytes from strangers with changed inputs, for hours if you like. See --help.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: eng/fuzz.sh [MINUTES] [TARGET]
       eng/fuzz.sh replay TARGET FILE-OR-BASE64

Changes the inputs in tests/Ppv.Fuzz/corpus in many ways, and looks at what each leads to: no exception but a documented
result, no hang (2 s of processor time, or a minute without an end), no growth beyond what is in proportion to the input,
no log line that is not one line of printable text, and the promises of the target, such as that what was taken reads the
same again, and that what goes to Wizard has exactly its form. Inputs that lead to something new are changed further.

All targets take turns of 20 s for MINUTES in all (10 unless given), or TARGET alone; after each turn there is a line for
it. Needs no broker and one core. The exit code is 0 when nothing was found.

Each finding is shortened, and kept in artifacts/fuzz/TIME/TARGET: the input as a file, what happened as a .txt beside it.
What to do with one:
  1. eng/fuzz.sh replay TARGET FILE  shows it again, with its stack trace.
  2. Copy FILE to tests/Ppv.Fuzz/corpus/TARGET under a name that says what it is. Now ./test.sh --fast fails.
  3. Mend it at its root, until ./test.sh --fast passes.

./test.sh runs the corpus, and changed inputs for two minutes (PPV_TEST_FUZZ_SECONDS); ./test.sh --fast the corpus only.
TEXT
}

[[ ${1:-} != -h && ${1:-} != --help ]] || { usage; exit 0; }
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1
dotnet build tests/Ppv.Fuzz -c Release -v quiet || { echo "The build failed; nothing was run." >&2; exit 1; }
# A copy, so that a build meanwhile changes nothing under a run of hours.
copy=$(mktemp -d) child=
trap 'rm -rf "$copy"' EXIT
trap 'kill $child 2>/dev/null; wait $child; exit 143' INT TERM HUP
cp -r tests/Ppv.Fuzz/bin/Release/net10.0/. "$copy"
[[ ${1:-} == replay ]] || set -- run "artifacts/fuzz/$(date +%Y%m%d-%H%M%S)" "${1:-10}" "${@:2}"
dotnet "$copy/Ppv.Fuzz.dll" "$@" & # So that a signal is handled at once.
child=$!
wait "$child"
