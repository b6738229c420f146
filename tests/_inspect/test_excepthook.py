"""The one private name of inspect_ai that keeps its hands off `sys.excepthook`."""

from __future__ import annotations

import sys

from inspect_ai._util import error
from inspect_ai._util.platform import platform_init

from inspect_scout._inspect.excepthook import keeping_excepthook


def test_no_hook_is_set_in_the_block_and_the_next_program_gets_its_own() -> None:
    before, flag = sys.excepthook, error._exception_hook_set
    error._exception_hook_set = False
    try:
        with keeping_excepthook(), keeping_excepthook():
            platform_init()
            assert sys.excepthook is before
        platform_init()
        assert sys.excepthook is not before
    finally:
        sys.excepthook, error._exception_hook_set = before, flag
