#!/usr/bin/env bash
# Checks every SQL query against a database with the present migrations, and renews the offline query
# data in .sqlx that builds use; with --check it only compares.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

check="${1:-}"
# Under the name that the tests' own clean-up knows, should this be cut short.
base="$(cargo run -q -p testing --bin test_postgres -- start)"
name="tokenone_prepare_$$"
url="${base/\/postgres\?/\/$name?}"
export DATABASE_URL="$url" SQLX_OFFLINE=false
sqlx database create
trap 'sqlx database drop -y -f >/dev/null' EXIT
# It tells what is wrong on its standard output.
sqlx migrate run --source migrations >&2
cargo sqlx prepare --workspace ${check:+"$check"} -- -p store
