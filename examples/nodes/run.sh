#!/bin/bash
# Two nodes over one PostgreSQL, each in a network namespace of its own, killed, cut off and started again under load.
#
#   sudo examples/nodes/run.sh            (TEQ=path/of/teq, SECONDS_OF_LOAD=60, KEEP=1 to keep logs)
#
# Needs root (namespaces), iproute2, and the programs of a PostgreSQL server with a user `postgres` to run it.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
load=${SECONDS_OF_LOAD:-60}
rate=${RATE:-40}

fail() { echo "run.sh: $*" >&2; exit 2; }
[ "$(id -u)" = 0 ] || fail "needs root: it makes network namespaces (sudo $0)"
command -v ip > /dev/null || fail "needs ip, of iproute2"
id postgres > /dev/null 2>&1 || fail "needs a user called postgres, who runs the server"
bin=$(dirname "$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2> /dev/null | tail -1)")
[ -x "$bin/initdb" ] || fail "needs the programs of a PostgreSQL server: initdb, postgres, pg_ctl"
teq=${TEQ:-$here/../../target/release/teq}
[ -x "$teq" ] || (cd "$here/../.." && cargo build --release --package isopace --features teq --bin teq)

tag=iso$$
work=$(mktemp -d)
all="hub db host till a b"
spaces() { for space in $all; do echo "$tag-$space"; done; }

tidy() {
    trap - EXIT INT TERM
    [ -d "$work/data" ] && as_postgres "$bin/pg_ctl" stop -s -m immediate -D "$work/data" > /dev/null 2>&1 || true
    for space in $(spaces); do
        for process in $(ip netns pids "$space" 2> /dev/null); do kill -9 "$process" 2> /dev/null || true; done
        ip netns del "$space" 2> /dev/null || true
    done
    if [ -n "${KEEP:-}" ]; then echo "logs: $work"; else rm -rf "$work"; fi
}
trap tidy EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

within() { local space=$1; shift; ip netns exec "$tag-$space" "$@"; }
as_postgres() { within db setpriv --reuid=postgres --regid=postgres --init-groups env LC_ALL=C "$@"; }
since() { echo $((($(date +%s%N) - $1) / 1000000)); }

# --- networks: one that terminals, nodes and host are in, one of the database ---------------------------------------
ip netns add "$tag-hub" 2> /dev/null || fail "network namespaces are not permitted here"
for bridge in front back; do
    ip -n "$tag-hub" link add "$bridge" type bridge
    ip -n "$tag-hub" link set "$bridge" up
done
join() { # namespace, bridge, address
    ip -n "$tag-hub" link add "$1-$2" type veth peer name "$2" netns "$tag-$1"
    ip -n "$tag-hub" link set "$1-$2" master "$2" up
    ip -n "$tag-$1" addr add "$3/24" dev "$2"
    ip -n "$tag-$1" link set "$2" up
}
for space in db host till a b; do
    ip netns add "$tag-$space"
    ip -n "$tag-$space" link set lo up
done
join db back 10.84.0.1
join a back 10.84.0.11
join b back 10.84.0.12
join host front 10.83.0.2
join till front 10.83.0.9
join a front 10.83.0.11
join b front 10.83.0.12

# --- the database ------------------------------------------------------------------------------------------------------
chmod 711 "$work"
mkdir "$work/data" "$work/socket"
chown postgres "$work/data" "$work/socket"
as_postgres "$bin/initdb" --auth=trust --username=isopace --encoding=UTF8 --locale=C -D "$work/data" > "$work/initdb.log"
echo "host all all 10.84.0.0/24 trust" >> "$work/data/pg_hba.conf"
database() {
    as_postgres "$bin/pg_ctl" "$@" -s -w -D "$work/data" -l "$work/data/log" \
        -o "-c listen_addresses=10.84.0.1 -c unix_socket_directories=$work/socket" > /dev/null
}
ask() { as_postgres psql -h "$work/socket" -U isopace -d isopace -qAt -c "$1"; }
database start
as_postgres psql -h "$work/socket" -U isopace -d postgres -qc 'CREATE DATABASE isopace'

