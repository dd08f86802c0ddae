#!/bin/sh
# Runs every fuzz target for so many seconds, or those named: tests/fuzz/run.sh SECONDS [TARGET]...
# Needs a nightly compiler and cargo-fuzz. What was found beforehand is kept in corpus/, what fails in artifacts/.
set -eu
seconds=${1:?"tests/fuzz/run.sh SECONDS [TARGET]..."}
shift
cd "$(dirname "$0")"
[ $# -gt 0 ] || set -- parse_iso87a rebuild edit load_spec
for target in "$@"; do
    echo "== $target, $seconds seconds"
    mkdir -p "corpus/$target"
    cargo +nightly fuzz run --fuzz-dir . "$target" "corpus/$target" "seeds/$target" -- \
        -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1
done
