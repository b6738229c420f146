"""Scanner files on disk."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from inspect_scout._scanners.source import (
    ScannerSource,
    describe_scanner_files,
    read_scanner_file,
    write_scanner_changes,
)
from inspect_scout._support.errors import ConfigError, LocationError, SourceChangedError, UnknownNameError

TEXT = """from inspect_scout import grep_scanner, scanner
raise RuntimeError("was run")

@scanner(messages="all")
def words():
    return grep_scanner("a")  # one
"""


def with_pattern(path: Path, pattern: str) -> ScannerSource:
    scanner = read_scanner_file(path).scanners[0]
    assert scanner.grep is not None
    return replace(scanner, grep=replace(scanner.grep, pattern=pattern))


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
    assert "no valid Python" in (found["broken.py"].problem or "")
    assert "no Python text" in (found["binary.py"].problem or "")
    assert "larger" in (found["large.py"].problem or "")
    assert set(found) == {"a.py", "sub/b.py", "broken.py", "binary.py", "large.py"}


@pytest.mark.parametrize(
    ("head", "encoding"), [("", "utf-8"), ("", "utf-8-sig"), ("# -*- coding: latin-1 -*-\n", "latin-1")]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_change_leaves_all_other_bytes(tmp_path: Path, head: str, encoding: str, newline: str) -> None:
    path = tmp_path / "s.py"
    path.write_bytes((head + "# é\n" + TEXT).replace("\n", newline).encode(encoding))
    path.chmod(0o640)
    before = path.read_bytes()
    seen = read_scanner_file(path)
    text = write_scanner_changes(path, seen.text, with_pattern(path, "ö"))
    assert path.read_bytes() == before.replace(b'"a"', '"ö"'.encode("utf-8" if "utf" in encoding else encoding))
    assert read_scanner_file(path).text == text
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == ["s.py"]


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "s.py"
    path.write_text(TEXT)
    seen, updated = read_scanner_file(path).text, with_pattern(path, "b")
    path.write_text(TEXT.replace('"a"', '"other"'))
    with pytest.raises(SourceChangedError, match="Read it again"):
        write_scanner_changes(path, seen, updated)
    assert '"other"' in path.read_text()
    path.write_text(TEXT.replace("# one", "# a new comment"))
    assert "# a new comment" in write_scanner_changes(path, seen, updated)


def test_what_the_encoding_of_the_file_lacks_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.py"
    path.write_text("# coding: latin-1\n" + TEXT)
    with pytest.raises(ConfigError, match="iso-8859-1"):
        write_scanner_changes(path, read_scanner_file(path).text, with_pattern(path, "日"))
    assert path.read_text() == "# coding: latin-1\n" + TEXT


@pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff is not on the PATH")
@pytest.mark.parametrize("project", ["ruff.toml", "pyproject.toml", "none"])
def test_ruff_formats_only_files_that_it_formatted_before(tmp_path: Path, project: str) -> None:
    path = tmp_path / "s.py"
    body = 'from inspect_scout import grep_scanner, scanner\n\n\n@scanner(messages="all")\ndef words():\n'
    for text in (f'{body}    return grep_scanner(["a"])\n', f'{body}    return grep_scanner( ["a"])\n'):
        path.write_text(text)
        if project == "pyproject.toml":
            (tmp_path / project).write_text("[tool.ruff]\nline-length = 60\n")
        elif project == "ruff.toml":
            (tmp_path / project).write_text("line-length = 60\n")
        scanner = read_scanner_file(path).scanners[0]
        assert scanner.grep is not None
        updated = replace(scanner, grep=replace(scanner.grep, patterns=("a" * 20, "b" * 20)))
        changed = write_scanner_changes(path, text, updated)
        tidy = "( [" not in text and project != "none"
        assert ("    return grep_scanner(\n" in changed) == tidy


def test_without_ruff_nothing_is_formatted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.py"
    (tmp_path / "ruff.toml").write_text("line-length = 40\n")
    path.write_text(TEXT)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert write_scanner_changes(path, TEXT, with_pattern(path, "b")) == TEXT.replace('"a"', '"b"')
