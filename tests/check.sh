#!/usr/bin/env bash
# Every static check, one after the other; all run even if an early one fails, and the end says which did.
set -uo pipefail
cd "$(dirname "$0")/.."

failed=()
check() {
    local name=$1
    shift
    local output
    if output=$("$@" 2>&1); then
        printf 'ok      %s\n' "$name"
    else
        printf 'FAILED  %s\n%s\n\n' "$name" "$output"
        failed+=("$name")
    fi
}

# interrogate does not know that a function inside an async function (or an async one inside any) is nested.
INTERROGATE='
from interrogate.cli import main
from interrogate.visit import CoverageVisitor
FUNCTIONS = {"FunctionDef", "AsyncFunctionDef"}
CoverageVisitor._is_nested_func = lambda _, parent, kind: parent and {parent.node_type, kind} <= FUNCTIONS
main()
'

check "ruff format" ruff format --check .
check "ruff lint" ruff check .
check "import-linter" lint-imports --no-cache
check "vulture" vulture
check "deptry" deptry src
check "interrogate" python -c "$INTERROGATE" src
check "mypy" mypy
check "pyright" pyright
for part in types lint unused built size lines; do
    check "page: $part" web/with-node.sh bash check.sh "$part"
done
check "commit subjects" python tests/commit_subjects.py
check "architecture" python -m pytest -q tests/architecture

if ((${#failed[@]})); then
    printf 'Checks that failed: %s\n' "$(IFS=,; echo "${failed[*]}")"
    exit 1
fi
echo "All checks passed."
