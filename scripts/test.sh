#!/bin/sh
# Runs all checks: format, lint, types, layers, unit tests, end-to-end tests, and the end-to-end tests again with
# the compiled programs. Installs missing packages. Ends with `N passed, N failed, N skipped`. Run the long tests
# by hand before a release: scripts/soak.ts (misbehaving clients for hours), scripts/ffmpegs.sh (other versions of
# ffmpeg), scripts/bench.ts (speed).
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh
sh scripts/setup.sh test

step() { printf '\n== %s\n' "$*"; }
counts=$(mktemp)
compiled=$(mktemp)
trap 'rm -f "$counts" "$compiled"' EXIT
status=0

# test_log ARGUMENTS...: runs tests, whose types are checked before, and shows their output, which is kept in $log.
test_log() {
  { deno test --allow-all --quiet --no-check "$@" 2>&1 || touch "$log.failed"; } | tee "$log"
  if [ -e "$log.failed" ]; then rm "$log.failed" && return 1; fi
}

# summary_of LOG: deno's line, such as "ok | 12 passed | 0 failed | 1 ignored (3s)".
summary_of() { grep -aE '^(ok|FAILED) \| ' "$1" | tail -n 1; }

# run_tests ARGUMENTS...: runs tests, and keeps their summary for the total.
run_tests() {
  log=$(mktemp)
  test_log "$@" || status=1
  summary_of "$log" >>"$counts"
  rm -f "$log"
}

# run_e2e ARGUMENTS...: the same for end-to-end tests. Those that a busy machine has spoiled are run again, alone and once,
# and told: other tests beside them can make a time worse, never better.
run_e2e() {
  log=$(mktemp)
  if test_log "$@"; then
    summary_of "$log" >>"$counts"
  else
    first=$(summary_of "$log")
    # Lines such as "NAME => ./tests/e2e/FILE_test.ts:1:6".
    failed=$(grep -aoE '^.+ => \./tests/e2e/[a-z_0-9]+_test\.ts:[0-9:]+$' "$log" | sort -u)
    files=$(echo "$failed" | sed -E 's/.* => (.*_test\.ts):.*/\1/' | sort -u)
    tests=$(echo "$failed" | sed -E 's/ => [^ ]*$//; s/ \.\.\. .*//' | sort -u) # a step runs with its test
    pattern=$(echo "$tests" | sed -E 's/[][\\.^$*+?(){}|/]/\\&/g' | paste -sd '|')
    echo "again, alone: $failed"
    # shellcheck disable=SC2086 # these are file names
    if [ -n "$failed" ] && test_log --filter "/^($pattern)\$/" $files &&
      [ "$(summary_of "$log" | awk '{ print $3 }')" -ge "$(echo "$tests" | wc -l)" ]; then
      echo "$first" | awk '{ for (i = 1; i <= NF; i++) { if ($i == "failed") { f = $(i-1); $(i-1) = 0 } }
        for (i = 1; i <= NF; i++) if ($i == "passed") $(i-1) += f; $1 = "ok"; print }' >>"$counts"
    else
      echo "$first" >>"$counts"
      status=1
    fi
  fi
  rm -f "$log"
}

step format, lint, types, layers, docs/options.md
deno fmt --check --quiet
deno lint --quiet
deno check --quiet server.ts client.ts scripts/*.ts scripts/bench/*.ts tests
deno run --allow-read --allow-run scripts/check_layers.ts
deno run --allow-read scripts/docs_options.ts --check

step unit tests
# These put scripts in ffmpeg's place, by PATH, which parallel tests would run, too; and one counts the Workers of this
# process. Of the others, those of the filters come first: they take the longest.
alone="$(grep -lE 'FakeFfmpeg|PATH' tests/capture/*_test.ts tests/ffmpeg/*_test.ts tests/host/*_test.ts)
tests/vision/background_detector_test.ts"
# shellcheck disable=SC2046,SC2086 # one word per file
{
  run_tests --parallel $(find tests -name '*_test.ts' ! -path 'tests/e2e/*' | sort -r | grep -vFx "$alone")
  run_tests $alone
}

# The tests of what differs between the two run from source and compiled (the frames of the main job, signals, Workers,
# permissions), all others only compiled. Three files run at a time, since most of them wait most of the time, and the
# longest first; two of those in which no frame may be missing; and one of those that measure, which a busy machine
# disturbs, or put a script in ffmpeg's place (camera).
names() { printf 'tests/e2e/%s_test.ts\n' "$@"; }
both=$(names looping_filters own_filters ways_out)
whole=$(names vision spoken_wire camera_faults foreign_programs cameras misuse gather film_frames)
measuring=$(names main_job displays many_clients camera crowd link link_h264 hostile)
long=$(names page_states page_filters record network_faults color_shown detect page_boot source_faults page_ends track bad_input page_h264)
# shellcheck disable=SC2086 # these are lists of words, here and below
others=$(ls tests/e2e/*_test.ts | grep -vFx "$(printf '%s\n' $whole $both $measuring $long)")

compile() {
  if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] && [ -z "${DENORT_BIN-}" ]; then
    DENORT_BIN=$(bash scripts/denort.sh)
    export DENORT_BIN
  fi
  sh scripts/compile.sh
}

step end-to-end tests, while the programs are compiled
compile >"$compiled" 2>&1 &
compiling=$!
export FRAMEWIRE_PROGRAMS=source
# shellcheck disable=SC2086
DENO_JOBS=3 run_e2e --parallel $both
if ! wait "$compiling"; then
  cat "$compiled" >&2
  exit 1
fi
run_e2e tests/e2e/main_job_test.ts

step end-to-end tests of the compiled programs
cat "$compiled"
export FRAMEWIRE_PROGRAMS=compiled
# shellcheck disable=SC2086
{
  DENO_JOBS=3 run_e2e --parallel $long $both $others
  DENO_JOBS=2 run_e2e --parallel $whole
  run_e2e $measuring
}

# Adds up lines such as "ok | 12 passed | 0 failed | 1 ignored (3s)", one per run.
printf '\n'
awk '{ for (i = 2; i <= NF; i++) { if ($i == "passed") p += $(i-1); if ($i == "failed") f += $(i-1); if ($i == "ignored") s += $(i-1) } }
  END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 }' "$counts" || status=1
exit "$status"
