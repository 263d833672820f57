# The verbs a contributor types. No recipe contains logic: cargo and scripts/ do the work.

# Lists the verbs.
default:
    @just --list

# Serves on 127.0.0.1:8080 with SQLite in ./wicketgate-data.
dev *ARGS:
    cargo run -p wicketgate -- serve {{ARGS}}

# A throw-away organization with a user, a token and Okta's form filled in.
demo *ARGS:
    cargo run --release -p wicketgate -- demo {{ARGS}}

# Formatting, lints, documentation and dependency rules; no tests.
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets -- -D warnings
    cargo doc --workspace --no-deps --document-private-items
    cargo deny check bans licenses sources

# Rewrites the code in the house's format.
fmt:
    cargo fmt --all

# Everything that has to pass before a change is merged.
test:
    bash scripts/test.sh

# Only the Rust tests; `just test-rust -p wicketgate-scim` for one crate.
test-rust *ARGS="--workspace":
    cargo test {{ARGS}}

# Only the outside conformance suites, against the real binary on both databases.
test-suites:
    bash scripts/suites.sh

# Pictures of every page of the console, in light, in dark and on a phone.
screenshots FOLDER="target/screenshots":
    bash scripts/axe.sh
    WICKETGATE_SCREENSHOTS={{FOLDER}} cargo test -p wicketgate --test browser -- walk::

# Breaks what is around the gateway as often as docs/src/development/faults.md says: `just chaos failover` for one.
chaos *FILTER:
    bash scripts/chaos.sh {{FILTER}}

# One fuzz target with libFuzzer: `just fuzz patch 600` for ten minutes.
fuzz TARGET SECONDS="600":
    bash scripts/fuzz.sh {{TARGET}} {{SECONDS}}

# The gateway beside the floor, as a table with the ratios; docs/src/reference/performance.md says how to read it.
bench:
    bash scripts/bench.sh

# Known vulnerabilities; fetches the advisory database.
advisories:
    cargo deny check advisories

# The book, at docs/book/index.html.
docs:
    mdbook build docs

# The book with live reload.
docs-serve:
    mdbook serve docs

# The release binary with TLS to PostgreSQL, at target/release/wicketgate.
release:
    cargo build --release --locked -p wicketgate --features postgres-tls

# The container image, from deploy/Dockerfile.
image:
    docker build -f deploy/Dockerfile -t wicketgate .
