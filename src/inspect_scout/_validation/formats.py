"""Files of labelled cases as rows of fields, whatever their format; each row says where it stands."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from .._support.errors import ConfigError
from .._support.shapes import is_list, is_mapping
from .._support.text import decode_text
from .._support.yaml import check_aliases, compose_yaml
from .cells import cell_text, id_text, read_cell, read_number, strict_json

logger = logging.getLogger("inspect_scout")

SUFFIXES = (".csv", ".json", ".jsonl", ".yaml", ".yml")
LABEL, TARGET = "label_", "target_"
_HEADINGS = re.compile(r"id|target|name|value|key|split|predicate|target_.*|label_.*", re.IGNORECASE)
_CSV_SPECIAL = re.compile('[,"\r\n]')
_OWN = ("id", "target", "labels", "split", "predicate", "task_id", "task_repeat", "epoch")
_TEXTS = frozenset({"id", "split", "predicate", "task_id"})  # columns whose cells are text, whatever they look like

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_TAG = "tag:yaml.org,2002:"
_TAGS = {_TAG + name for name in ("str", "int", "float", "bool", "null", "timestamp", "value", "merge", "seq", "map")}
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*")
# Text that other readers of YAML take for something else than text.
_MISTAKABLE = re.compile(r"[yn]|[-+.]?(inf|nan)|0[xo].*", re.IGNORECASE)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a file has it.

    Args:
        where: Where it stands ("line 3", "case 2").
        fields: Its fields: `id`, `target` or `labels`, `split`, ...; what is blank is left out.
    """

    where: str
    fields: Mapping[str, Any]


def suffix_of(path: str) -> str:
    """Tell the format of a file.

    Raises:
        ConfigError: It is none of those that can be read.
    """
    suffix = "." + path.rpartition("/")[2].rpartition(".")[2].lower()
    if suffix not in SUFFIXES:
        raise ConfigError(
            f"{path!r} is not a file of labelled cases: its name must end in one of {', '.join(SUFFIXES)}."
        )
    return suffix


def parse_rows(data: bytes, suffix: str) -> list[CaseRow]:
    """Read the rows of a file.

    Raises:
        ValueError: It is damaged, or holds no cases.
    """
    text = decode_text(data)
    if suffix == ".csv":
        return list(_csv_rows(text))
    return [_row(where, fields) for where, fields in _unnested(_READERS[suffix](text))]


