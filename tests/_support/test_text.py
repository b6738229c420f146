"""Text files that users name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from inspect_scout import ConfigError
from inspect_scout._support.text import read_text
from support.special import SPECIAL, fifo


@pytest.mark.parametrize("make", [fifo, SPECIAL["device"]])
def test_a_settings_file_is_refused_as_what_it_is(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "x.yaml")
    with pytest.raises(ConfigError, match=r"x.yaml' cannot be read: it is a .*, and only regular files are read"):
        read_text(tmp_path / "x.yaml")
