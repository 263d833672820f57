#!/usr/bin/env bash
# Runs the outside conformance suites against the real binary, on SQLite and on PostgreSQL.
#
#   scripts/suites.sh [sqlite] [postgres] [postgres-tls]     all when none is named
#   scripts/suites.sh nothing                                only gets ready what all of them need
#   SUITES="schemathesis" scripts/suites.sh sqlite           only some of the suites
#
# postgres-tls is the build with that feature, over a connection that checks the server's certificate. It is the same
# gateway behind another connection, so that one suite will do there.
# Everything else is thrown away afterwards: servers, databases, organizations.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

cache=${WICKETGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wicketgate}
work=$(mktemp -d "${TMPDIR:-/tmp}/wicketgate-suites.XXXXXX")
# PostgreSQL may have to run as another user, who has to reach its folder below this one.
chmod 711 "$work"
server=
all_suites="scim2-tester scim2-client scim2-cli schemathesis schemathesis-admin authlib"

# What the caller's shell configures must not reach the gateway under test.
while IFS= read -r name; do
    case "$name" in
        WICKETGATE_CACHE) ;;
        *) unset "$name" ;;
    esac
done < <(compgen -e WICKETGATE_ || true)

stop_server() {
    [ -n "$server" ] || return 0
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
}

cleanup() {
    local status=$?
    stop_server
    scripts/postgres.sh stop "$work/postgres" || true
    scripts/postgres.sh stop "$work/postgres-tls" || true
    rm -rf "$work"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    echo "suites.sh: $*" >&2
    exit 1
}

# The value of one key of a JSON object read from standard input.
field() {
    python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

ready() {
    python3 - "$1" 2>/dev/null <<'PY'
import sys
import urllib.request

# A proxy of the surroundings has no business between this machine and itself.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
sys.exit(0 if opener.open(sys.argv[1], timeout=2).status == 200 else 1)
PY
}

# A virtual environment for exactly these requirements; another set gets another one.
python_with_suites() {
    local wanted venv
    wanted=$(cksum <scripts/suites/requirements.txt | cut -d' ' -f1)
    venv=$cache/suites-$wanted
    if [ ! -e "$venv/complete" ]; then
        rm -rf "$venv"
        mkdir -p "$cache"
        python3 -m venv "$venv" >&2
        "$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/suites/requirements.txt >&2
        touch "$venv/complete"
    fi
    printf '%s\n' "$venv/bin/python"
}

# binary NAME [FEATURES…] : a debug build, copied to where the next build does not replace it.
binary() {
    local name=$1
    shift
    cargo build --quiet -p wicketgate "$@" >&2
    cp "$(cargo metadata --no-deps --format-version 1 | field target_directory)/debug/wicketgate" "$work/$name"
    printf '%s\n' "$work/$name"
}

binary_with_tls() {
    # With the system's OpenSSL where it can be built against: building another one takes ten minutes.
    if pkg-config --exists openssl 2>/dev/null; then
        export OPENSSL_NO_VENDOR=1
    fi
    binary wicketgate-tls --features postgres-tls
}

start_server() {
    local log=$1 port waited
    port=$(free_port)
    export WICKETGATE_PUBLIC_URL=http://127.0.0.1:$port
    "$gateway" serve --listen "127.0.0.1:$port" >"$log" 2>&1 &
    server=$!
    for waited in $(seq 1 300); do
        if ready "$WICKETGATE_PUBLIC_URL/readyz"; then
            return
        fi
        kill -0 "$server" 2>/dev/null || { cat "$log" >&2; fail "the gateway ended before it was ready"; }
        sleep 0.1
    done
    cat "$log" >&2
    fail "the gateway was not ready after $((waited / 10)) seconds"
}

# organization NAME : makes an organization in strict mode; sets base and SCIM_TOKEN.
organization() {
    local org service_user
    org=$("$gateway" org create --name "$1" --format json)
    base=$(field scimBaseUrl <<<"$org")
    org=$(field id <<<"$org")
    # The suites hold a service provider to the RFC's text, which is what strict mode promises, and ask as fast as they can.
    "$gateway" org set --org "$org" --scim-mode strict --requests-per-second 0 --concurrent-requests 0 --format json \
        >/dev/null
    if [ "$1" = schemathesis ]; then
        # /Roles and /Entitlements are described, and there while something is offered. The other suites write to every
        # resource type they discover, and these two are read-only.
        "$gateway" entitlement define --org "$org" --kind role --id pilot --display-name Pilot --format json >/dev/null
        "$gateway" entitlement define --org "$org" --kind entitlement --id hangar --display-name Hangar --format json \
            >/dev/null
    fi
    service_user=$("$gateway" service-user create --org "$org" --name suites --format json | field id)
    SCIM_TOKEN=$("$gateway" token create --org "$org" --service-user "$service_user" --name suites --format json | field token)
    export SCIM_TOKEN
}

# suite NAME : runs one suite against the organization.
suite() {
    case "$1" in
        scim2-tester) "$python" scripts/suites/scim2_tester.py "$base" ;;
        scim2-client) "$python" scripts/suites/life_cycle.py "$base" ;;
        scim2-cli) "$python" scripts/suites/command_line.py "$base" ;;
        schemathesis) "$python" scripts/suites/openapi.py "$base" ;;
        schemathesis-admin) WICKETGATE=$gateway "$python" scripts/suites/admin_openapi.py "$base" ;;
        authlib) (cd "$work" && WICKETGATE=$gateway "$python" "$OLDPWD/scripts/suites/oauth_client.py" "$base") ;;
        *) fail "unknown suite $1: use $all_suites" ;;
    esac
}

run_on() {
    local database=$1 name suites started url base
    local log=$work/$database.log
    export WICKETGATE_DATA_DIR=$work/$database-data
    suites=${SUITES:-$all_suites}
    case "$database" in
        sqlite) WICKETGATE_DATABASE_URL=sqlite://$work/sqlite-data/wicketgate.db ;;
        postgres) WICKETGATE_DATABASE_URL=$(scripts/postgres.sh start "$work/postgres") ;;
        postgres-tls)
            suites=${SUITES:-scim2-tester}
            url=$(scripts/postgres.sh start "$work/postgres-tls")
            WICKETGATE_DATABASE_URL="$url?sslmode=verify-full&sslrootcert=$work/postgres-tls/tls.crt"
            # The folder is the server's own; the certificate is for everybody.
            chmod 755 "$work/postgres-tls"
            ;;
        *) fail "unknown database $database: use sqlite, postgres or postgres-tls" ;;
    esac
    export WICKETGATE_DATABASE_URL
    mkdir -p "$WICKETGATE_DATA_DIR"
    start_server "$log"

    for name in $suites; do
        # Each has its own: some begin by counting, or leave something behind.
        organization "$name"
        started=$SECONDS
        echo "$name on $database"
        if ! suite "$name"; then
            echo "--- the end of the gateway's log" >&2
            tail -n 40 "$log" >&2
            fail "$name failed on $database"
        fi
        echo "  $((SECONDS - started)) s"
    done
    stop_server
}

# A proxy of the surroundings has no business between this machine and itself.
export NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
python=$(python_with_suites)
[ "$#" -gt 0 ] || set -- sqlite postgres postgres-tls
for database in "$@"; do
    case "$database" in
        nothing)
            binary wicketgate >/dev/null
            continue
            ;;
        postgres-tls) gateway=$(binary_with_tls) ;;
        *) gateway=$(binary wicketgate) ;;
    esac
    run_on "$database"
done
