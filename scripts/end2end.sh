#!/usr/bin/env bash
# Tests through the front doors, against the release build: a real browser, the official SDKs, agents and an
# engine of others, and the server as a process. Ends with one line: how many passed and failed.
#
#   scripts/end2end.sh [browser|sdk|clients|process]...    all of them where none is named
#
# Data and key store are temporary and removed in the end, whatever happens.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

READY_S_MAX=120
STOP_S_MAX=40
server="$PWD/target/release/tokenone"
suites=("$@")
[ ${#suites[@]} -gt 0 ] || suites=(browser sdk clients process)
[ -x "$server" ] || { echo 'end2end: the server is not built; run make build first.' >&2; exit 1; }

work="$(mktemp -d "${TMPDIR:-/tmp}/tokenone-e2e-XXXXXX")"
# PostgreSQL may run as another user, who has to reach its data.
chmod 711 "$work"
mkdir -m 700 "$work/keys"
: >"$work/tally"
: >"$work/tokenone.toml" >"$work/out" >"$work/err"
pid=

stop() {
    local code=$?
    trap - EXIT INT TERM
    if [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null; then
        for ((i = 0; i < STOP_S_MAX * 10; i++)); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    fi
    rm -rf "$work"
    exit "$code"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# An empty environment: what a developer has set must not change what is tested.
start() {
    env -i PATH="$PATH" HOME="$HOME" \
        ${TOKENONE_POSTGRES_BIN:+TOKENONE_POSTGRES_BIN="$TOKENONE_POSTGRES_BIN"} \
        TOKENONE_CONFIG="$work/tokenone.toml" \
        TOKENONE_LISTEN=127.0.0.1:0 TOKENONE_SERVER_METRICS_LISTEN= \
        TOKENONE_DATA="$work/data" TOKENONE_KEYSTORE="$work/keys/keystore" \
        "$server" serve >"$work/out" 2>"$work/err" &
    pid=$!
    for ((i = 0; i < READY_S_MAX * 10; i++)); do
        BASE_URL="$(sed -n 's/^tokenone ready //p' "$work/out")"
        [ -z "$BASE_URL" ] || return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    echo 'end2end: the server did not become ready:' >&2
    cat "$work/out" "$work/err" >&2
    exit 1
}

# Runs a suite. One that breaks before it can count its tests counts as one failure.
suite() {
    local lines
    lines="$(wc -l <"$work/tally")"
    echo "== $1"
    shift
    "$@" || failed=1
    [ "$(wc -l <"$work/tally")" -gt "$lines" ] || echo '0 1' >>"$work/tally"
}

failed=0
CHROMIUM="$(scripts/setup.sh browser)"
FIREFOX="$(scripts/setup.sh firefox)"
export CHROMIUM FIREFOX BASE_URL E2E_SERVER="$server" E2E_DATA="$work/data" E2E_TALLY="$work/tally"
export PYTHONDONTWRITEBYTECODE=1
python="$PWD/.venv/bin/python"

case " ${suites[*]} " in *' browser '* | *' sdk '*) start ;; esac
for name in "${suites[@]}"; do
    case "$name" in
    browser)
        (cd end2end && npx --no-install tsc -p .)
        suite 'browser' env -C end2end npx --no-install playwright test
        if [ -n "$FIREFOX" ]; then
            suite 'browser, Firefox' "$python" end2end/run.py firefox
        else
            echo '== browser, Firefox: left out, since there is none'
        fi
        ;;
    sdk)
        suite 'SDK, Python' "$python" end2end/run.py sdk/python
        suite 'SDK, Node' node end2end/run.mjs end2end/sdk/node
        ;;
    clients | process)
        cargo build -q -p simulator --bin tokenone-simulator
        E2E_SIMULATOR="$PWD/target/debug/tokenone-simulator" \
            suite "$name" "$python" end2end/run.py "$name"
        ;;
    *) echo "end2end: unknown suite $name (browser, sdk, clients, process)" >&2; exit 1 ;;
    esac
done

awk '{ passed += $1; failed += $2 } END { printf "%d passed, %d failed\n", passed, failed }' "$work/tally"
exit "$failed"
