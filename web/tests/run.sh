#!/usr/bin/env bash
# Runs the tests in Chromium: finds a browser, builds the page, makes the project that they look at. Arguments go to Playwright.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$(cd .. && pwd)

find_chromium() {
    local name
    for name in "${SCOUT_CHROMIUM:-}" chromium chromium-browser google-chrome chrome; do
        [ -n "$name" ] && command -v "$name" && return
    done
    return 1
}

if ! chromium=$(find_chromium); then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing Chromium (a minute, once) ..." >&2
        { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 || true
    fi
    if ! chromium=$(find_chromium); then
        echo "The tests in a browser need Chromium. On Debian: apt-get install chromium (or set SCOUT_CHROMIUM to one)." >&2
        [ -z "${SCOUT_CHROMIUM_REQUIRED:-}" ] || exit 1
        echo "Skipped the tests in a browser." >&2
        exit 0
    fi
fi

bash build.sh
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

# Gives the project that a module of `tests/support/page` makes, unless a variable names one that is there already.
project() {
    local given=$1 module=$2
    [ -z "$given" ] || { echo "$given"; return; }
    PYTHONPATH=$root/src:$root/tests "$root/.venv/bin/python" -m "support.page.$module" "$made/$module" >"$made/log" 2>&1 || { cat "$made/log" >&2; return 1; }
    echo "$made/$module"
}

SCOUT_TEST_PROJECT=$(project "${SCOUT_TEST_PROJECT:-}" project)
SCOUT_TEST_HOSTILE=$(project "${SCOUT_TEST_HOSTILE:-}" hostile)
export SCOUT_TEST_PROJECT SCOUT_TEST_HOSTILE
SCOUT_CHROMIUM=$chromium npx playwright test "$@"
