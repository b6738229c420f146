"""YAML that users write, as plain data."""

from __future__ import annotations

import functools
from typing import Any

MAX_NODES = 1_000_000
"""Values that aliases may unfold to: a few lines of them can stand for more than any memory holds."""


SWITCHES = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
"""Words for on and off; YAML 1.2 itself knows but two of them."""


class YamlError(ValueError):
    """A text is not YAML, or not data that can be used.

    Args:
        problem: What is wrong, in one line.
        line: Where, from 1 (None: not known).
    """

    def __init__(self, problem: str, line: int | None = None) -> None:
        self.problem, self.line = problem, line
        super().__init__(f"{problem} (line {line})" if line is not None else problem)


def load_yaml(text: str) -> Any:
    """Load YAML; dates, which JSON does not know, stay text.

    Raises:
        YamlError: It is broken, refers to itself, or unfolds to more than can be held.
    """
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        if "*" in text and "&" in text:
            check_aliases(compose_yaml(text))
        return _reader().load(text)
    except MarkedYAMLError as error:
        found: Any = error
        line = None if found.problem_mark is None else found.problem_mark.line + 1
        raise YamlError(str(found.problem).strip().splitlines()[0], line) from error
    except (YAMLError, ValueError, TypeError, RecursionError) as error:
        if isinstance(error, YamlError):
            raise
        # The parser lets some errors of Python through: keys that cannot be hashed, lists of lists of lists.
        raise YamlError((str(error).strip() or type(error).__name__).splitlines()[0]) from error


def guess_value(text: str) -> Any:
    """Guess what somebody means who typed a value, where nothing says its type.

    It is YAML (with `yes`, `no`, `on` and `off`, as older programs write switches); dates, and what is not YAML, are
    text; text with commas becomes a list, unless it begins with a quote.
    """
    if text.lower() in SWITCHES:
        return SWITCHES[text.lower()]
    try:
        value = load_yaml(text)
    except YamlError:
        value = text
    if isinstance(value, str) and "," in value and text[:1] not in {'"', "'"}:
        return [part.strip() for part in value.split(",")]
    return value


def compose_yaml(text: str) -> Any:
    """Parse YAML into nodes, which know where they stand; None for an empty text.

    Raises:
        YAMLError: It is broken.
    """
    from ruamel.yaml import YAML

    reader: Any = YAML(typ="safe", pure=True)
    return reader.compose(text)


def check_aliases(root: Any) -> None:
    """Refuse aliases that lead into themselves, or that unfold to too many values, without unfolding them.

    Raises:
        YamlError: There are such aliases.
    """
    sizes: dict[int, int] = {}
    opened: set[int] = set()
    waiting: list[Any] = [root] if root is not None else []
    while waiting:
        node = waiting[-1]
        if id(node) in sizes:
            waiting.pop()
            continue
        children = _children(node)
        if id(node) not in opened:
            opened.add(id(node))
            for child in children:
                if id(child) in opened and id(child) not in sizes:
                    raise YamlError("an alias stands inside of what it names", child.start_mark.line + 1)
                waiting.append(child)
            continue
        waiting.pop()
        sizes[id(node)] = 1 + sum(sizes[id(child)] for child in children)
        if sizes[id(node)] > MAX_NODES:
            raise YamlError(f"its aliases unfold to more than {MAX_NODES:,} values", node.start_mark.line + 1)


def _children(node: Any) -> list[Any]:
    if node.id == "mapping":
        return [part for pair in node.value for part in pair]
    return list(node.value) if node.id == "sequence" else []


@functools.cache
def _constructor() -> Any:
    from ruamel.yaml.constructor import SafeConstructor

    base: Any = SafeConstructor
    plain: Any = type("PlainConstructor", (base,), {})
    plain.add_constructor("tag:yaml.org,2002:timestamp", base.construct_yaml_str)
    return plain


def _reader() -> Any:
    from ruamel.yaml import YAML

    reader: Any = YAML(typ="safe", pure=True)
    reader.Constructor = _constructor()
    return reader
