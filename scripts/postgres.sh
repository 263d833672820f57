#!/usr/bin/env bash
# A throw-away PostgreSQL cluster for tests: reachable on loopback only, and fast instead of durable unless asked.
#
#   scripts/postgres.sh start DIR   makes a cluster in DIR, prints its database URL; DIR/tls.crt is what it proves itself with
#   scripts/postgres.sh start DIR durable    the same with every commit on the disk, for measuring
#   scripts/postgres.sh stop DIR    stops it; DIR may be removed afterwards
#   scripts/postgres.sh bindir      prints the folder of the server's programs, or fails with the fix
#
# The URL's role owns its database and nothing else: it is not a superuser, just as in production.
set -euo pipefail
shopt -s inherit_errexit

# What the caller's shell says about some other PostgreSQL must not leak into this one.
unset PGHOST PGHOSTADDR PGPORT PGUSER PGPASSWORD PGPASSFILE PGDATABASE PGSERVICE PGOPTIONS PGSSLMODE PGDATA

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

usage() {
    fail "usage: $0 start DIR [durable] | stop DIR | bindir"
}

bindir() {
    local candidates=() candidate
    if command -v initdb >/dev/null; then
        candidates+=("$(dirname "$(command -v initdb)")")
    fi
    if command -v pg_config >/dev/null; then
        candidates+=("$(pg_config --bindir)")
    fi
    # The newest version first.
    while IFS= read -r candidate; do
        candidates+=("$candidate")
    done < <(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin | sort -rV)
    for candidate in "${candidates[@]}"; do
        if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ] && [ -x "$candidate/psql" ]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    fail "no PostgreSQL server programs (initdb, pg_ctl, psql) found:" \
        "install the postgresql package of your system, or put its bin folder on PATH"
}

# PostgreSQL refuses to run as root: root hands over to the account its package made.
as_server() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    elif command -v runuser >/dev/null; then
        runuser -u postgres -- "$@"
    else
        setpriv --reuid postgres --regid postgres --clear-groups "$@"
    fi
}

random_hex() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

start() {
    local dir=$1 kind=${2:-fast} bin port password attempt speed
    case "$kind" in
        fast) speed="-c fsync=off -c full_page_writes=off -c synchronous_commit=off" ;;
        durable) speed= ;;
        *) usage ;;
    esac
    bin=$(bindir)
    [ ! -e "$dir/data" ] || fail "$dir already holds a cluster"
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    chmod 700 "$dir"
    if [ "$(id -u)" -eq 0 ]; then
        id postgres >/dev/null 2>&1 || fail "root cannot run PostgreSQL and there is no user 'postgres' to run it as"
        chown postgres "$dir"
    fi
    # So that the server does not start in a folder that it may not read.
    cd "$dir" 2>/dev/null || cd /
    as_server test -w "$dir" || fail "the user 'postgres' cannot reach $dir: a folder above it is closed"

    as_server "$bin/initdb" -D "$dir/data" --encoding=UTF8 --locale=C \
        --auth-local=peer --auth-host=scram-sha-256 --no-sync >"$dir/initdb.log" 2>&1 \
        || { cat "$dir/initdb.log" >&2; fail "initdb failed"; }
    rm -f "$dir/initdb.log"

    as_server openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 \
        -keyout "$dir/tls.key" -out "$dir/tls.crt" 2>/dev/null || fail "openssl could not make a certificate"
    as_server chmod 600 "$dir/tls.key"

    for attempt in 1 2 3 4 5; do
        port=$((20000 + RANDOM % 12000))
        # A socket in the folder itself, so that clusters never meet; by default no durability, the data is thrown away.
        if as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 \
            -o "-c listen_addresses=127.0.0.1 -p $port -c unix_socket_directories='$dir' -c ssl=on -c ssl_cert_file='$dir/tls.crt' -c ssl_key_file='$dir/tls.key' $speed" \
            start >/dev/null 2>&1; then
            break
        fi
        [ "$attempt" -lt 5 ] || { as_server cat "$dir/server.log" >&2; fail "the server did not start"; }
    done

    password=$(random_hex)
    as_server "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$dir" -p "$port" -d postgres >&2 <<SQL
CREATE ROLE wicketgate LOGIN PASSWORD '$password' NOSUPERUSER NOBYPASSRLS;
CREATE DATABASE wicketgate OWNER wicketgate;
SQL
    printf 'postgres://wicketgate:%s@127.0.0.1:%s/wicketgate\n' "$password" "$port"
}

stop() {
    local dir=$1 bin
    bin=$(bindir)
    [ -d "$dir/data" ] || return 0
    dir=$(cd "$dir" && pwd)
    cd /
    if as_server "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
        as_server "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
    fi
}

case "${1:-}" in
    bindir) bindir ;;
    start) [ $# -eq 2 ] || [ $# -eq 3 ] || usage; start "${@:2}" ;;
    stop) [ $# -eq 2 ] || usage; stop "$2" ;;
    *) usage ;;
esac
