#!/bin/sh
# A demo on one machine, without a camera: the server streams a film with a face; the client detects the face,
# shows the picture in a window (without a display: in the terminal) and saves a picture. Installs missing
# packages.
#
# usage: sh scripts/demo.sh [SECONDS]
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh
sh scripts/setup.sh

seconds=${1:-5}
picture=framewire-demo.png
work=$(mktemp -d)
server=
stop() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

# A film of ten seconds in which the face moves.
ffmpeg -v error -loop 1 -framerate 30 -i tests/media/astronaut.jpg \
  -vf "crop=384:384:x='64+64*sin(2*PI*t/4)':y=0,scale=320:240" -t 10 -pix_fmt yuv420p "$work/face.mp4"

deno cache --quiet server.ts client.ts
deno run --quiet --permission-set=server server.ts -i "$work/face.mp4" --loop --color -s 127.0.0.1 -p 0 2>"$work/server.log" &
server=$!
port=
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  port=$(sed -n 's/^listens: .* port //p' "$work/server.log")
  [ -z "$port" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.25
done
if [ -z "$port" ]; then
  cat "$work/server.log" >&2
  exit 1
fi

display=
[ -t 1 ] || display='--display none'
# shellcheck disable=SC2086 # $display is zero or two words
deno run --quiet --permission-set=client client.ts 127.0.0.1 "$port" --filter faces \
  --events "$work/events" --duration "$seconds" -o "$work/film.gray" -o "$picture" $display 2>"$work/client.log" ||
  { cat "$work/client.log" >&2; exit 1; }

frames=$(($(wc -c <"$work/film.gray") / (320 * 240)))

printf 'server   %s\n' "$(sed -n 's/^watch: *//p' "$work/server.log" | head -n 1)"
printf 'shown    %s frames of 320x240 in %s s, %s a second\n' "$frames" "$seconds" \
  "$(awk "BEGIN { printf \"%.1f\", $frames / $seconds }")"
printf 'faces    detected in %s of %s searched frames\n' "$(grep -c '"boxes":\[\[' "$work/events")" \
  "$(wc -l <"$work/events")"
printf 'picture  %s/%s\n' "$PWD" "$picture"
