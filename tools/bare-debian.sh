#!/usr/bin/env bash
# Runs a command on a bare Debian 12 that has nothing but Node and npm, in a fresh clone of this repository:
#   tools/bare-debian.sh npm run demo
# It is what a newcomer's machine looks like. Needs root, Linux, debootstrap and git; processes of its own end with it,
# the network is shared. What is committed counts, not what is edited. The machine is made under /var/tmp, and removed.
set -euo pipefail

repository=$(cd "$(dirname "$0")/.." && pwd)
machine=$(mktemp -d /var/tmp/bare-debian-XXXXXX)
trap 'rm -rf --one-file-system "$machine"' EXIT
chmod 755 "$machine"

debootstrap --variant=minbase "${DEBIAN_RELEASE:-bookworm}" "$machine" > /dev/null
cp /etc/resolv.conf /etc/hosts "$machine/etc/"
install -m 755 "$(readlink -f "$(command -v node)")" "$machine/usr/bin/node"
npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
mkdir -p "$machine/usr/lib/node_modules"
cp -a "$npm" "$machine/usr/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$machine/usr/bin/npm"
ln -s ../lib/node_modules/npm/bin/npx-cli.js "$machine/usr/bin/npx"
# A certificate authority of this machine's network is not known there.
if test -n "${NODE_EXTRA_CA_CERTS:-}"; then cp -L "$NODE_EXTRA_CA_CERTS" "$machine/etc/extra-ca.crt"; fi
git clone --quiet "$repository" "$machine/srv/repository"

export machine
unshare --mount --pid --fork --kill-child bash -euc '
  mount -t proc proc "$machine/proc"
  mount -t tmpfs -o mode=755 dev "$machine/dev"
  mkdir -m 1777 "$machine/dev/shm"
  for device in null zero full random urandom tty; do
    touch "$machine/dev/$device"
    mount --bind "/dev/$device" "$machine/dev/$device"
  done
  ln -s /proc/self/fd "$machine/dev/fd"
  certificates=$(test ! -e "$machine/etc/extra-ca.crt" || echo NODE_EXTRA_CA_CERTS=/etc/extra-ca.crt)
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  chroot "$machine" env -i PATH="$PATH" HOME=/root TERM="${TERM:-dumb}" $certificates \
    sh -c "cd /srv/repository && exec \"\$@\"" sh "$@"
' bash "$@"
