#!/usr/bin/env bash
# Fetches axe-core, which looks for accessibility faults in the browser tests. It is checked against the hash in
# scripts/browser/package-lock.json, kept in $WICKETGATE_CACHE (default ~/.cache/wicketgate), and never part of the
# repository.
#
#   bash scripts/axe.sh
set -euo pipefail
cd "$(dirname "$0")/browser"

kept=${WICKETGATE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/wicketgate}/browser
if [ -e "$kept/node_modules/axe-core/axe.min.js" ] && cmp -s package-lock.json "$kept/package-lock.json"; then
    exit
fi
command -v npm >/dev/null || {
    echo "axe.sh: npm is needed to fetch axe-core: install the package npm of your system" >&2
    exit 1
}
rm -rf "$kept"
mkdir -p "$kept"
cp package.json "$kept"
# The lock comes last under its own name: a fetch that was broken off is begun anew.
cp package-lock.json "$kept/npm-shrinkwrap.json"
(cd "$kept" && npm ci --ignore-scripts --no-audit --no-fund --silent)
cp package-lock.json "$kept"
