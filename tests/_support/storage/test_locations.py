"""Locations as text, and which storage serves them."""

from __future__ import annotations

import os

import pytest

from inspect_scout._support.errors import ConfigError
from inspect_scout._support.storage import (
    LocalStorage,
    MemoryStorage,
    is_local,
    join,
    local_path,
    normalize,
    register_storage,
    relative_to,
    storage_for,
)


@pytest.mark.parametrize(
    ("location", "parts", "expected"),
    [
        ("/a", ("b", "c"), "/a/b/c"),
        ("/a/", ("b",), "/a/b"),
        ("a", ("b/c",), "a/b/c"),
        ("/", ("a",), "/a"),
        ("", ("a",), "a"),
        (".", ("a",), "./a"),
        ("s3://bucket/x/", ("y",), "s3://bucket/x/y"),
        ("file:///a", ("b",), "file:///a/b"),
        ("/a", (), "/a"),
        ("/a", ("", "b/"), "/a/b"),
        ("/a", ("..b", "c..d", "..."), "/a/..b/c..d/..."),
    ],
)
def test_join(location: str, parts: tuple[str, ...], expected: str) -> None:
    assert join(location, *parts) == expected


@pytest.mark.parametrize("part", ["..", "../x", "a/../../b", "/etc/passwd", "file:///x", "a\0b"])
def test_join_refuses_what_leads_out(part: str) -> None:
    with pytest.raises(ConfigError, match="relative path"):
        join("/safe", part)


@pytest.mark.parametrize(
    ("location", "local"),
    [("/a", True), ("a b", True), ("file:///a", True), ("FILE:///a", True), ("s3://b", False), ("C:\\x", True)],
)
def test_is_local(location: str, local: bool) -> None:
    assert is_local(location) is local


def test_local_path_drops_the_scheme() -> None:
    assert local_path("file:///a/b%20c") == "/a/b%20c"
    assert local_path("file://localhost/a") == "/a"
    assert local_path("a/b") == "a/b"


def test_normalize_makes_equal_places_equal() -> None:
    assert normalize("a/../b/") == os.path.join(os.getcwd(), "b")
    assert normalize("file:///a//b/.") == "/a/b"
    assert normalize("S3://bucket/a/") == "s3://bucket/a"


def test_relative_to() -> None:
    assert relative_to("/a", "/a/b/c") == "b/c"
    assert relative_to("/a/", "/a/b") == "b"
    assert relative_to("/a", "/ab") == "/ab"


@pytest.mark.parametrize("location", ["/a", "a", "file:///a"])
def test_local_locations_are_served(location: str) -> None:
    assert isinstance(storage_for(location), LocalStorage)


def test_memory_is_one_for_the_process() -> None:
    assert storage_for("memory://a") is storage_for("MEMORY://b")


def test_an_unknown_scheme_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"floppy:// is unknown.*s3://"):
        storage_for("floppy://a/x")


def test_a_registered_scheme_is_served_until_it_is_taken_back() -> None:
    storage = MemoryStorage()
    undo = register_storage("Mine", lambda location: storage)
    try:
        assert storage_for("mine://x") is storage
    finally:
        undo()
    with pytest.raises(ConfigError, match="mine://"):
        storage_for("mine://x")
