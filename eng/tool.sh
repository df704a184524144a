#!/usr/bin/env bash
# Makes sure that a tool is there which the tests, or scripts beside this one, run by themselves. See --help.
set -euo pipefail

readonly install_limit=300 # Seconds.
readonly missing=3

usage() {
  cat <<'TEXT'
Usage: eng/tool.sh nginx | promtool | systemd-analyze | curl | chromium | chromedriver | pngquant

The last line on stdout is the tool's path. A tool that is missing is installed from Debian's package, by root or with sudo
that asks for no password, and no service is started. promtool is not installed: it is taken out of the package prometheus,
into artifacts/tools.

Exit code 0: it is there. 3: it is missing and can't be had here; the last line on stderr says why.
TEXT
}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit "$missing"; }

find_tool() { PATH=$PATH:/usr/sbin:/usr/local/sbin:$tools command -v "$tool"; }

# As root, with what it says kept for the case that it fails.
apt_get() {
  "${as_root[@]}" timeout "$install_limit" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=60 "$@" </dev/null >>"$log" 2>&1
}

may_be_root() {
  [[ $(id -u) != 0 ]] || return 0
  sudo -n true 2>/dev/null || return 1
  as_root=(sudo -n)
}

install_package() {
  may_be_root || fail "$tool is not installed and this user may not install it. Run: sudo apt-get install $package"
  # The package may start a system-wide service when it is installed; this file is Debian's way to say no.
  policy=/usr/sbin/policy-rc.d own_policy=
  if [[ ! -e $policy ]]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
  fi
  say "Installing the Debian package $package ..."
  apt_get install --no-install-recommends "$package" ||
    { apt_get update && apt_get install --no-install-recommends "$package"; } || tail -n 20 "$log" >&2
  # Where somebody else's policy let the service start: it is not wanted, and nobody had it before.
  [[ -n $own_policy || $tool != nginx ]] || "${as_root[@]}" timeout 60 service nginx stop >/dev/null 2>&1 || true
}

take_out_of_package() {
  command -v dpkg >/dev/null || fail "$tool is not installed and there is no dpkg here. Install $tool by hand."
  say "Taking $tool out of the Debian package $package ..."
  download() { (cd "$work" && timeout "$install_limit" apt-get -q download "$package" </dev/null >>"$log" 2>&1); }
  if download || { may_be_root && apt_get update && download; }; then
    mkdir "$work/all"
    dpkg -x "$work/$package"_*.deb "$work/all"
    mkdir -p "$tools"
    # Under another name first: somebody may look for it at this moment.
    cp "$work/all/usr/bin/$tool" "$tools/.$tool.$$"
    mv "$tools/.$tool.$$" "$tools/$tool"
  else
    tail -n 20 "$log" >&2
  fi
}

clean_up() {
  [[ -z ${own_policy:-} ]] || "${as_root[@]}" rm -f "$policy" # Also when interrupted: it would keep every service from starting.
  [[ -z ${work:-} ]] || rm -rf "$work"
}

tool=${1:-} get=install_package as_root=()
case $tool in
  nginx) package=nginx-light ;;
  promtool) package=prometheus get=take_out_of_package ;;
  systemd-analyze) package=systemd ;;
  curl) package=curl ;;
  chromium) package=chromium ;;
  chromedriver) package=chromium-driver ;;
  pngquant) package=pngquant ;;
  -h | --help) usage; exit 0 ;;
  *) usage >&2; exit 2 ;;
esac
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)/artifacts/tools

if ! find_tool >/dev/null; then
  command -v apt-get >/dev/null || fail "$tool is not installed and there is no apt-get here. Install what Debian calls $package."
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d)
  log=$work/log
  "$get"
  find_tool >/dev/null || fail "$tool could not be had from the package $package (see above). Install it by hand: apt-get install $package"
fi
find_tool
