"""What may be read, and what a name in a URL means."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError
from inspect_scout._view.places import PlaceRefusedError, Places, decode_location, encode_location


@given(st.text(min_size=1))
def test_a_location_survives_the_way_through_a_url(location: str) -> None:
    assert decode_location(encode_location(location)) == location
    assert decode_location(base64.b64encode(location.encode()).decode()) == location


@pytest.mark.parametrize("text", ["", "!!!", "a", "=", "%2e%2e", "_w", "\u00e4"])
def test_what_is_not_base64_of_a_text_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        decode_location(text)


def test_what_is_in_a_root_may_be_read(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    places = Places([str(tmp_path / "logs")])
    assert places.check(str(tmp_path / "logs" / "a.eval")) == str(tmp_path / "logs" / "a.eval")
    assert places.check((tmp_path / "logs").as_uri()) == str(tmp_path / "logs")


@pytest.mark.parametrize("outside", ["../secret", "logs/../../secret", "logs-of-others/a.eval"])
def test_what_is_outside_of_all_roots_is_refused(tmp_path: Path, outside: str) -> None:
    with pytest.raises(PlaceRefusedError, match="not in what this server shows"):
        Places([str(tmp_path / "logs")]).check(str(tmp_path / outside))


def test_a_link_out_of_a_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "secret").mkdir()
    (tmp_path / "logs" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(PlaceRefusedError):
        Places([str(tmp_path / "logs")]).check(str(tmp_path / "logs" / "link" / "key"))


def test_urls_are_held_to_their_roots() -> None:
    places = Places(["s3://bucket/logs"])
    assert places.check("s3://bucket/logs/a.eval") == "s3://bucket/logs/a.eval"
    with pytest.raises(PlaceRefusedError):
        places.check("s3://bucket/logs-of-others")
    with pytest.raises(ConfigError):
        places.check("s3://bucket/logs/../x")
    with pytest.raises(ConfigError):
        places.check("s3://bucket/logs/%2e%2e/x")
