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
project=${SCOUT_TEST_PROJECT:-}
if [ -z "$project" ]; then
    project=$made/project
    PYTHONPATH=$root/src:$root/tests "$root/.venv/bin/python" -m support.page.project "$project" >"$made/log" 2>&1 || { cat "$made/log"; exit 1; }
fi
SCOUT_CHROMIUM=$chromium SCOUT_TEST_PROJECT=$project npx playwright test "$@"
