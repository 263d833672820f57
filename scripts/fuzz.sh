#!/usr/bin/env bash
# Runs one fuzz target of fuzz/ for some time, with every input that was interesting before.
#
#   scripts/fuzz.sh TARGET [SECONDS]     filter, path, patch or json; 600 seconds when no number is given
#
# A finding ends the run and is kept in fuzz/artifacts/TARGET; fuzz/README.md says what to do with it.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")/.."

cargo_fuzz_version=0.13.2

fail() {
    echo "fuzz.sh: $*" >&2
    exit 1
}

[ "$#" -ge 1 ] && [ "$#" -le 2 ] || fail "usage: $0 filter|path|patch|json [SECONDS]"
target=$1
seconds=${2:-600}
[ -d "fuzz/seeds/$target" ] || fail "there is no target $target: use filter, path, patch or json"

cache=${WICKETGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wicketgate}
export PATH=$cache/tools/bin:$PATH
case "$(cargo-fuzz --version 2>/dev/null || true)" in
    *"$cargo_fuzz_version"*) ;;
    *) env -u CARGO_TARGET_DIR cargo install --locked --quiet --root "$cache/tools" --version "$cargo_fuzz_version" cargo-fuzz ;;
esac

# libFuzzer's instrumentation needs flags that a stable compiler keeps back. There is no unsafe code of ours for a
# sanitizer to watch, and only a nightly compiler could build its runtime in.
export RUSTC_BOOTSTRAP=1
mkdir -p "fuzz/corpus/$target"
exec cargo fuzz run --fuzz-dir fuzz --sanitizer none "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" -- \
    -dict=fuzz/scim.dict -max_len=8192 -timeout=10 -max_total_time="$seconds"