def write_rows(rows: Sequence[Mapping[str, Any]], suffix: str, *, nested: bool = False) -> bytes:
    """Write rows, so that `parse_rows` gives them back.

    Args:
        rows: Fields of the cases.
        suffix: The format.
        nested: Whether cases stand in groups by split (YAML and JSON only).

    Raises:
        ValueError: A value cannot be written.
    """
    if suffix == ".csv":
        return _csv_text(rows).encode()
    plain = [_outer(row) for row in rows]
    if suffix == ".jsonl":
        return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in plain).encode()
    items: list[Any] = list(_grouped(plain)) if nested else plain
    if suffix == ".json":
        return (json.dumps(items, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    return _write_yaml(items).encode()


def is_nested(data: bytes, suffix: str) -> bool:
    """Tell whether the cases of a file stand in groups by split."""
    if suffix in {".csv", ".jsonl"}:
        return False
    return any(_is_group(item) for _, item in _READERS[suffix](decode_text(data)))


def _is_none(value: object) -> bool:
    return value is None


def nested_form(fields: Mapping[str, Any], *, is_blank: Callable[[Any], bool] = _is_none) -> Any:
    """Gather the columns `label_...` and `target_...` of a row into `labels` and `target`, and leave out what is blank.

    Args:
        fields: Columns and their values.
        is_blank: Whether a value says nothing. A target of None says that no value is expected, unless there are labels.
    """
    gathered: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {LABEL: {}, TARGET: {}}
    for name, value in fields.items():
        prefix = next((p for p in parts if name.startswith(p)), None)
        if prefix is not None:
            if not is_blank(value):
                parts[prefix][name[len(prefix) :]] = value
        elif name == "target" or not is_blank(value):
            gathered[name] = value
    if parts[LABEL]:
        labels = gathered.get("labels")
        gathered["labels"] = {**(labels if is_mapping(labels) else {}), **parts[LABEL]}
    if parts[TARGET]:
        if gathered.get("target") is not None:
            raise ValueError("it has both 'target' and 'target_...' columns; give one of them")
        gathered["target"] = parts[TARGET]
    if "labels" in gathered and gathered.get("target", ...) is None:
        del gathered["target"]
    return gathered


def _row(where: str, fields: Mapping[str, Any], is_blank: Callable[[Any], bool] = _is_none) -> CaseRow:
    try:
        return CaseRow(where, nested_form(fields, is_blank=is_blank))
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _json_items(text: str) -> list[tuple[str, Any]]:
    try:
        found = strict_json(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if not is_list(found):
        raise ValueError("it holds no list of cases")
    return [(f"case {number}", item) for number, item in enumerate(found, 1)]


def _json_line_items(text: str) -> list[tuple[str, Any]]:
    items: list[tuple[str, Any]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                items.append((f"line {number}", strict_json(line)))
            except (ValueError, RecursionError) as error:
                raise ValueError(f"line {number} is not JSON: {error}") from error
    return items


def _read_yaml(text: str) -> list[tuple[str, Any]]:
    """Read a YAML list node by node, so that every value is what it looks like; dates stay text."""
    from ruamel.yaml.error import YAMLError

    try:
        root = compose_yaml(text)
        if "*" in text and "&" in text:
            check_aliases(root)
    except YAMLError as error:
        raise ValueError(f"it is not YAML: {error}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if root is None:
        return []
    if root.id != "sequence":
        raise ValueError("it holds no list of cases")
    return [(_yaml_line(item), _yaml_value(item)) for item in root.value]


def _yaml_line(node: Any) -> str:
    return f"line {node.start_mark.line + 1}"


def _yaml_value(node: Any) -> Any:
    tag = str(node.tag or _TAG)
    if node.tag and tag not in _TAGS:
        raise ValueError(f"the tag {tag} is not allowed ({_yaml_line(node)})")
    if node.id == "sequence":
        return [_yaml_value(item) for item in node.value]
    if node.id == "mapping":
        if odd := [key for key, _ in node.value if key.id != "scalar"]:
            raise ValueError(f"a key must be text ({_yaml_line(odd[0])})")
        return {str(key.value): _yaml_value(item) for key, item in node.value}
    text = str(node.value)
    # A number that is tagged as text is text.
    quoted = bool(node.style) or (tag == f"{_TAG}str" and read_number(text) is not None)
    return text if quoted else _resolved(text)


def _resolved(text: str) -> Any:
    # Plain `yes`, `no`, `on` and `off` are switches, as most people and most readers of YAML take them.
    if text in _WORDS:
        return _WORDS[text]
    number = read_number(text)
    return text if number is None else number


_READERS: Mapping[str, Callable[[str], list[tuple[str, Any]]]] = {
    ".json": _json_items,
    ".jsonl": _json_line_items,
    ".yaml": _read_yaml,
    ".yml": _read_yaml,
}


def _is_group(item: Any) -> bool:
    return is_mapping(item) and "split" in item and "cases" in item and "id" not in item


def _unnested(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, item in items:
        if _is_group(item):
            if not is_list(item["cases"]):
                raise ValueError(f"{where}: the 'cases' of split {item['split']!r} are not a list")
            for number, case in enumerate(item["cases"], 1):
                inner = f"{where}, case {number} of split {item['split']!r}"
                yield inner, {"split": item["split"], **_mapping(case, inner)}
        else:
            yield where, _mapping(item, where)


def _mapping(item: Any, where: str) -> dict[str, Any]:
    if not is_mapping(item):
        raise ValueError(f"{where} is not a case: {item!r}; a case is a mapping with 'id' and 'target' or 'labels'")
    return item


def _outer(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write the id of a row so that it reads back."""
    id = row.get("id")
    return {**row, "id": id_text(id)} if isinstance(id, str) else dict(row)


def _grouped(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for split, members in groupby(rows, key=lambda row: row.get("split")):
        if split is None:
            yield from members
        else:
            yield {"split": split, "cases": [{k: v for k, v in row.items() if k != "split"} for row in members]}


def _csv_rows(text: str) -> Iterator[CaseRow]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    names: list[str] | None = None
    try:
        start = 1
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [_heading(cell) for cell in cells]
                if len(names) != 2 or any(_HEADINGS.fullmatch(name) for name in names):
                    continue
                logger.warning("A file of cases has no headings; its two columns are taken for id and target")
                names = ["id", "target"]
            yield _row(f"line {line}", _csv_fields(names, cells, line), lambda _: False)
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is not CSV: {error}") from error
    if names is None:
        raise ValueError("it is empty; the first line names the columns: id, target")


def _heading(cell: str) -> str:
    name = cell.lstrip()
    plain = name.strip()
    return plain.lower() if plain.lower() in _OWN else name


def _csv_fields(names: Sequence[str], cells: Sequence[str], line: int) -> dict[str, Any]:
    if len(cells) > len(names):
        raise ValueError(f"line {line} has {len(cells)} cells where the headings name {len(names)} columns")
    known = {name: cell for name, cell in zip(names, cells) if cell.strip()}
    return {name: cell if name in _TEXTS else read_cell(cell) for name, cell in known.items()}


def _csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    flat = [_flat(row) for row in rows]
    found = dict.fromkeys(name for row in flat for name in row)
    # Columns of one kind stand together: own ones first, then what others put there.
    about = ["id"] if "id" in found or "task_id" not in found else ["task_id", "epoch"]
    order = [*about, *(n for n in found if n.startswith((LABEL, TARGET)) or n == "target"), *found]
    names = list(dict.fromkeys(name for name in order if name in found or name == "id"))
    lines = [names if rows else ["id", "target"], *([row.get(name, "") for name in names] for row in flat)]
    # csv.writer leaves a lone carriage return unquoted, which its reader takes for the end of a line.
    return "".join(",".join(map(_csv_cell, cells)) + "\n" for cells in lines)


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _CSV_SPECIAL.search(text) else text


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, value in _outer(row).items():
        if name in _TEXTS:
            cells[name] = id_text(value) if is_list(value) else str(value)
        elif name == "labels":
            cells |= {LABEL + label: cell_text(expected) for label, expected in value.items()}
        elif name == "target" and is_mapping(value) and value:
            cells |= {TARGET + key: cell_text(expected) for key, expected in value.items()}
        else:
            cells[name] = cell_text(value)
    return cells


def _write_yaml(items: list[Any]) -> str:
    """Write a list of mappings, so that `_read_yaml` gives it back."""
    lines: list[str] = []
    for item in items:
        lines += _yaml_lines(item, "")
    return "\n".join(lines) + "\n" if lines else "[]\n"


def _yaml_lines(item: Mapping[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for number, (key, value) in enumerate(item.items()):
        front = f"{indent}{'- ' if number == 0 else '  '}{_flow(key)}:"
        if key == "cases" and is_list(value) and value and all(is_mapping(v) and v for v in value):
            lines += [front, *(line for nested in value for line in _yaml_lines(nested, indent + "    "))]
        elif is_mapping(value) and value:
            lines += [front, *(f"{indent}    {_flow(k)}: {_flow(v)}" for k, v in value.items())]
        else:
            lines.append(f"{front} {_flow(value)}")
    return lines


def _flow(value: Any) -> str:
    """Write a value as JSON, which is YAML too; a plain word stands without quotes."""
    plain = isinstance(value, str) and _PLAIN.fullmatch(value) and not _MISTAKABLE.fullmatch(value)
    if plain and isinstance(_resolved(value), str):
        return str(value)
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _UNPRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08x}", text)
