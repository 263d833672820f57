#!/usr/bin/env bash
# Measures the gateway on PostgreSQL and on SQLite beside the floor (benches/floor), and prints the table with the ratios.
#
#   scripts/bench.sh                                                           ten thousand users
#   BENCH_SECONDS=1 BENCH_ROUNDS=1 BENCH_USERS=500 scripts/bench.sh            only whether it works; its figures say nothing
#
#   BENCH_SECONDS       how long each scenario is measured in each round, in whole seconds (5)
#   BENCH_ROUNDS        how often the servers take turns (5)
#   BENCH_USERS         users on each server (10000); the large group has as many members, at most 10000
#   BENCH_CONNECTIONS   connections of the client (8)
#   BENCH_DIR           the folder that the databases are made in, on the disk to be measured ($TMPDIR or /tmp)
#   WICKETGATE_BIN      a release binary to measure instead of building one
#
# Progress goes to standard error, the tables to standard output as Markdown. Every server runs durably and as it does in
# production, but for the request limits, which are off. All of it is thrown away afterwards.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

seconds=${BENCH_SECONDS:-5}
rounds=${BENCH_ROUNDS:-5}
users=${BENCH_USERS:-10000}
connections=${BENCH_CONNECTIONS:-8}
gateway=${WICKETGATE_BIN:-}

fail() {
    echo "bench.sh: $*" >&2
    exit 1
}

note() {
    echo "== $*" >&2
}

