"""Numbers that only shrink: how often a file says `Any`, how many blind excepts a function has.

They are recorded in `ratchets.json` beside this file. `python tests/architecture/test_ratchets.py` records what is there
now: after an improvement, or when code has moved. It refuses to record that there is more of anything than before.
"""

from __future__ import annotations

import ast
import io
import json
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

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
        named = isinstance(child, Function | ast.ClassDef)
        yield from blind_excepts(child, f"{inside}.{child.name}".lstrip(".") if named else inside)


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


def counts() -> Counts:
    """What is there now."""
    found: Counts = {"any": {}, "blind excepts": {}}
    for path in sorted(SOURCE.rglob("*.py")):
        tree, name = ast.parse(path.read_text(encoding="utf-8")), path.relative_to(SOURCE).as_posix()
        if number := count_any(tree):
            found["any"][name] = number
        found["blind excepts"] |= Counter(f"{name}:{function}" for function, _ in blind_excepts(tree))
    return found


def differences(now: Mapping[str, int], recorded: Mapping[str, int]) -> list[str]:
    """Where there is more than recorded, and where the record is behind."""
    told = []
    for key in sorted(now.keys() | recorded.keys()):
        there, most = now.get(key, 0), recorded.get(key, 0)
        if there > most:
            told.append(f"{key}: {there}, and at most {most} may be there. Name the type, or what can be raised.")
        elif there < most:
            told.append(f"{key}: {there}, recorded are {most}. Run `python tests/architecture/test_ratchets.py`.")
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


def test_any_only_shrinks() -> None:
    assert "\n".join(differences(counts()["any"], load()["any"])) == ""


def test_blind_excepts_only_shrink() -> None:
    assert "\n".join(differences(counts()["blind excepts"], load()["blind excepts"])) == ""


def test_blind_excepts_have_their_reason_beside_them() -> None:
    found = [
        f"{path.relative_to(SOURCE)}:{line} {function}: say in a comment what can be raised, and why all of it is caught"
        for path in sorted(SOURCE.rglob("*.py"))
        for function, line in without_reason(path.read_text(encoding="utf-8"))
    ]
    assert "\n".join(found) == ""


def test_any_is_seen_where_it_stands_for_a_type() -> None:
    text = """
from typing import Any, cast
def read(value: list[Any], other: "Anything") -> Any:
    raise ValueError("Any of these: " + cast("dict[Any, Any]", value))
"""
    assert count_any(ast.parse(text)) == 4


def test_blind_excepts_are_seen_however_they_are_written() -> None:
    text = """
class Reader:
    def read(self):
        try: pass
        except (OSError, Exception): pass
        except OSError: pass
        def inner():
            try: pass
            except: raise
with contextlib.suppress(BaseException): pass
"""
    assert list(blind_excepts(ast.parse(text))) == [("Reader.read", 5), ("Reader.read.inner", 9), ("<module>", 10)]


def test_a_code_for_a_tool_is_not_a_reason() -> None:
    text = """
try: pass
except Exception:  # noqa: BLE001, S112
    pass
try: pass
# A plugin may raise anything.
except Exception: pass
try: pass
except Exception: pass  # noqa: BLE001 - a plugin may raise anything
"""
    assert [line for _, line in without_reason(text)] == [3]


def test_a_ratchet_turns_one_way_only() -> None:
    grown, behind = differences({"a": 2, "c": 1}, {"a": 1, "b": 3, "c": 1})
    assert grown.startswith("a: 2, and at most 1")
    assert behind.startswith("b: 0, recorded are 3")
    assert record({"any": {"moved": 2}}, {"any": {"a": 3}}) == {"any": {"moved": 2}}
    with pytest.raises(ValueError, match="may only shrink"):
        record({"any": {"a": 1, "b": 1}}, {"any": {"a": 1}})


if __name__ == "__main__":
    try:
        RECORDED.write_text(json.dumps(record(counts(), load()), indent=1) + "\n", encoding="utf-8")
    except ValueError as refused:
        sys.exit(str(refused))
