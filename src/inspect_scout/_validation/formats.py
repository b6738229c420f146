"""Files of labelled cases as rows of fields, whatever their format; each row says where it stands."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._support.errors import ConfigError
from .._support.shapes import is_list, is_mapping
from .._support.text import decode_text
from .cells import cell_text, id_text, read_cell, strict_json
from .yaml_text import read_yaml, write_yaml

logger = logging.getLogger("inspect_scout")

SUFFIXES = (".csv", ".json", ".jsonl", ".yaml", ".yml")
LABEL, TARGET = "label_", "target_"
_HEADINGS = re.compile(r"id|target|name|value|key|split|predicate|target_.*|label_.*", re.IGNORECASE)
_CSV_SPECIAL = re.compile('[,"\r\n]')
_OWN = ("id", "target", "labels", "split", "predicate", "task_id", "task_repeat")


@dataclass(frozen=True, slots=True)
class Row:
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
        raise ConfigError(f"{path!r} is no file of labelled cases: its name must end in one of {', '.join(SUFFIXES)}.")
    return suffix


def parse_rows(data: bytes, suffix: str) -> list[Row]:
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
    return write_yaml(items).encode()


def is_nested(data: bytes, suffix: str) -> bool:
    """Tell whether the cases of a file stand in groups by split."""
    if suffix in {".csv", ".jsonl"}:
        return False
    return any(_is_group(item) for _, item in _READERS[suffix](decode_text(data)))


def nested_form(fields: Mapping[str, Any], *, is_blank: Callable[[Any], bool] = lambda value: value is None) -> Any:
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


def _row(where: str, fields: Mapping[str, Any]) -> Row:
    try:
        return Row(where, nested_form(fields))
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
                raise ValueError(f"line {number} is no JSON: {error}") from error
    return items


_READERS: Mapping[str, Callable[[str], list[tuple[str, Any]]]] = {
    ".json": _json_items,
    ".jsonl": _json_line_items,
    ".yaml": read_yaml,
    ".yml": read_yaml,
}


def _is_group(item: Any) -> bool:
    return is_mapping(item) and "split" in item and "cases" in item and "id" not in item


def _unnested(items: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for where, item in items:
        if _is_group(item):
            if not is_list(item["cases"]):
                raise ValueError(f"{where}: the 'cases' of split {item['split']!r} are no list")
            for number, case in enumerate(item["cases"], 1):
                inner = f"{where}, case {number} of split {item['split']!r}"
                yield inner, {"split": item["split"], **_mapping(case, inner)}
        else:
            yield where, _mapping(item, where)


def _mapping(item: Any, where: str) -> dict[str, Any]:
    if not is_mapping(item):
        raise ValueError(f"{where} is no case: {item!r}; a case is a mapping with 'id' and 'target' or 'labels'")
    return item


def _outer(row: Mapping[str, Any]) -> dict[str, Any]:
    """Write the id of a row so that it reads back, and leave out what says nothing."""
    kept = {name: value for name, value in row.items() if value is not None or name == "target"}
    id = kept.get("id")
    return {**kept, "id": id_text(id)} if isinstance(id, str) else kept


def _grouped(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    group: dict[str, Any] = {}
    for row in rows:
        split = row.get("split")
        if split is None:
            if group:
                yield group
            group = {}
            yield row
            continue
        case = {name: value for name, value in row.items() if name != "split"}
        if group and group["split"] == split:
            group["cases"].append(case)
            continue
        if group:
            yield group
        group = {"split": split, "cases": [case]}
    if group:
        yield group


def _csv_rows(text: str) -> Iterator[Row]:
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
            yield Row(f"line {line}", _csv_fields(names, cells, line))
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num} is no CSV: {error}") from error
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
    fields = {name: cell if name in {"id", "split", "predicate"} else read_cell(cell) for name, cell in known.items()}
    try:
        return dict(nested_form(fields, is_blank=lambda _: False))
    except ValueError as error:
        raise ValueError(f"line {line}: {error}") from error


def _csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    flat = [_flat(row) for row in rows]
    found = dict.fromkeys(name for row in flat for name in row)
    # Columns of one kind stand together: own ones first, then what others put there.
    order = ["id", *(n for n in found if n.startswith((LABEL, TARGET)) or n == "target"), *found]
    names = list(dict.fromkeys(name for name in order if name in found or name == "id"))
    lines = [names if rows else ["id", "target"], *([row.get(name, "") for name in names] for row in flat)]
    # csv.writer leaves a lone carriage return unquoted, which its reader takes for the end of a line.
    return "".join(",".join(map(_csv_cell, cells)) + "\n" for cells in lines)


def _csv_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _CSV_SPECIAL.search(text) else text


def _flat(row: Mapping[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for name, value in _outer(row).items():
        if name in {"id", "split", "predicate"}:
            cells[name] = id_text(value) if is_list(value) else str(value)
        elif name == "labels":
            cells |= {LABEL + label: cell_text(expected) for label, expected in value.items()}
        elif name == "target" and is_mapping(value) and value:
            cells |= {TARGET + key: cell_text(expected) for key, expected in value.items()}
        else:
            cells[name] = cell_text(value)
    return cells
