#!/usr/bin/env bash
# Makes the page's two fonts out of the packages that hold them whole: the characters, weights and features
# that the console uses, which is less than half of their bytes. Run after a change of either.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

FONTTOOLS=4.68.0
BROTLI=1.2.0
CHARACTERS='U+0020-007E,U+00A0-00FF,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2032,U+2033,U+20AC,U+2122,U+2190-2193,U+2212,U+2318,U+FFFD'
# Of the mono font less: it shows ids, money and code. Rarer letters of a prompt come from the system's.
CODE='U+0020-007E,U+00A0,U+00A7,U+00AB,U+00B0,U+00B1,U+00B5,U+00B7,U+00BB,U+00C4,U+00D6,U+00D7,U+00DC,U+00DF,U+00E0,U+00E1,U+00E4,U+00E7-00EA,U+00F1,U+00F3,U+00F6,U+00FC,U+2013,U+2014,U+2018-201E,U+2022,U+2026,U+20AC,U+2190-2193,U+2212,U+FFFD'

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check "fonttools==$FONTTOOLS" "brotli==$BROTLI"

font() { # font <package> <features> <characters>
    local file="$1-latin-wght-normal.woff2"
    "$work/venv/bin/fonttools" varLib.instancer --quiet \
        "node_modules/@fontsource-variable/$1/files/$file" wght=400:700 --output "$work/$file"
    "$work/venv/bin/pyftsubset" "$work/$file" --unicodes="$3" --layout-features="$2" \
        --flavor=woff2 --output-file="public/fonts/$file"
}

font inter kern,tnum,zero,ccmp,locl,mark,mkmk,cv05,cv11,ss03 "$CHARACTERS"
font jetbrains-mono kern,zero,ccmp,locl,mark "$CODE"
