#!/usr/bin/env bash
# Runs a command in this folder with a Node that the page's tools take: the machine's, else the one of a Python package.
set -euo pipefail
cd "$(dirname "$0")"
venv=$(cd .. && pwd)/.venv

# What vitest and size-limit ask for, the youngest of the tools.
fits() { "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(+!(a > 24 || (a === 24 && b >= 15)))' 2>/dev/null; }

if ! fits node; then
    if ! fits "$venv/bin/node"; then
        echo "Installing Node (the machine has $(node --version 2>/dev/null || echo none; ) and the page needs 24.15 or newer) ..." >&2
        "$venv/bin/python" -m pip --disable-pip-version-check install -qq --constraint ../constraints.txt --group ../pyproject.toml:page >&2
    fi
    PATH=$venv/bin:$PATH
fi
# By content: git gives an old file the time at which it was checked out.
if ! cmp -s package-lock.json node_modules/.installed; then
    echo "Installing what the page is built with (half a minute, once) ..." >&2
    npm ci --loglevel error --ignore-scripts >&2 || {
        echo "npm could not install it, for the reason above. It takes all from $(npm config get registry 2>/dev/null)." >&2
        exit 1
    }
    cp package-lock.json node_modules/.installed
fi
exec "$@"
