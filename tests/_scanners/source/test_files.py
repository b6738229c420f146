"""Scanner files on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from inspect_scout import LocationError, UnknownNameError
from inspect_scout._scanners.source.files import describe_scanner_files

TEXT = """from inspect_scout import grep_scanner, scanner
raise RuntimeError("was run")

@scanner(messages="all")
def words():
    return grep_scanner("a")  # one
"""


def test_files_are_described_without_running_them(tmp_path: Path) -> None:
    path = tmp_path / "s.py"
    path.write_text(TEXT)
    (report,) = describe_scanner_files(str(path))
    assert [scanner.name for scanner in report.scanners] == ["words"]
    (report,) = describe_scanner_files(f"{path}@words")
    assert len(report.scanners) == 1
    with pytest.raises(UnknownNameError, match="words"):
        describe_scanner_files(f"{path}@word")
    with pytest.raises(LocationError, match="does not exist"):
        describe_scanner_files(str(tmp_path / "none.py"))


def test_folders_are_searched_and_problems_reported(tmp_path: Path) -> None:
    for name in ("a.py", "sub/b.py", ".hidden/c.py", "venv/lib/d.py", "own_env/lib/e.py", "notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(TEXT)
    (tmp_path / "own_env/pyvenv.cfg").touch()
    (tmp_path / "broken.py").write_text("@scanner\ndef (")
    (tmp_path / "binary.py").write_bytes(b"scanner \xff\xfe\x00")
    (tmp_path / "large.py").write_bytes(b"scanner" + b"#" * 4_000_000)
    (tmp_path / "none.py").write_text("# no scanner here")
    (tmp_path / "plain.py").write_text("def (")
    found = {Path(r.path).relative_to(tmp_path).as_posix(): r for r in describe_scanner_files(str(tmp_path))}
    assert [name for name, report in found.items() if report.problem is None] == ["a.py", "sub/b.py"]
    assert "not valid Python" in (found["broken.py"].problem or "")
    assert "not Python text" in (found["binary.py"].problem or "")
    assert "larger" in (found["large.py"].problem or "")
    assert set(found) == {"a.py", "sub/b.py", "broken.py", "binary.py", "large.py"}


@pytest.mark.parametrize(
    ("head", "encoding"), [("", "utf-8"), ("", "utf-8-sig"), ("# -*- coding: latin-1 -*-\n", "latin-1")]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_files_are_read_as_python_reads_them(tmp_path: Path, head: str, encoding: str, newline: str) -> None:
    path = tmp_path / "s.py"
    path.write_bytes((head + TEXT.replace('"a"', '"ö"')).replace("\n", newline).encode(encoding))
    (report,) = describe_scanner_files(str(path))
    (found,) = report.scanners
    assert found.grep is not None
    assert found.grep.pattern == "ö"
