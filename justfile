# The list of recipes
default:
    @just --list

# What .ci/run checks before it tests: format and lints; dependencies too, where cargo-deny is installed
check:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    @if command -v cargo-deny >/dev/null; then cargo deny check bans licenses sources; else echo "cargo-deny is not installed: dependencies not checked"; fi

# Mends what tools can mend
fix:
    cargo clippy --fix --allow-dirty --allow-staged --all-targets
    cargo fmt

# The suite on SQLite; arguments go to cargo test: just test compatibility
test *arguments:
    cargo test {{ arguments }}

# The same suite on a PostgreSQL of its own
test-postgres *arguments:
    tests/with-postgres cargo test {{ arguments }}

# Real clients against a running Regis: just clients javascript, just clients rust; other arguments go to pytest: just clients -k avro
clients *arguments:
    tests/clients/run {{ arguments }}

# Requests made up from the description, against a Regis of their own: just schemathesis 600
schemathesis seconds="60":
    tests/schemathesis/run {{ seconds }}

# Writes openapi/openapi.json anew from the code
openapi:
    UPDATE=1 cargo test openapi

# The payments example against a Regis of its own
demo:
    tests/with-regis examples/payments/walk.sh

# How fast: just bench registrations, just bench start, just bench languages
bench name:
    cargo bench --bench {{ name }}
