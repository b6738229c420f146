"""Changing keys of a YAML mapping in its text: lines about other keys are not touched."""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from .._support.yaml import compose_yaml, load_yaml


@dataclass(frozen=True, slots=True)
class _LineBlock:
    """A key, or an item of a list, as lines of text.

    Args:
        first: Its first line.
        end: The line after its last one; comments and blank lines before the next entry are not part of it.
        node: Its value.
    """

    first: int
    end: int
    node: Any


def patch_mapping(text: str, changes: Mapping[str, Any]) -> str:
    """Change keys of a mapping.

    Args:
        text: YAML that holds a mapping in block style, or nothing. Other styles are rewritten, without comments.
        changes: New values by key; None, or what is empty, removes the key.
    """
    data: dict[str, Any] = load_yaml(text) or {}
    changed = {key: None if _is_empty(value) else value for key, value in changes.items()}
    wanted = {key: value for key, value in {**data, **changed}.items() if key not in changed or value is not None}
    for key in changed.keys() & data.keys():
        if _same(changed[key], data[key]) and data[key] is not None:
            del changed[key]
    try:
        result = _edit_text(text, changed) if data else _append_keys(text, changed)
        if _same(load_yaml(result) or {}, wanted):
            return result
    except ValueError:
        pass  # a style that cannot be edited line by line
    return _dump_yaml(wanted) if wanted else ""


def _is_empty(value: Any) -> bool:
    return value is None or (not isinstance(value, bool | int | float) and len(value) == 0)


def _same(one: Any, other: Any) -> bool:
    """Whether two values are written alike: true and 1 are not."""
    return json.dumps(one, default=str) == json.dumps(other, default=str)


def _edit_text(text: str, changes: Mapping[str, Any]) -> str:
    root = compose_yaml(text)
    if root.id != "mapping" or root.flow_style or root.start_mark.column:
        raise ValueError("no mapping in block style")
    lines = text.splitlines(keepends=True)
    entries = {key.value: entry for key, entry in _entries(lines, root.value)}
    added = {key: value for key, value in changes.items() if key not in entries}
    # From the end, so that the numbers of the lines before stay true.
    for key, entry in sorted(entries.items(), key=lambda item: -item[1].first):
        if key in changes:
            lines[entry.first : entry.end] = _render_entry(lines, key, entry, changes[key])
    return _append_keys("".join(lines), added)


def _entries(lines: list[str], pairs: list[tuple[Any, Any]]) -> list[tuple[Any, _LineBlock]]:
    starts = [key.start_mark.line for key, _ in pairs]
    ends = [*starts[1:], len(lines)]
    return [
        (key, _LineBlock(first, _trim_end(lines, first, end), value))
        for (key, value), first, end in zip(pairs, starts, ends, strict=True)
    ]


def _trim_end(lines: list[str], first: int, end: int) -> int:
    while end > first + 1 and _is_blank_or_comment(lines[end - 1]):
        end -= 1
    return end


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.startswith("#") or line.strip() in {"...", "---"}


def _render_entry(lines: list[str], key: str, entry: _LineBlock, value: Any) -> list[str]:
    if value is None:
        return []
    old = lines[entry.first : entry.end]
    if isinstance(value, list) and entry.node.id == "sequence" and not entry.node.flow_style:
        return _items(lines, entry, cast("list[Any]", value))
    new = _dump_yaml({key: value}).splitlines(keepends=True)
    comment = _comment(old[0], entry)
    if comment and (len(new) == 1 or new[0].rstrip().endswith(":")):
        new[0] = f"{new[0].rstrip()}{comment}\n"
    return new


def _comment(line: str, entry: _LineBlock) -> str:
    """Find the comment on the first line of an entry, with the blanks before it."""
    node = entry.node
    if node.id == "scalar" and node.end_mark.line == entry.first:
        rest = line[node.end_mark.column :]
    elif node.start_mark.line > entry.first:
        rest = line.partition(":")[2]
    else:
        return ""
    return rest.rstrip() if rest.strip().startswith("#") else ""


def _items(lines: list[str], entry: _LineBlock, value: list[Any]) -> list[str]:
    """Write a list; items that it had before keep their lines."""
    if entry.node.start_mark.line == entry.first:
        raise ValueError("a list that begins beside its key")
    dashes = [_dash(lines, item.start_mark.line, entry.node.start_mark.column) for item in entry.node.value]
    kept: list[tuple[Any, list[str]]] = []
    start = entry.first + 1
    for dash, end in zip(dashes, [*dashes[1:], entry.end], strict=True):
        # Comments before an item belong to it.
        end = end if end == entry.end else _content_end(lines, dash, end)
        block = lines[start:end]
        items: list[Any] = load_yaml("".join(block))
        kept.append((items[0], block))
        start = end
    indent = " " * entry.node.start_mark.column
    written = [lines[entry.first]]
    for wanted in value:
        position = _match(kept, wanted)
        if position is None:
            written += [indent + line for line in _dump_yaml([wanted]).splitlines(keepends=True)]
        else:
            item, block = kept.pop(position)
            written += block if _same(item, wanted) else _rewrite_item(block, indent, wanted)
    return written


def _dash(lines: list[str], line: int, column: int) -> int:
    """Find the line of the dash that begins an item."""
    while line > 0 and not lines[line][column:].startswith("-"):
        line -= 1
    return line


def _match(kept: list[tuple[Any, list[str]]], wanted: Any) -> int | None:
    """Find the item that a new one takes the place of: an equal one, else one about the same scanner."""
    same = (position for position, (item, _) in enumerate(kept) if _same(item, wanted))
    alike = (position for position, (item, _) in enumerate(kept) if _named_scanners(item) & _named_scanners(wanted))
    return next(itertools.chain(same, alike), None)


def _named_scanners(item: Any) -> set[tuple[str, str]]:
    """What an item of a worklist, or of a list of scanners, is about."""
    if not isinstance(item, dict):
        return set()
    fields = cast("dict[str, Any]", item)
    return {(key, str(fields[key])) for key in ("scanner", "name") if key in fields}


def _rewrite_item(block: list[str], indent: str, wanted: Any) -> list[str]:
    """Rewrite an item; the comments before and after it stay."""
    dash = next(i for i, line in enumerate(block) if line.lstrip().startswith("-"))
    written = [indent + line for line in _dump_yaml([wanted]).splitlines(keepends=True)]
    return [*block[:dash], *written, *block[_content_end(block, dash, len(block)) :]]


def _content_end(lines: list[str], first: int, end: int) -> int:
    """Find the line after the last one that is neither a comment nor blank."""
    while end > first + 1 and (not lines[end - 1].strip() or lines[end - 1].strip().startswith("#")):
        end -= 1
    return end


def _append_keys(text: str, changes: Mapping[str, Any]) -> str:
    added = {key: value for key, value in changes.items() if value is not None}
    if not added:
        return text
    if text and not text.endswith("\n"):
        text += "\n"
    return text + _dump_yaml(added)


def _dump_yaml(value: Any) -> str:
    from ruamel.yaml import YAML

    writer: Any = YAML(typ="safe", pure=True)
    writer.default_flow_style = False
    writer.sort_base_mapping_type_on_output = False
    writer.allow_unicode = True
    writer.width = 4096
    stream = io.StringIO()
    writer.dump(value, stream)
    return stream.getvalue()
