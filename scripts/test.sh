#!/bin/sh
# The whole gate: format, lint, types, layers, unit tests, end-to-end tests, and the end-to-end tests again
# on the compiled programs. Installs what is missing. Ends with `N passed, N failed`. What runs for long is
# started by hand before a release: scripts/soak.ts (bad clients for hours), scripts/ffmpegs.sh (other
# versions of ffmpeg), scripts/bench.ts (speed).
set -eu
cd "$(dirname "$0")/.."
. scripts/env.sh
sh scripts/setup.sh test

step() { printf '\n== %s\n' "$*"; }
counts=$(mktemp)
trap 'rm -f "$counts"' EXIT
status=0

# run_tests FILES...: runs them, shows all, and keeps the count of deno's closing line.
run_tests() {
  log=$(mktemp)
  { deno test --allow-all --quiet "$@" 2>&1 || touch "$log.failed"; } | tee "$log"
  grep -E '^(ok|FAILED) \| ' "$log" | tail -n 1 >>"$counts"
  if [ -e "$log.failed" ]; then status=1; fi
  rm -f "$log" "$log.failed"
}

step format, lint, types, layers, docs/options.md
deno fmt --check --quiet
deno lint --quiet
deno check --quiet server.ts client.ts scripts/*.ts tests
deno run --allow-read --allow-run scripts/check_layers.ts
deno run --allow-read scripts/docs_options.ts --check

step unit tests
run_tests --parallel tests/docs_test.ts tests/frame tests/wire tests/ffmpeg tests/capture tests/vision tests/present tests/cli tests/receive tests/serve

# Two at a time, but for those that measure what a busy machine spoils. Those that take their time are
# tried on the compiled programs alone: narrow links, crowds, faults, web pages, records.
measuring="tests/e2e/displays_test.ts tests/e2e/many_clients_test.ts tests/e2e/vision_test.ts"
measuring_long="tests/e2e/crowd_test.ts tests/e2e/link_test.ts"
long=$(printf 'tests/e2e/%s_test.ts ' source_faults network_faults output_faults placeholders \
  large_frames pacing record pass_on web http)
# shellcheck disable=SC2086 # these are lists of words, here and below
quick=$(ls tests/e2e/*_test.ts | grep -vFx "$(printf '%s\n' $measuring $measuring_long $long)")

step end-to-end tests
export FRAMEWIRE_PROGRAMS=source
# shellcheck disable=SC2086
{
  run_tests --parallel $quick
  run_tests $measuring
}

step end-to-end tests of the compiled programs
if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] && [ -z "${DENORT_BIN-}" ]; then
  DENORT_BIN=$(bash scripts/denort.sh)
  export DENORT_BIN
fi
sh scripts/compile.sh
export FRAMEWIRE_PROGRAMS=compiled
# shellcheck disable=SC2086
{
  run_tests --parallel $quick $long
  run_tests $measuring $measuring_long
}

# "ok | 12 passed | 0 failed | 1 ignored (3s)", a line a run
printf '\n'
awk '{ for (i = 2; i <= NF; i++) { if ($i == "passed") p += $(i-1); if ($i == "failed") f += $(i-1); if ($i == "ignored") s += $(i-1) } }
  END { printf "%d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 }' "$counts" || status=1
exit "$status"
