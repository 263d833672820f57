#!/usr/bin/env bash
# Everything that has to pass before a change is merged: sets up what the tests need, then runs all of them.
#
#   bash scripts/test.sh
#
# Needed beforehand: a Rust toolchain with rustfmt and clippy, a C compiler, and a way to the crate, Python and npm
# registries. PostgreSQL, Python's venv, Chromium and npm are installed with apt when that is possible, else asked for.
# Tools are kept in $WICKETGATE_CACHE (default ~/.cache/wicketgate). With CI=true the build is kept there too.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

cargo_deny_version=0.20.2
mdbook_version=0.5.4

cache=${WICKETGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wicketgate}
mkdir -p "$cache"
export WICKETGATE_CACHE=$cache
export PATH=$cache/tools/bin:$PATH
if [ "${CI:-}" = true ]; then
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$cache/target}
    export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}
fi

results=$(mktemp "${TMPDIR:-/tmp}/wicketgate-tests.XXXXXX")
trap 'rm -f "$results"' EXIT

heading() {
    printf '\n==> %s\n' "$*"
}

fail() {
    printf 'test.sh: %s\n' "$*" >&2
    exit 1
}

apt_install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q && apt-get install -q -y --no-install-recommends "$@"
}

# cargo_tool NAME VERSION COMMAND… : COMMAND prints the version of what is there already.
cargo_tool() {
    local name=$1 version=$2
    shift 2
    case "$("$@" 2>/dev/null || true)" in
        *"$version"*) return ;;
    esac
    # In a build folder of its own: cargo would otherwise share the workspace's.
    env -u CARGO_TARGET_DIR cargo install --locked --quiet --debug --root "$cache/tools" --version "$version" "$name"
}

has_python() {
    python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

has_browser() {
    chromedriver --version >/dev/null 2>&1
}

heading "Tools"
scripts/postgres.sh bindir >/dev/null 2>&1 || apt_install postgresql || true
scripts/postgres.sh bindir
has_python || apt_install python3 python3-venv || true
has_browser || apt_install chromium chromium-driver || true
command -v npm >/dev/null || apt_install npm || true
pkg-config --exists openssl 2>/dev/null || apt_install libssl-dev pkg-config || true
has_python || fail "Python 3.11 or later with the venv module is needed: install python3 and python3-venv"
has_browser || fail "Chromium and ChromeDriver are needed for the browser tests: install chromium and chromium-driver"
chromedriver --version
scripts/axe.sh
cargo_tool cargo-deny "$cargo_deny_version" cargo-deny --version
cargo_tool mdbook "$mdbook_version" mdbook --version
cargo --version

heading "House rules"
lines=$(wc -l <justfile)
[ "$lines" -lt 80 ] || fail "justfile has $lines lines: keep it under 80, move logic into scripts/ or the binary"
for script in scripts/*.sh .ci/run; do
    bash -n "$script"
done

heading "Format"
cargo fmt --all --check
# The fuzzer's targets are outside the workspace, and only a fuzzer can compile them.
rustfmt --edition 2024 --check fuzz/fuzz_targets/*.rs
# Nor are the tools that the gateway is measured with part of it.
rustfmt --edition 2024 --check benches/*/src/main.rs benches/floor/src/sqliteloop.rs

heading "Lints"
cargo clippy --workspace --all-targets -- -D warnings

heading "Dependencies: arrows, licences, sources"
cargo deny check bans licenses sources

heading "Tests, on SQLite and on PostgreSQL"
cargo test --workspace 2>&1 | tee "$results"

heading "Conformance table"
python3 scripts/conformance.py --check

heading "API documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

heading "The book"
mdbook build docs

heading "Outside conformance suites"
# Their clients ask one thing at a time and leave a core idle: two databases are asked side by side.
scripts/suites.sh nothing
beside=$(mktemp "${TMPDIR:-/tmp}/wicketgate-suites.XXXXXX")
trap 'rm -f "$results" "$beside"' EXIT
scripts/suites.sh sqlite >"$beside" 2>&1 &
sqlite=$!
postgres=0
scripts/suites.sh postgres postgres-tls || postgres=$?
wait "$sqlite" || fail "the suites failed on sqlite: $(cat "$beside")"
cat "$beside"
[ "$postgres" -eq 0 ] || fail "the suites failed on postgres"

heading "Result"
grep '^test result:' "$results" || fail "cargo reported no test results"
awk '/^test result:/ { passed += $4; failed += $6; ignored += $8 }
     END { printf "cargo test: %d passed, %d failed, %d ignored\n", passed, failed, ignored }' "$results"
echo "All checks passed."
