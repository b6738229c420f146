"""Numbers that only shrink: `Any` and words of ours in each file, blind excepts in each function.

They are recorded in `ratchets.json` beside this file. `python tests/record_ratchets.py` records what is there now: after an
improvement, or when code has moved.
"""

from __future__ import annotations

import ast
import functools
import io
import json
import re
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from architecture import words

SOURCE = Path(__file__).parents[2] / "src" / "inspect_scout"
RECORDED = Path(__file__).with_name("ratchets.json")
BLIND = {"Exception", "BaseException"}
# A comment gives a reason if it has this many words besides the codes that tools read.
LEAST_WORDS = 3

Counts = dict[str, dict[str, int]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def count_any(tree: ast.Module) -> int:
    """How often a module says `Any`: in annotations and values, and in types that `cast` takes as text."""
    texts = [
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "cast"
        if isinstance(node.args[0], ast.Constant)
    ]
    names = sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(tree))
    return names + sum(len(re.findall(r"\bAny\b", str(text))) for text in texts)


def is_blind(node: ast.AST) -> bool:
    """Whether a handler, or a `suppress`, catches more than errors that somebody thought of."""
    if isinstance(node, ast.ExceptHandler):
        caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "suppress":
        caught = node.args
    else:
        return False
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in BLIND) for kind in caught)


def blind_excepts(node: ast.AST, inside: str = "") -> Iterator[tuple[str, int]]:
    """Function and line of each blind except."""
    for child in ast.iter_child_nodes(node):
        if is_blind(child):
            assert isinstance(child, ast.ExceptHandler | ast.Call)
            yield inside or "<module>", child.lineno
        name = f".{child.name}" if isinstance(child, Function | ast.ClassDef) else ""
        yield from blind_excepts(child, f"{inside}{name}".lstrip("."))


def reasons(text: str) -> set[int]:
    """Lines whose comment says something to a reader."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    comments = {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}
    said = {
        line: re.sub(r"noqa: [A-Z0-9, ]+|[a-z]+: ignore\[[^]]*\]", "", comment) for line, comment in comments.items()
    }
    return {line for line, words in said.items() if len(re.findall(r"\w+", words)) >= LEAST_WORDS}


def without_reason(text: str) -> list[tuple[str, int]]:
    """Blind excepts without a comment on their line or the line before."""
    given = reasons(text)
    return [(name, line) for name, line in blind_excepts(ast.parse(text)) if not {line, line - 1} & given]


@functools.cache
def counts() -> Counts:
    """What is there now."""
    found: Counts = {"any": {}, "blind excepts": {}, "words": Counter(finding.path for finding in words.findings())}
    for path in sorted(SOURCE.rglob("*.py")):
        tree, name = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(SOURCE).as_posix()
        if number := count_any(tree):
            found["any"][name] = number
        found["blind excepts"] |= Counter(f"{name}:{function}" for function, _ in blind_excepts(tree))
    return found


def differences(now: Mapping[str, int], recorded: Mapping[str, int]) -> list[str]:
    """Where there is more than recorded, and where the record is behind."""
    told: list[str] = []
    for key in sorted(now.keys() | recorded.keys()):
        there, most = now.get(key, 0), recorded.get(key, 0)
        if there > most:
            told.append(f"{key}: {there}, and at most {most} may be there.")
        elif there < most:
            told.append(f"{key}: {there}, recorded are {most}. Run `python tests/record_ratchets.py`.")
    return told


def record(now: Counts, recorded: Counts) -> Counts:
    """What to record from now on.

    Raises:
        ValueError: There is more of something than before.
    """
    for what, numbers in now.items():
        total, most = sum(numbers.values()), sum(recorded.get(what, numbers).values())
        if total > most:
            raise ValueError(f"There are {total} of {what!r}, and were {most}. The number may only shrink.")
    return {what: dict(sorted(numbers.items())) for what, numbers in now.items()}


def load() -> Counts:
    found: Counts = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    return found
