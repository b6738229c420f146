#!/usr/bin/env bash
# Builds the page into the package, with compressed copies that the server hands out; `--check` tells whether it is up to date.
set -euo pipefail
cd "$(dirname "$0")"
place=../src/inspect_scout/_view/dist

build() {
    npx openapi-ts --silent
    node routes.ts
    SCOUT_PAGE_DIR=$1 npx vite build --logLevel warn
    node compress.ts "$1"
    # Copied by `scout view --export`; no server hands it out, so that it needs no compressed copies.
    SCOUT_PAGE_DIR=$1/export npx vite build --config vite.export.config.ts --logLevel warn
}

if [ "${1:-}" = --check ]; then
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    build "$fresh"
    git diff --exit-code --stat -- src/api/generated src/app/route-tree.gen.ts || {
        echo "Generated files are out of date. Commit what 'make web' writes."; exit 1; }
    node compress.ts --compare "$fresh" "$place" || {
        echo "The built page is not what its source gives. Run 'make web' and commit the result."; exit 1; }
else
    build "$place"
fi
