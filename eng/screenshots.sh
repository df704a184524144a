#!/usr/bin/env bash
# Takes the pictures of the line board that the README and docs/board.md show. See --help.
set -euo pipefail

readonly largest=150000 # Bytes.

usage() {
  cat <<'TEXT'
Usage: eng/screenshots.sh [FOLDER]

Photographs the board when it is OK, DEGRADED and DOWN, on a desk (1440 x 900) and on a phone (390 x 844), into FOLDER, by default
docs/images: board-STATE-SCREEN.png. Needs the .NET SDK; chromium and pngquant are had as eng/tool.sh says.
TEXT
}

case ${1:-} in
  -h | --help) usage; exit 0 ;;
  -*) usage >&2; exit 2 ;;
esac
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
folder=$(mkdir -p "${1:-$root/docs/images}" && cd "${1:-$root/docs/images}" && pwd -P)
pngquant=$("$root/eng/tool.sh" pngquant | tail -n 1)
"$root/eng/tool.sh" chromium >/dev/null
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

PPV_BOARD_SCREENSHOTS=$work dotnet test "$root/tests/Ppv.Board.Tests" --filter FullyQualifiedName~ScreenshotTests -v quiet >"$work/log" 2>&1 ||
  { cat "$work/log" >&2; exit 1; }
[[ $(find "$work" -name 'board-*.png' | wc -l) == 6 ]] || { cat "$work/log" >&2; echo "Six pictures were expected." >&2; exit 1; }
for picture in "$work"/board-*.png; do
  name=$(basename "$picture")
  "$pngquant" --quality=60-95 --speed 1 --strip --force --output "$folder/$name" "$picture"
  size=$(stat -c %s "$folder/$name")
  ((size <= largest)) || { echo "$name has $size bytes, more than $largest." >&2; exit 1; }
  printf '%s %d bytes\n' "$name" "$size"
done
