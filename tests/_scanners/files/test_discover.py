from __future__ import annotations

import textwrap

import pytest

from inspect_scout._scanners.files.discover import find_declarations


def found(source: str) -> list[tuple[str, str | None]]:
    return [(d.function, d.name) for d in find_declarations(textwrap.dedent(source), "f.py").scanners]


@pytest.mark.parametrize(
    ("imports", "decorator"),
    [
        ("from inspect_scout import scanner", "scanner"),
        ("from inspect_scout import scanner", "scanner(messages='all')"),
        ("from inspect_scout import scanner as s", "s"),
        ("from inspect_scout import scanner as s", "s(messages='all')"),
        ("from inspect_scout._scanner.scanner import scanner as s", "s(messages='all')"),
        ("from inspect_scout import *", "scanner"),
        ("from mine import scanner", "scanner"),
        ("import inspect_scout", "inspect_scout.scanner"),
        ("import inspect_scout as scout", "scout.scanner(messages='all')"),
        ("import inspect_scout._scanner.scanner", "inspect_scout._scanner.scanner.scanner"),
        ("from inspect_scout import _scanner", "_scanner.scanner"),
    ],
)
def test_decorators_are_found_under_every_name(imports: str, decorator: str) -> None:
    assert found(f"{imports}\n@{decorator}\ndef f(): ...") == [("f", "f")]


@pytest.mark.parametrize(
    "source",
    [
        "import other\n@other.scanner\ndef f(): ...",
        "from other import scanner as s\n@s\ndef f(): ...",
        "@scanners\ndef f(): ...",
        "def g():\n    @scanner\n    def f(): ...",
        "class G:\n    @scanner\n    def f(self): ...",
        "def f(): ...",
    ],
)
def test_nothing_else_is_taken_for_a_scanner(source: str) -> None:
    assert found(source) == []


def test_names_are_read_where_they_are_written_out() -> None:
    source = """
        @scanner(messages="all", name="given")
        def one(): ...
        @scanner(name=PREFIX + "x")
        def two(): ...
        @scanner(**options)
        def three(): ...
        @scanner(name=None)
        def four(): ...
    """
    assert found(source) == [("one", "given"), ("two", None), ("three", None), ("four", "four")]


def test_branches_count_as_top_level_and_later_functions_win() -> None:
    source = """
        try:
            import fast
            @scanner
            def one(): ...
        except ImportError:
            if True:
                @scanner
                def two(): ...
        @scanner
        def three(): ...
        @scanner(name="again")
        def one(): ...
    """
    assert found(source) == [("two", "two"), ("three", "three"), ("one", "again")]


def test_jobs_are_found_beside_scanners() -> None:
    declared = find_declarations("import inspect_scout as s\n@s.scanjob(name='j')\ndef f(): ...", "f.py")
    assert [(d.function, d.name) for d in declared.jobs] == [("f", "j")]
    assert declared.scanners == ()
