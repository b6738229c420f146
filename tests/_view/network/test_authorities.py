"""Names of servers and pages in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._view.network.authorities import (
    canonical_authority,
    canonical_origin,
    is_loopback,
    is_wildcard,
)


@pytest.mark.parametrize(
    ("given", "scheme", "canonical"),
    [
        ("localhost:7576", "http", "localhost:7576"),
        ("LocalHost.:7576", "http", "localhost:7576"),
        ("example.org:80", "http", "example.org"),
        ("example.org:443", "https", "example.org"),
        ("example.org:443", "http", "example.org:443"),
        ("[0:0::1]:7576", "http", "[::1]:7576"),
        ("[::FFFF:7f00:1]", "http", "[::ffff:127.0.0.1]"),
        ("127.0.0.1:07576", "http", "127.0.0.1:7576"),
        ("127.0.0.1", "http", "127.0.0.1"),
    ],
)
def test_equal_authorities_are_equal_texts(given: str, scheme: str, canonical: str) -> None:
    found = canonical_authority(given, scheme)
    if canonical.startswith("[::ffff"):  # Python writes these in two ways, by version
        assert found in (canonical, "[::ffff:7f00:1]")
    else:
        assert found == canonical


@pytest.mark.parametrize(
    "given",
    [
        "",
        ":7576",
        "localhost:",
        "localhost:0",
        "localhost:65536",
        "localhost:-1",
        "localhost:7576:1",
        "::1",
        "[::1",
        "[::1]x",
        "[127.0.0.1]",
        "a..b",
        "user@localhost",
        "localhost/",
        "local host",
        "localhost\n",
        "l\u00f6calhost",
        "localhost:\u0661",
        "a" * 64 + ".org",
        "a." * 200,
    ],
)
def test_what_is_not_an_authority_is_none(given: str) -> None:
    assert canonical_authority(given) is None


@pytest.mark.parametrize(
    "given", ["null", "", "localhost", "file://", "ftp://a", "http://a/", "http://a@b", "http://a?b"]
)
def test_what_is_not_an_origin_is_none(given: str) -> None:
    assert canonical_origin(given) is None


def test_an_origin_has_no_port_that_its_scheme_has_anyway() -> None:
    assert canonical_origin("HTTPS://Example.org:443") == "https://example.org"
    assert canonical_origin("http://example.org:443") == "http://example.org:443"


@given(st.text(max_size=30))
def test_the_form_of_an_authority_is_its_own_form(text: str) -> None:
    found = canonical_authority(text)
    assert found is None or canonical_authority(found) == found


@pytest.mark.parametrize(
    ("host", "loopback", "wildcard"),
    [
        ("127.0.0.1", True, False),
        ("127.8.8.8", True, False),
        ("::1", True, False),
        ("[::1]", True, False),
        ("localhost", True, False),
        ("LOCALHOST.", True, False),
        ("0.0.0.0", False, True),
        ("::", False, True),
        ("", False, True),
        ("10.0.0.1", False, False),
        ("127.evil.org", False, False),
        ("localhost.evil.org", False, False),
    ],
)
def test_addresses_to_listen_on(host: str, loopback: bool, wildcard: bool) -> None:
    assert (is_loopback(host), is_wildcard(host)) == (loopback, wildcard)
