"""Which names and pages are trusted, and which ways to listen are refused."""

from __future__ import annotations

from typing import Any

import pytest

from inspect_scout import ConfigError
from inspect_scout._view.network.policy import NetworkPolicy, network_policy, split_root_path
from inspect_scout._view.settings import ViewSettings


def policy(**settings: Any) -> NetworkPolicy:
    return network_policy(ViewSettings("/project", **settings))


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("127.0.0.1", {"127.0.0.1:7576", "localhost:7576"}),
        ("127.0.0.2", {"127.0.0.2:7576", "localhost:7576"}),
        ("localhost", {"127.0.0.1:7576", "localhost:7576", "[::1]:7576"}),
        ("::1", {"[::1]:7576", "localhost:7576"}),
    ],
)
def test_on_loopback_the_names_of_this_machine_are_trusted(host: str, names: set[str]) -> None:
    found = policy(host=host)
    assert found.hosts == names
    assert found.origins == {f"http://{name}" for name in names}


def test_elsewhere_the_address_is_trusted() -> None:
    found = policy(host="10.0.0.1", token="t")
    assert found == NetworkPolicy(frozenset({"10.0.0.1:7576"}), frozenset({"http://10.0.0.1:7576"}))


def test_all_addresses_trust_what_is_named_only() -> None:
    found = policy(host="0.0.0.0", token="t", trusted_origins=("https://a.org",), trusted_hosts=("b.org:7576",))
    assert found == NetworkPolicy(frozenset({"a.org", "b.org:7576"}), frozenset({"https://a.org"}))


def test_the_port_of_http_is_left_out() -> None:
    assert policy(port=80).hosts == {"127.0.0.1", "localhost"}


@pytest.mark.parametrize(
    "settings",
    [
        {"host": "10.0.0.1"},
        {"host": "0.0.0.0", "trusted_hosts": ("a.org",)},
        {"host": "0.0.0.0", "token": "t"},
        {"host": "::", "unsafe_allow_unauthenticated": True},
        {"host": "", "token": "t"},
        {"host": "a b", "token": "t"},
        {"trusted_origins": ("a.org",)},
        {"trusted_origins": ("null",)},
        {"trusted_origins": ("https://a.org/",)},
        {"trusted_hosts": ("https://a.org",)},
        {"trusted_hosts": ("*",)},
    ],
)
def test_open_doors_and_bad_names_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        policy(**settings)


def test_whoever_says_so_may_do_without_a_token() -> None:
    assert policy(host="10.0.0.1", unsafe_allow_unauthenticated=True).hosts == {"10.0.0.1:7576"}


@pytest.mark.parametrize(
    ("given", "path", "origin"),
    [
        ("", "", None),
        ("/", "", None),
        ("/scout/", "/scout", None),
        ("a/b", "/a/b", None),
        ("https://Example.org/scout/", "/scout", "https://example.org"),
        ("http://example.org:8080", "", "http://example.org:8080"),
    ],
)
def test_the_root_path_may_be_a_url(given: str, path: str, origin: str | None) -> None:
    assert split_root_path(given) == (path, origin)


@pytest.mark.parametrize(
    "given", ["/a b", "/a?b", "/a#b", "//evil.org", "/../a", "/a/./b", "ftp://a/b", "https:///a", "/<"]
)
def test_other_root_paths_are_refused(given: str) -> None:
    with pytest.raises(ConfigError):
        split_root_path(given)
