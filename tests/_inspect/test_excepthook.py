"""The private names of inspect_ai that keep it from setting up, or refusing, the program that it runs in."""

from __future__ import annotations

import sys

import pytest
from inspect_ai._util import error, platform
from inspect_ai._util.platform import platform_init

from inspect_scout._inspect.excepthook import embedding_inspect


def test_no_hook_is_set_in_the_block_and_the_next_program_gets_its_own() -> None:
    before, flag = sys.excepthook, error._exception_hook_set
    error._exception_hook_set = False
    try:
        with embedding_inspect(), embedding_inspect():
            platform_init()
            assert sys.excepthook is before
        platform_init()
        assert sys.excepthook is not before
    finally:
        sys.excepthook, error._exception_hook_set = before, flag


def test_a_notebook_without_widgets_is_refused_outside_the_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "running_in_notebook", lambda: True)
    monkeypatch.setattr(platform, "init_nest_asyncio", lambda: None)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)
    with embedding_inspect(), embedding_inspect():
        platform_init()
    with pytest.raises(ModuleNotFoundError):
        platform_init()