# --- host and nodes ----------------------------------------------------------------------------------------------------
cp -r "$here/a" "$here/b" "$work"
mkdir "$work/keys"
(umask 077; od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' > "$work/keys/2026-11.hex")
echo "host=10.84.0.1 user=isopace dbname=isopace" > "$work/connection"

within host "$teq" simulate --listen 10.83.0.2:8583 --scenario "$here/host.toml" > "$work/host.log" 2>&1 &
declare -A process
start() { # node
    within "$1" "$teq" run --deploy "$work/$1" --log-level info 2>> "$work/$1.log" &
    process[$1]=$!
}
reversals() { grep -c '<- 042' "$work/host.log" || true; }
until_more() { # reversals than that: prints the milliseconds since a moment
    local deadline=$((SECONDS + 60))
    while [ "$(reversals)" -le "$2" ]; do
        [ $SECONDS -lt $deadline ] || fail "no reversal was delivered for a minute"
        sleep 0.02
    done
    since "$1"
}
start a
start b
for node in a b; do
    for _ in $(seq 300); do within till bash -c "< /dev/tcp/10.83.0.$([ $node = a ] && echo 11 || echo 12)/9000" 2> /dev/null && break; sleep 0.1; done
done
echo "two nodes run over one PostgreSQL; $load s of load, $rate purchases a second at each"

# --- load, and what befalls them -----------------------------------------------------------------------------------------
loads=()
for node in a b; do
    sed "s/TERMINAL/TERM000${node^^}/" "$here/load.mix.toml" > "$work/$node.mix.toml"
    within till "$teq" load --to "10.83.0.$([ $node = a ] && echo 11 || echo 12):9000" --rate "$rate" --duration "${load}s" \
        --timeout 3s --mix "$work/$node.mix.toml" --json "$work/$node.json" > "$work/$node.load" 2>&1 &
    loads+=($!)
done
end=$((SECONDS + load - 15))
sleep 3
round=0
while [ $SECONDS -lt $end ]; do
    for node in a b; do
        [ $SECONDS -lt $end ] || break
        at=$(date +%s%N) before=$(reversals)
        kill -9 "$(ip netns pids "$tag-$node")" 2> /dev/null || true
        wait "${process[$node]}" 2> /dev/null || true
        echo "node $node killed: the next reversal after $(until_more "$at" "$before") ms"
        start "$node"
        sleep 2
    done
    case $round in
    0)
        ip -n "$tag-hub" link set a-back down
        at=$(date +%s%N) before=$(reversals)
        echo "node a cut off from the database: the next reversal after $(until_more "$at" "$before") ms"
        sleep 4
        ip -n "$tag-hub" link set a-back up
        ;;
    1)
        at=$(date +%s%N) before=$(reversals)
        database restart -m immediate
        echo "PostgreSQL ended at once and started again in $(since "$at") ms: the next reversal after $(until_more "$at" "$before") ms"
        ;;
    esac
    round=$((round + 1))
done
wait "${loads[@]}" 2> /dev/null || true

# --- what must hold ------------------------------------------------------------------------------------------------------
for _ in $(seq 300); do
    [ "$(ask 'SELECT count(*) FROM isopace.entry WHERE state = 0')" = 0 ] && break
    sleep 0.2
done
for node in a b; do kill -TERM "$(ip netns pids "$tag-$node")"; wait "${process[$node]}" || true; done
# What was begun while they stopped is delivered when one runs again.
start a
for _ in $(seq 100); do
    sleep 0.2
    [ "$(ask 'SELECT count(*) FROM isopace.entry WHERE state = 0')" = 0 ] && break
done
kill -TERM "$(ip netns pids "$tag-a")"; wait "${process[a]}" || true
echo
wrong=0
awk -v result="$work/result" -f "$here/judge.awk" "$work/host.log" || wrong=1
read -r reversed open < "$work/result"
states=$(ask "SELECT count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1), count(*) FILTER (WHERE state = 2) FROM isopace.entry")
IFS='|' read -r waiting delivered dead <<< "$states"
echo "accepted by the queue            $((waiting + delivered + dead))"
echo "  delivered, waiting, given up   $delivered, $waiting, $dead"
[ "$waiting" = 0 ] && [ "$dead" = 0 ] || { echo "WRONG: not all that was accepted is delivered"; wrong=1; }
[ "$delivered" = "$reversed" ] || { echo "WRONG: the host has seen $reversed of $delivered"; wrong=1; }
# Where requests are written down before they are sent, a kill leaves none open.
if [ "$(ask 'SELECT count(*) FROM isopace.txn')" != 0 ] && [ "$open" != 0 ]; then
    echo "WRONG: $open purchases that nobody has an answer to are not reversed"
    wrong=1
fi
grep -qE '4012345678909|4111111111111111|5399410000000000' "$work"/*.log "$work"/*.load && { echo "WRONG: a card number is shown"; wrong=1; }
if [ $wrong = 0 ]; then echo "nothing that was accepted is lost, and nothing was done twice"; fi
exit $wrong
