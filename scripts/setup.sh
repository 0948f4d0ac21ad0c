#!/bin/sh
# Installs the requirements of Framewire: Deno and ffmpeg, and with `test` also those of the tests. It keeps what
# is already installed, prints what it does, and can run again.
#
# usage: sh scripts/setup.sh [test]
set -eu

deno_version=2.7.1 # the version to install; an installed 2.6 or newer is kept
say() { printf 'setup: %s\n' "$*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }
fail() {
  printf 'error: %s\nhint:  %s\n' "$1" "$2" >&2
  exit 1
}

# --- Debian's packages -------------------------------------------------------------------------

missing=
need() { # need COMMAND PACKAGE: adds the package to $missing if the command is missing
  has "$1" || case " $missing " in *" $2 "*) ;; *) missing="$missing $2" ;; esac
}
need ffmpeg ffmpeg
need ffplay ffmpeg
if [ "${1-}" = test ]; then
  need nc netcat-openbsd
  need tmux tmux
  need Xvfb xvfb
  need xdotool xdotool
  need import imagemagick
  need gst-launch-1.0 gstreamer1.0-tools
  need cc gcc
  need openssl openssl
  need python3 python3
  need ip iproute2
  need tc iproute2
  need curl curl
  need chromium chromium
  need nginx nginx
  if [ ! -e /usr/lib/nginx/modules/ngx_rtmp_module.so ]; then
    missing="$missing libnginx-mod-rtmp"
  fi
  # The programs of docs/interop.md need numpy. Debian's python3 has it, which may not be the first one in PATH.
  if ! python3 -c "import numpy" 2>/dev/null && ! /usr/bin/python3 -c "import numpy" 2>/dev/null; then
    missing="$missing python3-numpy"
  fi
  # OpenCV's own dnn, against which the filter `detect` is tested.
  if ! /usr/bin/python3 -c "import cv2" 2>/dev/null; then missing="$missing python3-opencv"; fi
  # GStreamer's elements are not commands: tcpclientsrc is in base, rawvideoparse in bad.
  if ! has gst-inspect-1.0 || ! gst-inspect-1.0 --exists tcpclientsrc; then
    missing="$missing gstreamer1.0-plugins-base"
  fi
  if ! has gst-inspect-1.0 || ! gst-inspect-1.0 --exists rawvideoparse; then
    missing="$missing gstreamer1.0-plugins-bad"
  fi
fi
needs_deno() {
  ! has deno || ! deno eval \
    'const [a, b] = Deno.version.deno.split(".").map(Number); Deno.exit(a > 2 || a === 2 && b >= 6 ? 0 : 1)' \
    >/dev/null 2>&1
}
PATH=$PATH:$HOME/.local/bin
if needs_deno; then
  need npm npm
fi

if [ -n "$missing" ]; then
  if [ "$(id -u)" = 0 ] && has apt-get; then
    say "installing from Debian:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086 # the packages are separate words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
  elif has apt-get; then
    fail "Cannot install$missing: this needs root" "run: sudo apt-get install$missing"
  else
    fail "Cannot install$missing: this is not Debian" \
      "install them with your system's package manager, then run this again"
  fi
fi

# --- Deno --------------------------------------------------------------------------------------

if needs_deno; then
  case $(uname -s)-$(uname -m) in
    Linux-x86_64) package=linux-x64-glibc ;;
    Linux-aarch64) package=linux-arm64-glibc ;;
    Darwin-x86_64) package=darwin-x64 ;;
    Darwin-arm64) package=darwin-arm64 ;;
    *) fail "Cannot install Deno: no build for $(uname -s) on $(uname -m)" \
      "install Deno 2.6 or newer by hand" ;;
  esac
  if [ "$(id -u)" = 0 ]; then bin=/usr/local/bin; else bin=$HOME/.local/bin; fi
  say "installing Deno $deno_version into $bin"
  mkdir -p "$bin"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # The platform's package has the binary; the package "deno" has a Node wrapper around it.
  (cd "$work" && npm pack --silent "@deno/$package@$deno_version" >/dev/null 2>&1) ||
    fail "Cannot fetch Deno $deno_version from the npm registry" \
      "check the network, or install Deno 2.6 or newer by hand"
  tar -xzf "$work"/*.tgz -C "$work"
  install -m 755 "$work/package/deno" "$bin/deno"
fi

say "ready: Deno $(deno eval 'console.log(Deno.version.deno)'), $(ffmpeg -version | sed -n '1s/ Copyright.*//p')"
