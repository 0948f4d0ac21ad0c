#!/usr/bin/env bash
# scripts/ffmpegs.sh runs this inside of each Debian. It prints one line per test.
set -u
ffmpeg -version | sed -n '1s/ Copyright.*//p'
status=0
dir=$(mktemp -d)
server=
trap 'kill $server 2>/dev/null; rm -rf "$dir"' EXIT

result() { # result NAME OK?
  printf '%-40s %s\n' "$1" "$2"
  [ "$2" = ok ] || status=1
}

start() { # start ARGS...: a server on a free port; sets $server, $port and $web
  rm -f "$dir/log"
  : >"$dir/log"
  ./server -s 127.0.0.1 -p 0 --http 0 "$@" 2>>"$dir/log" <"${input:-/dev/null}" &
  server=$!
  for _ in $(seq 100); do
    web=$(sed -n 's|^web: *||p' "$dir/log") # the last line of the start
    port=$(sed -n 's/^listens: .* port //p' "$dir/log")
    [ -n "$web" ] && return
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  sed 's/^/    /' "$dir/log"
  return 1
}

stop() {
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
}

frames_of() { # frames_of FILE: the number of frames
  ffprobe -v error -count_frames -select_streams v -show_entries stream=nb_read_frames -of csv=p=0 "$1" |
    head -n 1 | tr -d ','
}

is_red() { # is_red FILE ARGS...: whether its first picture is red
  file=$1
  shift
  set -- $(ffmpeg -v error "$@" -i "$file" -frames:v 1 -vf scale=1:1 -pix_fmt rgb24 -f rawvideo - | od -An -tu1)
  [ "${1:-0}" -gt 235 ] && [ "${2:-255}" -lt 20 ] && [ "${3:-255}" -lt 20 ] && return
  echo "    red, green, blue: $*"
  return 1
}

receive() { # receive NAME ARGS...: receives 20 frames with the client
  name=$1
  shift
  if timeout 30 ./client 127.0.0.1 "$port" --display none --frames 20 "$@" 2>"$dir/client"; then
    result "$name" ok
  else
    result "$name" FAILED
    sed 's/^/    /' "$dir/client"
  fi
}

ffmpeg -v error -f lavfi -i testsrc2=size=320x240:rate=25 -t 3 -pix_fmt yuv420p -c:v libx264 -y "$dir/film.mp4"
ffmpeg -v error -stream_loop 4 -i "$dir/film.mp4" -f yuv4mpegpipe -y "$dir/film.y4m"

# A live source: a server's y4m, which the next server reads from the network.
./server -s 127.0.0.1 -p 0 --wire y4m --test -r 320x240 2>"$dir/live" &
live=$!
trap 'kill $server $live 2>/dev/null; rm -rf "$dir"' EXIT
until url=$(sed -n 's|^listens: \(.*\) port |tcp://\1:|p' "$dir/live") && [ -n "$url" ]; do
  kill -0 "$live" || exit 1
  sleep 0.1
done

for source in test film stdin url; do
  case $source in
    url) set -- -i "$url" ;;
    test) set -- --test -r 320x240 ;;
    film) set -- -i "$dir/film.mp4" --loop ;;
    stdin) input=$dir/film.y4m && set -- -i - ;;
  esac
  for wire in raw y4m mjpeg; do
    if start "$@"; then receive "source $source, wire $wire" --wire "$wire"; else result "source $source" FAILED; fi
    stop
  done
  input=
done

start --test -r 320x240 -f 10 --filter motion && receive "filter motion, -f 10"
stop

start --test -r 320x240 || result "source test" FAILED
for ending in mp4 mkv webm avi y4m; do
  receive "record .$ending" -o "$dir/x.$ending"
  [ "$(frames_of "$dir/x.$ending")" -ge 15 ] 2>/dev/null || result "  frames of .$ending" FAILED
done
receive "record .gray" -o "$dir/x.gray"
[ "$(stat -c %s "$dir/x.gray")" = $((20 * 320 * 240)) ] || result "  bytes of .gray" FAILED
receive "stills .png" -o "$dir/%03d.png"
[ "$(ls "$dir"/0*.png | wc -l)" = 20 ] || result "  20 stills" FAILED
receive "still .jpg" -o "$dir/newest.jpg"
for page in snapshot.jpg snapshot.png; do
  ffmpeg -v error -i "$web$page" -f null - 2>"$dir/page" && result "page $page" ok || result "page $page" FAILED
done
ffmpeg -v error -f mpjpeg -i "${web}stream.mjpg" -frames:v 5 -f null - && result "page stream.mjpg" ok ||
  result "page stream.mjpg" FAILED
stop

start -i color=red:size=323x241:rate=30 --input-options "-f lavfi -re" --color || result "colors" FAILED
for file in x.mp4 x.mkv x.webm x.avi x.y4m x.png x.jpg; do
  receive "colors in .${file#x.}" -o "$dir/$file"
  is_red "$dir/$file" || result "  red in .${file#x.}" FAILED
done
receive "colors by mjpeg" --wire mjpeg -o "$dir/x.y4m"
is_red "$dir/x.y4m" || result "  red by mjpeg" FAILED
receive "colors as bgr24" --pixels bgr24 -o "$dir/x.raw"
is_red "$dir/x.raw" -f rawvideo -pixel_format bgr24 -video_size 323x241 || result "  red as bgr24" FAILED
for page in snapshot.jpg snapshot.png; do
  is_red "$web$page" && result "page $page in color" ok || result "page $page in color" FAILED
done
receive "gray of colors" --gray -o "$dir/gray.gray"
stop
start -i color=red:size=323x241:rate=30 --input-options "-f lavfi -re" && receive "gray" -o "$dir/plain.gray"
cmp -n $((20 * 323 * 241)) "$dir/gray.gray" "$dir/plain.gray" && result "the same gray" ok || result "the same gray" FAILED
stop

kill "$live"

ffmpeg -v error -i "$dir/film.mp4" -c copy -y "$dir/whole.mkv"
head -c 50000 "$dir/whole.mkv" >"$dir/cut.mkv"
./server -s 127.0.0.1 -p 0 -i "$dir/cut.mkv" 2>"$dir/log"
[ $? = 1 ] && grep -q "is damaged" "$dir/log" && result "a cut film" ok || result "a cut film" FAILED
count=$(./server -s 127.0.0.1 -p 0 -i "$dir/film.mp4" -f 10 2>&1 | sed -n 's/^ended after \([0-9]*\).*/\1/p')
[ "$count" = 30 ] && result "3 s at -f 10 are 30 frames" ok || result "3 s at -f 10 are $count frames" FAILED
ffmpeg -v error -itsoffset 0.2 -i "$dir/film.mp4" -f lavfi -i sine=duration=3 -map 0 -map 1 -c:v copy -c:a flac -y "$dir/sound.mkv"
count=$(./server -s 127.0.0.1 -p 0 -i "$dir/sound.mkv" 2>&1 | sed -n 's/^ended after \([0-9]*\).*/\1/p')
[ "$count" = 75 ] && result "75 frames behind their sound" ok || result "75 frames behind their sound are $count" FAILED
exit "$status"
