#!/usr/bin/env bash
# Follows docs/migration.md word for word on a Debian of its own, with systemd, RabbitMQ and nginx, and places calls between the steps.
set -uo pipefail

usage() {
  cat <<'TEXT'
Usage: eng/migration.sh [--published FOLDER]

Makes a Debian of its own out of this one: what is installed here, seen through an overlay, so that nothing on this machine
changes, with its own processes, network (loopback only), accounts, and systemd. In it stands an old site: RabbitMQ, nginx,
stand-ins of the old programs, and the simulator in the place of Wizard. Then each command of docs/migration.md is run as
it stands there, its checks and its ways back too, and calls are placed through nginx on port 8070 after each step. Ends
with 0 when all of it went well and Wizard was told of each purchase once; with 77 when this machine permits no such
Debian (it takes root, namespaces, overlayfs and systemd). RabbitMQ, nginx, systemd and curl are installed where missing.

  --published FOLDER  Takes FOLDER/worker, gateway, simulator and old-programs instead of publishing them.
TEXT
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
published=
while (($#)); do
  case "$1" in
    --published) published=$(cd "${2:?"--published needs a folder; see --help."}" && pwd -P) || exit 2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) echo "Unknown argument $1; see --help." >&2; exit 2 ;;
  esac
  shift
done

readonly not_permitted=77
refuse() { echo "No Debian of its own here: $*" >&2; exit "$not_permitted"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

[[ $(id -u) == 0 ]] || refuse "that takes root."
for tool in systemd-analyze curl nginx; do "$root/eng/tool.sh" "$tool" >/dev/null || refuse "$tool can't be had."; done
for program in unshare nsenter dbus-daemon useradd /lib/systemd/systemd; do
  command -v "$program" >/dev/null || refuse "$program is missing (Debian's packages util-linux, dbus, passwd, systemd)."
done
dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")") || refuse ".NET is missing."

box=$(mktemp -d) # Empty but for what is mounted on it, and that only the box sees.
cgroup_name=ppv-box-$$
init=

clean_up() {
  local pid=
  [[ -z $init ]] || pid=$(pgrep -P "$init" 2>/dev/null)
  [[ -z $pid ]] || kill -KILL "$pid" 2>/dev/null # The first process of a namespace takes all others with it.
  [[ -z $init ]] || wait "$init" 2>/dev/null
  # The kernel keeps a group until somebody removes it, from the innermost.
  unshare -m bash -c '
    mount -t cgroup2 cgroup2 "$1" 2>/dev/null || exit 0
    for _ in {1..50}; do
      find "$1" -depth -type d -path "*/$2*" -exec rmdir {} + 2>/dev/null
      [[ -n $(find "$1" -type d -name "$2" -print -quit) ]] || break
      sleep 0.1
    done' clean "$box" "$cgroup_name"
  rm -rf "$box" "$own"
}
own=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

"$root/eng/broker.sh" start "$own/broker" >/dev/null || fail "RabbitMQ is not here and could not be installed."
"$root/eng/broker.sh" stop "$own/broker"

if [[ -z $published ]]; then
  published=$own/published
  echo "Publishing ..."
  for program in samples/Worker:worker samples/Gateway:gateway samples/WizardSimulator:simulator tests/Ppv.OldPrograms:old-programs; do
    dotnet publish "$root/${program%:*}" -c Release -o "$published/${program#*:}" -v quiet || fail "Publishing ${program%:*}"
  done
fi

# Runs in namespaces of its own: builds the box's file system, and becomes its systemd.
build_box() {
  set -e
  local box=$1 root=$2 published=$3 dotnet=$4 folder
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 ppv-box "$box"
  mkdir "$box"/{upper,work,debian,dev}
  mount -t overlay -o "lowerdir=/,upperdir=$box/upper,workdir=$box/work" overlay "$box/debian"
  cd "$box/debian"

  # A bare one: what tests and people left on this machine is not there.
  rm -rf var/lib/rabbitmq/* etc/rabbitmq/* var/log/rabbitmq/* var/log/nginx/* etc/nginx/sites-enabled/* etc/nginx/conf.d/* \
    etc/systemd/system/* opt/ppv etc/ppv var/lib/ppv-* var/log/ppv-* usr/sbin/policy-rc.d root/nginx-before-ppv var/log/journal
  ln -s /lib/systemd/system/multi-user.target etc/systemd/system/default.target
  for unit in getty.target console-getty.service systemd-logind.service systemd-networkd.service systemd-resolved.service \
    systemd-timesyncd.service systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service dev-hugepages.mount \
    systemd-tmpfiles-clean.timer apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer; do
    ln -sf /dev/null "etc/systemd/system/$unit"
  done
  : >etc/fstab
  printf '127.0.0.1 localhost kfs-gax\n' >etc/hosts
  echo kfs-gax >etc/hostname
  hostname kfs-gax

  mkdir -p opt/site opt/published usr/share/dotnet
  mount --rbind -o ro "$root" opt/site
  mount --rbind -o ro "$published" opt/published
  mount --bind -o ro "$dotnet" usr/share/dotnet
  mount -t proc proc proc
  mount -t sysfs -o ro sysfs sys
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs run
  mount -t tmpfs -o mode=755 tmpfs "$box/dev"
  mkdir "$box/dev"/{pts,shm}
  for folder in null zero full random urandom tty; do
    : >"$box/dev/$folder"
    mount --bind "/dev/$folder" "$box/dev/$folder"
  done
  ln -s /proc/self/fd "$box/dev/fd"
  ln -s pts/ptmx "$box/dev/ptmx"
  mount --move "$box/dev" dev
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
  mount -t tmpfs -o mode=1777 tmpfs dev/shm
  mkdir old
  pivot_root . old
  umount -l /old
  mount --make-rshared / # systemd gives services their credentials that way; in a container it expects to find it so.
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --show-status=no --log-level=notice
}

# Its own group of processes first: a systemd takes the root of what it sees for its own.
enter_box() {
  set -e
  local tree=$1/tree here
  mkdir "$tree"
  mount --make-rprivate /
  mount -t cgroup2 cgroup2 "$tree"
  here=$tree$(sed -n 's/^0:://p' /proc/self/cgroup)/$2
  mkdir "$here"
  echo $$ >"$here/cgroup.procs"
  umount "$tree"
  rmdir "$tree"
  shift 2
  exec unshare -n -p -u -i -C -f --kill-child bash -c "$(declare -f build_box); build_box \"\$@\"" build "$@"
}

unshare -m bash -c "$(declare -f enter_box build_box); enter_box \"\$@\"" enter "$box" "$cgroup_name" "$box" "$root" "$published" "$dotnet" \
  </dev/null >"$own/boot.log" 2>&1 &
init=$!

inside() {
  local pid
  pid=$(pgrep -P "$init") || return
  timeout --kill-after=10 "$1" nsenter -a -t "$pid" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "${@:2}"
}

booted=
for _ in {1..300}; do
  kill -0 "$init" 2>/dev/null || break
  # "degraded" is a unit of this machine that can't run in the box; those that count are asked for one by one.
  case $(inside 10 systemctl is-system-running 2>/dev/null </dev/null) in running | degraded) booted=yes; break ;; esac
  sleep 0.2
done
if [[ -z $booted ]]; then
  cat "$own/boot.log" >&2
  refuse "systemd did not start in one."
fi
inside 900 bash /opt/site/eng/migration/walk.sh
