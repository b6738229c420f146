"""What is remembered of searches."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_scout import StorageError
from inspect_scout._app.viewing.search_store import MAX_ENTRIES, SearchStore


def test_the_newest_entries_are_kept(tmp_path: Path) -> None:
    store = SearchStore(tmp_path / "below" / "searches.db")
    for number in range(MAX_ENTRIES + 2):
        store.put("grep", str(number), {"n": number})
    assert store.get("grep", "1") is None
    assert store.get("grep", "2") == {"n": 2}
    store.put("grep", "2", {"n": -2})
    assert store.newest("grep", 2) == [{"n": -2}, {"n": MAX_ENTRIES + 1}]
    assert store.newest("llm", 5) == []


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "searches.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StorageError, match="Delete the file"):
        SearchStore(path).get("grep", "a")
