"""Floors: what bare libraries need for the heart of each job, without results, files or errors.

A bound to compare with, no target: `python floors.py NAME DATA STATE` prints seconds as a line of JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from glob import glob
from typing import Any

import msgspec


class Raw(msgspec.Struct):
    """A sample whose sections stay bytes."""

    messages: msgspec.Raw
    events: msgspec.Raw


class Named(msgspec.Struct):
    """An event of which only the name is read."""

    event: str


class Role(msgspec.Struct):
    """A message of which only the role is read."""

    role: str


def bodies(data: str, logs: str) -> Iterator[bytes]:
    """Decompress each sample of a set."""
    import zipfile_zstd  # noqa: F401

    for path in sorted(glob(os.path.join(data, logs, "*.eval"))):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.startswith("samples/"):
                    yield archive.read(name)


def messages(data: str, logs: str, only: str = "") -> None:
    """Validate the messages of each sample (of one role), each by the class of its role."""
    from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageTool, ChatMessageUser

    classes = {
        "assistant": ChatMessageAssistant,
        "system": ChatMessageSystem,
        "tool": ChatMessageTool,
        "user": ChatMessageUser,
    }
    raw, raw_list = msgspec.json.Decoder(Raw), msgspec.json.Decoder(list[msgspec.Raw])
    role_of = msgspec.json.Decoder(Role)
    for body in bodies(data, logs):
        for item in raw_list.decode(raw.decode(body).messages):
            role = role_of.decode(item).role
            if not only or role == only:
                classes[role].model_validate_json(bytes(item))


def tool_events(data: str, logs: str) -> None:
    """Validate the tool events of each sample."""
    from inspect_ai.event import ToolEvent
    from pydantic import TypeAdapter

    adapter = TypeAdapter(ToolEvent)
    raw, raw_list = msgspec.json.Decoder(Raw), msgspec.json.Decoder(list[msgspec.Raw])
    named = msgspec.json.Decoder(Named)
    for body in bodies(data, logs):
        for item in raw_list.decode(raw.decode(body).events):
            if named.decode(item).event == "tool":
                adapter.validate_json(bytes(item))


def everything(data: str, logs: str) -> None:
    """Read every event as plain data, and validate the messages."""
    messages(data, logs)
    events = msgspec.json.Decoder(list[dict[str, Any]])
    raw = msgspec.json.Decoder(Raw)
    for body in bodies(data, logs):
        events.decode(raw.decode(body).events)


def search(data: str, logs: str) -> None:
    """Look for the word in the bytes."""
    for body in bodies(data, logs):
        body.count(b"ZEBRAFINCH")


def headers(data: str, logs: str) -> None:
    """Read header and summaries of each log."""
    import zipfile_zstd  # noqa: F401

    for path in glob(os.path.join(data, logs, "*.eval")):
        with zipfile.ZipFile(path) as archive:
            msgspec.json.decode(archive.read("header.json"))
            msgspec.json.decode(archive.read("summaries.json"))


def stats(data: str, logs: str) -> None:
    """Look whether each log is still the same."""
    for path in glob(os.path.join(data, logs, "*.eval")):
        os.stat(path)


def table(state: str) -> None:
    """Read the parquet file of results, without heavy columns."""
    import pyarrow.parquet as pq

    (path,) = glob(os.path.join(state, "scans", "*", "per_message.parquet"))
    names = [n for n in pq.read_schema(path).names if n not in {"input", "input_data", "scan_events"}]
    pq.read_table(path, columns=names)


FLOORS: dict[str, Callable[[str, str], None]] = {
    "scan_messages": lambda data, _: messages(data, "medium"),
    "scan_assistant_only": lambda data, _: messages(data, "medium", "assistant"),
    "scan_tool_events": lambda data, _: tool_events(data, "medium"),
    "scan_everything": lambda data, _: everything(data, "medium"),
    "scan_grep": lambda data, _: search(data, "medium"),
    "scan_5_scanners": lambda data, _: everything(data, "medium"),
    "scan_small": lambda data, _: messages(data, "small"),
    "scan_per_message": lambda data, _: messages(data, "small"),
    "scan_tiny": lambda data, _: messages(data, "tiny"),
    "huge_materialised": lambda data, _: messages(data, "huge"),
    "huge_streamed": lambda data, _: messages(data, "huge"),
    "huge_tool_events": lambda data, _: tool_events(data, "huge"),
    "index_cold": lambda data, _: headers(data, "many"),
    "index_warm": lambda data, _: stats(data, "many"),
    "resume": lambda data, _: messages(data, "small"),
    "results_df": lambda _, state: table(state),
    "results_batches": lambda _, state: table(state),
    "results_arrow": lambda _, state: table(state),
}


def main() -> None:
    """Time one floor, imports apart."""
    name, data, state = sys.argv[1:]
    for library in ("inspect_ai.event", "inspect_ai.model", "pyarrow.dataset", "pyarrow.parquet", "zipfile_zstd"):
        importlib.import_module(library)

    began = time.perf_counter()
    FLOORS[name](data, state)
    print(json.dumps(time.perf_counter() - began))


if __name__ == "__main__":
    main()
