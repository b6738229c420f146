"""The token, and the cookie that stands for it."""

from __future__ import annotations

import pytest

from inspect_scout._view.network.access import KEY_SECONDS, Access
from support.clocks import JumpingClock


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def access(clock: JumpingClock) -> Access:
    return Access("t0ken", 7576, clock)


def test_the_token_must_be_shown_once_and_as_it_is(access: Access) -> None:
    assert access.admits([b"t0ken"], [])
    for wrong in ([], [b""], [b"Bearer t0ken"], [b"T0KEN"], [b"t0ken "], [b"t0ken", b"t0ken"], [b"\xff"]):
        assert not access.admits(wrong, [])


def test_a_key_lets_one_browser_in(access: Access) -> None:
    session = access.redeem(access.new_key())
    assert session is not None
    assert access.admits([], [f"other=1; {access.cookie}={session}; more=2".encode()])
    for wrong in (b"", b"scout_view_7576=", b"scout_view_7577=" + session.encode(), b"scout_view_7576=x", b"\xff=\xff"):
        assert not access.admits([], [wrong])
    assert not access.admits([], [f"{access.cookie}={session}".encode()] * 2)


def test_a_key_works_once(access: Access) -> None:
    key = access.new_key()
    assert access.redeem(key) is not None
    assert access.redeem(key) is None


def test_a_key_works_for_ten_minutes(access: Access, clock: JumpingClock) -> None:
    key = access.new_key()
    clock.seconds += KEY_SECONDS
    assert access.redeem(key) is None


@pytest.mark.parametrize("key", ["", "x", "\u00e4", "t0ken"])
def test_other_keys_let_nobody_in(access: Access, key: str) -> None:
    access.new_key()
    assert access.redeem(key) is None


def test_a_wrong_token_is_not_made_good_by_a_cookie(access: Access) -> None:
    session = access.redeem(access.new_key())
    assert not access.admits([b"wrong"], [f"{access.cookie}={session}".encode()])