for setting in "BENCH_SECONDS=$seconds" "BENCH_ROUNDS=$rounds" "BENCH_USERS=$users" "BENCH_CONNECTIONS=$connections"; do
    [[ ${setting#*=} =~ ^[1-9][0-9]*$ ]] || fail "$setting: give a whole number above 0"
done
[ "$users" -ge 100 ] || fail "BENCH_USERS=$users: give at least 100, which is one page"
[ -z "$gateway" ] || [ -x "$gateway" ] || fail "WICKETGATE_BIN=$gateway: no such program"

# What the caller's shell configures must not reach the gateway that is measured.
while IFS= read -r name; do
    unset "$name"
done < <(compgen -e WICKETGATE_ || true)

work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/wicketgate-bench.XXXXXX")
# PostgreSQL may have to run as another user, who has to reach its folder below this one.
chmod 711 "$work"
servers=()

cleanup() {
    local status=$? server
    trap '' INT TERM
    for server in ${servers[@]+"${servers[@]}"}; do
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    done
    scripts/postgres.sh stop "$work/floor/postgres" || true
    scripts/postgres.sh stop "$work/postgresql/postgres" || true
    rm -rf "$work"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The value of one key of a JSON object read from standard input.
field() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# listening PID PORT LOG : waits until the process takes connections.
listening() {
    local attempt
    for attempt in $(seq 1 300); do
        kill -0 "$1" 2>/dev/null || break
        if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then
            return
        fi
        sleep 0.1
    done
    cat "$3" >&2
    fail "a server did not start"
}

# target NAME BASE TOKEN PID [DATABASE'S PID] : says to the load tool where a server is.
target() {
    python3 - "$work/$1.json" "$work/$1.state.json" "$@" <<'PY'
import json
import sys

path, state, name, base, token, *pids = sys.argv[1:]
processes = dict(zip(("server", "db"), map(int, pids)))
with open(path, "w", encoding="utf-8") as file:
    json.dump({"name": name, "base": base, "token": token, "pids": processes, "state": state}, file)
PY
}

# cluster NAME : a durable cluster of the server's own. Sets $url.
cluster() {
    mkdir -p "$work/$1"
    chmod 711 "$work/$1"
    url=$(scripts/postgres.sh start "$work/$1/postgres" durable)
}

cluster_pid() {
    head -n 1 "$work/$1/postgres/data/postmaster.pid"
}

start_floor() {
    local url port pid
    cluster floor
    port=$(free_port)
    DB=$url PORT=$port "$tools/floor" >"$work/floor/log" 2>&1 &
    pid=$!
    servers+=("$pid")
    listening "$pid" "$port" "$work/floor/log"
    floor=http://127.0.0.1:$port
    target floor "$floor/scim/v2/org1" secret "$pid" "$(cluster_pid floor)"
}

# start_gateway NAME URL [DATABASE'S PID]
start_gateway() {
    local name=$1 url=$2 port pid org service_user token settings
    mkdir -p "$work/$name/data"
    port=$(free_port)
    settings=(
        env "WICKETGATE_DATABASE_URL=$url" "WICKETGATE_DATA_DIR=$work/$name/data" WICKETGATE_LOG=warn
        "WICKETGATE_PUBLIC_URL=http://127.0.0.1:$port" "$gateway"
    )
    "${settings[@]}" migrate >&2
    "${settings[@]}" serve --listen "127.0.0.1:$port" >"$work/$name/log" 2>&1 &
    pid=$!
    servers+=("$pid")
    listening "$pid" "$port" "$work/$name/log"
    org=$("${settings[@]}" org create --name Bench --format json | field id)
    "${settings[@]}" org set --org "$org" --requests-per-second 0 --request-burst 0 --concurrent-requests 0 >&2
    service_user=$("${settings[@]}" service-user create --org "$org" --name bench --format json | field id)
    token=$("${settings[@]}" token create --org "$org" --service-user "$service_user" --name bench --format json | field token)
    target "$name" "http://127.0.0.1:$port/scim/v2/$org" "$token" "$pid" "${@:3}"
}

all_targets=(--target "$work/floor.json" --target "$work/postgresql.json" --target "$work/sqlite.json")

# pair SCENARIOS LIMIT WARMUP : a failed operation is told in the table; the measuring goes on.
pair() {
    "$tools/scimbench" pair "${all_targets[@]}" --scenario "$1" --for "$2" --warmup "$3" --rounds "$rounds" \
        -c "$connections" --out "$work/results" >&2 || failed=1
}

machine() {
    local model memory system
    model=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
    memory=$(awk '/^MemTotal:/ { printf "%.1f GiB", $2 / 1048576 }' /proc/meminfo)
    system=$(. /etc/os-release && printf '%s' "${PRETTY_NAME:-Linux}")
    cat <<MACHINE
- Processor: ${model:-$(uname -m)}, $(nproc) cores
- Memory: $memory
- System: $system, Linux $(uname -r); databases on $(stat -f -c %T "$work")
- Versions: $("$gateway" --version), $("$(scripts/postgres.sh bindir)/postgres" --version), $(rustc --version)
- Load: $users users, $connections connections, $rounds rounds of $seconds s for each scenario and server
MACHINE
}

note "building"
target_dir=$(cargo metadata --no-deps --format-version 1 | field target_directory)
for tool in scimbench floor; do
    cargo build --quiet --release --locked --manifest-path "benches/$tool/Cargo.toml" --target-dir "$target_dir/benches" >&2
done
tools=$target_dir/benches/release
if [ -z "$gateway" ]; then
    cargo build --quiet --release --locked -p wicketgate >&2
    gateway=$target_dir/release/wicketgate
fi

note "the disk"
"$tools/sqliteloop" "$work/loop.db" "$seconds" >"$work/disk"
rm -f "$work"/loop.db*
cat "$work/disk" >&2

note "starting the servers"
start_floor
cluster postgresql
start_gateway postgresql "$url" "$(cluster_pid postgresql)"
start_gateway sqlite "sqlite://$work/sqlite/wicketgate.db"

failed=
large=$((users < 10000 ? users : 10000))
note "plain HTTP"
"$tools/scimbench" run --name http --base "$floor" --scenario raw:/static --for "${seconds}s" -c "$connections" \
    --out "$work/http" >&2 || failed=1
note "creating users and groups"
"$tools/scimbench" preload "${all_targets[@]}" --users "$users" --groups "100,$large" --budget 3600 >&2

note "measuring"
pair get,lookup,lookup_miss,list_page,put,patch_replace,create,okta_lifecycle "${seconds}s" 1s
# Whoever is added to the large group has to be a user outside of it; that many are added to the others only now.
adds=$((200 * seconds))
"$tools/scimbench" preload "${all_targets[@]}" --users $((users + rounds * (adds + 60))) --budget 3600 >&2
pair "group_add:$large" "$adds,${seconds}s" 50

machine
python3 scripts/bench.py "$work/results" "$work/http" "$work/disk"
[ -z "$failed" ] || fail "some operations failed: see above"
