#!/usr/bin/env bash
# Breaks everything around the gateway as often as docs/src/development/faults.md says, and holds it to the marks there.
#
#   scripts/chaos.sh [FILTER]     such as failover, crash, freeze, rolling, commit, neighbour, slow, fsync; all without one
#
# Needed beforehand: what the tests need (see scripts/test.sh), and strace, which is installed with apt when that is
# possible.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

fail() {
    echo "chaos.sh: $*" >&2
    exit 1
}

[ "$#" -le 1 ] || fail "usage: $0 [FILTER]"

if ! command -v strace >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -q -y --no-install-recommends strace || true
fi
command -v strace >/dev/null || fail "strace is needed to see what is on the disk before an answer: install strace"
scripts/postgres.sh bindir >/dev/null || fail "PostgreSQL's server programs are needed: install postgresql"

# One after the other: what is measured is the gateway, and not the tests beside it.
export WICKETGATE_CHAOS=full
exec cargo test -p wicketgate --test blackbox "chaos::${1:-}" -- --nocapture --test-threads=1
