"""Worklists that cannot be used."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from inspect_scout import ConfigError, LocationError, UnknownNameError, Worklist
from inspect_scout._plan.worklist import resolve_worklist


@pytest.mark.parametrize(
    "text",
    ["", "a: 1", "[1, 2]", '[{"scanner": "a"}]', "[", "- scanner: a\n  transcripts: 3", "\t- :", "- {scanner: [a]}"],
)
def test_what_is_no_worklist_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"work\.yaml"):
        asyncio.run(resolve_worklist(path, ["a"]))


def test_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"work\.yaml"):
        asyncio.run(resolve_worklist(path, ["a"]))


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LocationError, match="nowhere"):
        asyncio.run(resolve_worklist(str(tmp_path / "nowhere.yaml"), ["a"]))


def test_unknown_scanner_is_refused_with_close_matches() -> None:
    with pytest.raises(UnknownNameError, match="'counts'"):
        asyncio.run(resolve_worklist([Worklist(scanner="count", transcripts=[])], ["counts", "x"]))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text", ['[{"scanner": "a", "transcripts": ["café"]}]', "- scanner: a\r\n  transcripts: [café]\r\n"]
)
def test_worklists_are_read_as_powershell_writes_them(encoding: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_bytes(text.encode(encoding))
    assert asyncio.run(resolve_worklist(path, ["a"])) == [Worklist(scanner="a", transcripts=["café"])]


def test_a_worklist_in_another_encoding_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "work.yaml"
    path.write_bytes("- scanner: café\n".encode("latin-1"))
    with pytest.raises(
        ConfigError, match=r"^The worklist '.*work\.yaml' cannot be read: it is not UTF-8 \(byte 0xe9 on"
    ):
        asyncio.run(resolve_worklist(path, ["a"]))
