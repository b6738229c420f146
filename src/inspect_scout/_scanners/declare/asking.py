"""What code asks a model by itself, without a scanner of Scout's own that could say it.

A scanner may call `generate_answer` or a model with a prompt that its code puts together. What it asks is then known only
by the texts that stand there: those it passes on in such a call, and the constants of the file that it refers to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .code import Code

_ASKING = frozenset({"generate_answer", "scanner_prompt", "generate", "get_model", "llm_scanner"})
_CARRYING = _ASKING | {"ChatMessageUser", "ChatMessageSystem", "ContentText"}
_NAMING = ast.Assign | ast.AnnAssign | ast.AugAssign
_BUILDING = ast.Constant | ast.JoinedStr | ast.BinOp | ast.List | ast.Tuple | ast.Dict | ast.Call


def asked_texts(code: Code) -> tuple[str, ...]:
    """Collect the texts that code puts to a model; none if it asks none."""
    trees = [ast.parse(text) for text in (code.own, *code.reached.values())]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    if not any(_called(call) in _ASKING for call in calls):
        return ()
    # Texts that a file gives a name, and those that calls carry.
    named = [node for tree in trees[1:] for node in tree.body if isinstance(node, _NAMING)]
    values = [node.value for node in named if isinstance(node.value, _BUILDING)]
    values += [argument for call in calls if _called(call) in _CARRYING for argument in _arguments(call)]
    return tuple(dict.fromkeys(text for value in values for text in _texts(value)))


def _called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.JoinedStr | ast.BinOp):
        yield ast.unparse(node)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.List | ast.Tuple | ast.Set):
        for item in node.elts:
            yield from _texts(item)
    elif isinstance(node, ast.Dict):
        for item in node.values:
            yield from _texts(item)
    elif isinstance(node, ast.Call):
        # "...".strip(), dedent("..."): what is called matters less than what it is given.
        inner = [node.func.value] if isinstance(node.func, ast.Attribute) else []
        for item in (*inner, *_arguments(node)):
            yield from _texts(item)
