#!/usr/bin/env bash
# Makes sure that nginx is there, for tests that run it by themselves on loopback. The last line on stdout is its path.
set -euo pipefail

readonly install_limit=300 # Seconds.

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

find_nginx() { PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx; }

if ! find_nginx >/dev/null; then
  as_root=()
  if [[ $(id -u) != 0 ]]; then
    sudo -n true 2>/dev/null || fail "nginx is not installed and this user may not install it. Run: sudo apt-get install nginx-light"
    as_root=(sudo -n)
  fi
  command -v apt-get >/dev/null || fail "nginx is not installed and there is no apt-get here. Install nginx 1.22 or later."
  say "Installing the Debian package nginx-light ..."
  # The package starts a system-wide service when it is installed; this file is Debian's way to say no.
  policy=/usr/sbin/policy-rc.d own_policy=
  if [[ ! -e $policy ]]; then
    own_policy=yes
    trap '"${as_root[@]}" rm -f "$policy"' EXIT # Also when interrupted: it would keep every service from starting.
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
  fi
  log=$(mktemp)
  apt_get() { "${as_root[@]}" timeout "$install_limit" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=60 "$@" </dev/null >>"$log" 2>&1; }
  result=0
  apt_get install --no-install-recommends nginx-light || { apt_get update && apt_get install --no-install-recommends nginx-light; } || result=$?
  [[ $result == 0 ]] || tail -n 20 "$log" >&2
  rm -f "$log"
  # Where somebody else's policy let the service start: it is not wanted, and nobody had it before.
  [[ -n $own_policy ]] || "${as_root[@]}" timeout 60 service nginx stop >/dev/null 2>&1 || true
  find_nginx >/dev/null || fail "Installing nginx failed (see above). Install it by hand: apt-get install nginx-light"
fi
find_nginx
