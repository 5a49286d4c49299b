#!/usr/bin/env bash
# Measures TokenOne against going direct and against peers, side by side. Asserts nothing.
#
#   benches/run.sh [--seconds N] [--without-peers] [--record]
#
# Peers are installed once into benches/; one that cannot be is left out.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'bench: %s\n' "$*" >&2; }

peers() {
    if ! cmp -s benches/requirements.txt benches/.venv/requirements.txt; then
        say 'installing LiteLLM'
        if python3 -m venv benches/.venv &&
            benches/.venv/bin/python -m pip install -q --disable-pip-version-check \
                -r benches/requirements.txt >&2; then
            cp benches/requirements.txt benches/.venv/
        else
            say 'LiteLLM cannot be installed'
        fi
    fi
    if [ ! -e benches/node_modules/.package-lock.json ]; then
        say 'installing the Portkey gateway'
        (cd benches && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2) ||
            say 'the Portkey gateway cannot be installed'
    fi
}

[ -x target/release/tokenone ] || { say 'the server is not built; run make build first'; exit 1; }
[ -x .venv/bin/python ] || { say 'run scripts/setup.sh test first'; exit 1; }
case " $* " in *' --without-peers '*) ;; *) peers ;; esac
command -v wrk >/dev/null || say 'wrk is not installed (Debian: apt-get install wrk); autocannon measures more coarsely'
say 'building the simulator'
cargo build -q --release -p simulator --bin tokenone-simulator
E2E_SIMULATOR="$PWD/target/release/tokenone-simulator" PYTHONDONTWRITEBYTECODE=1 \
    exec .venv/bin/python benches/bench.py "$@"
