#!/bin/sh
# Builds the two programs as single executables, with the minimal permissions of each (in deno.json).
#
# usage: sh scripts/compile.sh [TARGET...]   writes dist/ for this host, dist/TARGET/ for others
#        sh scripts/compile.sh all           this host and every target below
#
# If Deno's site cannot be reached, set DENORT_BIN to a runtime (for tests: scripts/denort.sh).
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh

targets='x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin x86_64-pc-windows-msvc'

# Deno embeds whole packages. Of onnxruntime-web and what it depends on only two files are used: the WebAssembly with SIMD
# that runs on the processor (14 MB), and the module that loads it, which imports nothing. The others have 130 MB.
unused_files() { # prints one path a line
  deno cache --quiet lib/vision/onnx/onnx_worker.ts # now, since its files are listed
  packages=$(deno info --json | sed -n 's/.*"npmCache": "\(.*\)".*/\1/p')
  for file in "$packages"/*/onnxruntime-web/*/dist/* "$packages"/*/onnxruntime-web/*/lib \
    "$packages"/*/onnxruntime-web/*/docs "$packages"/*/flatbuffers/*/* "$packages"/*/guid-typescript/*/* \
    "$packages"/*/long/*/* "$packages"/*/onnxruntime-common/*/* "$packages"/*/platform/*/* \
    "$packages"/*/protobufjs/*/* "$packages"/*/@protobufjs/*/*/* "$packages"/*/@types/node/*/* \
    "$packages"/*/undici-types/*/*; do
    case $file in
      */package.json | */ort-wasm-simd-threaded.wasm | */ort.wasm.bundle.min.mjs) ;;
      *) printf '%s\n' "$file" ;;
    esac
  done
}

compile() { # compile DIRECTORY [--target TARGET]
  directory=$1
  shift
  while IFS= read -r file; do set -- "$@" --exclude "$file"; done <"$unused"
  for program in server client; do
    # deno compile does not find the Workers, the cascades and the web page by itself: the code loads them at run time.
    if ! deno compile --quiet --no-prompt --permission-set=$program \
      --include lib/vision/chain_worker.ts --include lib/vision/detector_worker.ts \
      --include lib/vision/search_worker.ts --include lib/vision/onnx/onnx_worker.ts \
      --include lib/vision/models --include lib/serve/web/page "$@" -o "$work/$program" "$program.ts" 2>"$errors"; then
      sed '/^Stack backtrace/,$d' "$errors" >&2
      if grep -q 'client error\|error sending request\|404' "$errors"; then
        printf 'error: %s\nhint:  %s\n' "Cannot fetch the runtime for the compiled programs" \
          "on x86-64 Linux, for tests: DENORT_BIN=\$(bash scripts/denort.sh) sh scripts/compile.sh" >&2
      fi
      exit 1
    fi
    mkdir -p "$directory"
    for file in "$work/$program"*; do
      mv -f "$file" "$directory/" # last: a failed build does not touch the previous one
      printf '%s/%s\n' "$directory" "${file##*/}"
    done
  done
}

work=$(mktemp -d)
errors=$work.errors
unused=$work.unused
trap 'rm -rf "$work" "$errors" "$unused"' EXIT
unused_files >"$unused"
[ "${1-}" != all ] || set -- host $targets
[ $# -gt 0 ] || set -- host
for target; do
  case " host $targets " in
    *" $target "*) ;;
    *)
      printf 'error: Unknown target "%s"\nhint:  use one of: all %s\n' "$target" "$targets" >&2
      exit 2
      ;;
  esac
  if [ "$target" = host ]; then compile dist; else compile "dist/$target" --target "$target"; fi
done
