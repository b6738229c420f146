"""Words that stand for something only to those who wrote the code, and what to write instead.

Whoever knows asyncio, pandas, SQL and model evaluation should know every name. A word that is also plain English ("a
piece of text", "the owner of a file") is looked for only in names, or only in names of classes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
# Where text is read for words; ends of names of files.
TEXTS = ("src", "tests", "docs", "design", "examples", "benchmarks", "*.md", "*.toml", "Makefile", ".importlinter")
ENDS = {".py", ".md", ".toml", ".sh", ".yaml", ".yml", ""}
# The tables below, and tests of what they find, hold the words themselves.
NOT_READ = {"tests/architecture/words.py", "tests/architecture/test_words.py"}


class Finding(NamedTuple):
    """A word, and where it stands."""

    path: str
    line: int
    said: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.said}: write {self.instead}"


# In no name: classes, functions, parameters, fields, modules.
IN_NAMES = {
    "anew": "again, re-",
    "asking": "answer loop",
    "born": "started",
    "buried": "tombstone, or the verb that says what is done",
    "bury": "handle_death",
    "catalog": "index, snapshot",
    "catalogue": "index, snapshot",
    "crew": "task pool",
    "cutter": "splitter",
    "door": "exports (of a package), source (of a setting)",
    "doors": "exports (of a package), sources (of a setting)",
    "flight": "concurrency, open",
    "floor": "layer",
    "gauge": "stats",
    "gauges": "stats",
    "governor": "rate limiter",
    "hear": "receive, handle",
    "heard": "received, applies",
    "heir": "successor",
    "hopeless": "start_failed",
    "house": "package",
    "intake": "ingest",
    "launcher": "worker backend",
    "ledger": "work queue, or what it holds",
    "nursery": "fork server",
    "outdone": "superseded",
    "rooms": "packages",
    "say": "tell, report; has",
    "says": "has",
    "seat": "local worker",
    "settle": "resolve, flush, converge, normalise",
    "settled": "resolved, final",
    "settling": "flushing, converging",
    "station": "worker host",
    "survived": "recorded_pairs",
    "tally": "counts, totals",
    "team": "worker pool",
    "thinning": "summarise",
    "unborn": "pending",
    "valve": "limiter state",
}
# In no name of a class: elsewhere they may be plain English.
IN_CLASSES = {
    "brief": "config",
    "claim": "lock record",
    "dead": "tombstone",
    "elsewhere": "worker totals",
    "gate": "limiter",
    "grant": "quota",
    "held": "pending, or in memory",
    "judged": "result",
    "known": "snapshot",
    "layer": "settings source",
    "levels": "depths",
    "link": "channel",
    "owner": "lock",
    "pace": "rate",
    "piece": "chunk, token, part",
    "shares": "quota allocator",
    "turns": "exclusive slot",
}
# Name, of one module or of any -> why it may hold such a word.
ALLOWED_NAMES = {
    "CallLedger": "public: implementers of meters hold their own against it",
    "HeldBack": "public: calls that are held back",
    "in_flight": "the usual term for calls that are under way",
    "peak_in_flight": "the usual term for calls that are under way",
    "meter.py:settle": "the public contract of meters: a call is acquired, then settled",
    "meter.py:settled": "the public contract of meters: a call is acquired, then settled",
}
# In no text: comments, docstrings, messages, documentation.
_PLAIN_NO = (
    "longer|more|less|fewer|better|worse|smaller|larger|faster|slower|deeper|higher|lower|older|newer|other|use|good"
)
IN_TEXTS = {
    r"\bhouses?\b": "package, code base",
    r"\bnurser(?:y|ies)\b": "fork server",
    r"\b(?:rooms|(?:this|each|every|only|another|whole|own) room)\b": "package",
    r"\b(?:the|a|each|every|this) floor\b": "layer",
    r"\banew\b": "again, re-",
    rf"(?<!here )\b(?:is|are|was|were) no\s+(?!(?:{_PLAIN_NO})\b)\w+": "is not a",
    r", too(?=[.;:)]|$)": "also, as well, or nothing",
}
# Text -> why it may stand.
ALLOWED_TEXTS = {"reading room": "a room with books, in a story that an example scans"}


def words(name: str) -> list[str]:
    """Split a name at its capitals and underscores."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def names(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Line, kind and name of what a module defines; names of laws are sentences."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield node.lineno, "class", node.name
            fields = [item.target for item in node.body if isinstance(item, ast.AnnAssign)]
            yield from ((f.lineno, "field", f.id) for f in fields if isinstance(f, ast.Name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("test_"):
            yield node.lineno, "function", node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, "parameter", node.arg


def odd_names(path: str, text: str) -> Iterator[Finding]:
    """Names of a module, and in it, that hold a word of ours."""
    module = Path(path).parent.name if path.endswith("__init__.py") else Path(path).stem
    for line, kind, name in ((1, "module", module), *names(ast.parse(text))):
        if not {name, f"{Path(path).name}:{name}"} & ALLOWED_NAMES.keys():
            banned = IN_NAMES | IN_CLASSES if kind == "class" else IN_NAMES
            for word in dict.fromkeys(words(name)):
                if word in banned:
                    yield Finding(path, line, f"{kind} {name!r} says {word!r}", banned[word])


def odd_texts(path: str, text: str) -> Iterator[Finding]:
    """Words and turns of speech in a text, wherever they stand."""
    for allowed in ALLOWED_TEXTS:
        text = text.replace(allowed, "")
    for pattern, instead in IN_TEXTS.items():
        for found in re.finditer(pattern, text, re.IGNORECASE | re.MULTILINE):
            yield Finding(path, text.count("\n", 0, found.start()) + 1, repr(found[0]), instead)


def texts() -> Iterator[tuple[str, str]]:
    """Each file that people read, with its text."""
    for pattern in TEXTS:
        for top in sorted(ROOT.glob(pattern)):
            for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
                name = path.relative_to(ROOT).as_posix()
                if path.is_file() and path.suffix in ENDS and "/logs/" not in name and name not in NOT_READ:
                    yield name, path.read_text(encoding="utf-8")


def modules() -> list[tuple[str, str]]:
    """Each module of the package, with its text."""
    return [(path, text) for path, text in texts() if path.startswith("src/") and path.endswith(".py")]


def findings() -> list[Finding]:
    """All words of ours that are left."""
    found = [finding for path, text in texts() for finding in odd_texts(path, text)]
    return found + [finding for path, text in modules() for finding in odd_names(path, text)]


def doubles(modules: Iterable[tuple[str, str]]) -> list[str]:
    """Names that more than one class has."""
    where: dict[str, list[str]] = {}
    for path, text in modules:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                where.setdefault(node.name, []).append(f"{path}:{node.lineno}")
    return [f"{name}: {', '.join(places)}" for name, places in sorted(where.items()) if len(places) > 1]
