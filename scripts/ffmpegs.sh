#!/usr/bin/env bash
# Tests the compiled programs (dist/) with ffmpeg 4.3, 5.1, 7.1 and 9.0, in temporary Debian systems: all sources,
# wires, recordings and pages. scripts/test.sh does not include it: run it before a release.
#
# usage: sudo bash scripts/ffmpegs.sh [SUITE...]     bullseye bookworm trixie forky
#
# Needs root and mmdebstrap (apt install mmdebstrap). Each suite takes 300 MB in /tmp/suites and is kept.
set -eu
cd "$(dirname "$0")/.."
fail() {
  printf 'error: %s\nhint:  %s\n' "$1" "$2" >&2
  exit 1
}
[ -x dist/server ] && [ -x dist/client ] || fail "dist/ has no programs" "build them: sh scripts/compile.sh"
[ "$(id -u)" = 0 ] || fail "This needs root" "run: sudo bash scripts/ffmpegs.sh"
command -v mmdebstrap >/dev/null || fail "mmdebstrap is missing" "run: apt-get install mmdebstrap"

build() { # build SUITE: a Debian with ffmpeg, below /tmp/suites
  root=/tmp/suites/$1
  [ -x "$root/usr/bin/ffmpeg" ] && return
  mkdir -p /tmp/suites
  site=$(apt-get indextargets --format '$(SITE)' | grep -m 1 '/debian$')
  mmdebstrap --variant=minbase --mode=root --aptopt='APT::Install-Recommends "false"' \
    --aptopt='Acquire::Check-Valid-Until "false"' --dpkgopt='path-exclude=/usr/share/doc/*' \
    --include=ffmpeg,ca-certificates,procps "$1" "$root" "deb [trusted=yes] $site $1 main" \
    >"/tmp/suites/$1.log" 2>&1 || fail "Cannot build Debian $1" "see /tmp/suites/$1.log"
}

inside() { # inside SUITE COMMAND...: runs it in the suite, in a new mount namespace; $work is /w
  suite=$1
  shift
  unshare -m --propagation private bash -c '
    root=$1 work=$2; shift 2
    mkdir -p "$root/w" "$root/dev" "$root/proc"; mount -t tmpfs none "$root/dev"; mkdir "$root/dev/shm"
    for node in "null 3" "zero 5" "full 7" "random 8" "urandom 9"; do
      mknod -m 666 "$root/dev/${node% *}" c 1 "${node#* }"
    done
    ln -s /proc/self/fd "$root/dev/fd"; mount -t proc proc "$root/proc"; mount --bind "$work" "$root/w"
    exec chroot "$root" /bin/sh -c "cd /w && exec \"\$@\"" sh "$@"' bash "/tmp/suites/$suite" "$work" "$@"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp dist/server dist/client scripts/ffmpegs_inside.sh "$work/"
status=0
for suite in ${*:-bullseye bookworm trixie forky}; do
  build "$suite"
  printf '\n== %s\n' "$suite"
  inside "$suite" bash ffmpegs_inside.sh || status=1
done
exit "$status"
