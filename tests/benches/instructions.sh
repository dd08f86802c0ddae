#!/bin/sh
# Instructions of each operation, counted by callgrind: what a busy machine cannot falsify.
# A case is run for some passes and for twice as many; the difference is its own, without the start of the program.
# Usage: tests/benches/instructions.sh [one|four|many]
set -eu
traffic=${1:-one}
cd "$(dirname "$0")/../.."
case $traffic in one) messages=16 passes=20 ;; four | many) messages=1024 passes=1 ;; *) echo "one, four or many" >&2; exit 2 ;; esac
command -v valgrind >/dev/null || { echo "valgrind is not installed" >&2; exit 1; }
cargo build --quiet --release -p isopace-tests --bin compare
program=${CARGO_TARGET_DIR:-target}/release/compare

collected() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" --count "$traffic" "$1" "$2" "$3" 2>&1 |
        sed -n 's/^==[0-9]*== Collected : //p'
}

columns='memcpy ceiling-reused ceiling-owned isopace iso_8583_rs i8583'
printf '%-10s' "$traffic"
# shellcheck disable=SC2086
printf ' %14s' $columns
printf '\n'
for row in parse held read read-text typed pack pack-into edit edit-into reply; do
    printf '%-10s' "$row"
    for column in $columns; do
        times=$passes
        of=$messages
        if [ "$row" = held ]; then times=1 of=1024; fi
        case $row in pack* | edit*) if [ "$column" != memcpy ] && [ "$messages" -gt 128 ]; then of=128; fi ;; esac
        once=$(collected "$row" "$column" "$times")
        if [ -z "$once" ] || ! "$program" --count "$traffic" "$row" "$column" 0 2>/dev/null; then
            printf ' %14s' -
            continue
        fi
        twice=$(collected "$row" "$column" $((2 * times)))
        printf ' %14s' $(((twice - once) / (times * of)))
    done
    printf '\n'
done
