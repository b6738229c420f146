"""What a page may load."""

from __future__ import annotations

import json

import pytest

from inspect_scout import ConfigError
from inspect_scout._view.network.content_policy import PAGE_POLICY, parse_policy, policy_header


def test_our_page_runs_nothing_inline_and_loads_nothing_from_elsewhere() -> None:
    header = policy_header(PAGE_POLICY)
    assert "unsafe" not in header
    assert "default-src 'none'" in header
    assert {source for sources in PAGE_POLICY.values() for source in sources} == {"'none'", "'self'", "data:"}
    assert header.endswith("frame-ancestors 'none'")


def test_a_page_brings_its_own_policy() -> None:
    text = json.dumps({"version": 1, "directives": {"script-src": ["'self'", "'sha256-x='"], "sandbox": []}})
    assert policy_header(parse_policy(text, "p")) == "script-src 'self' 'sha256-x='; sandbox; frame-ancestors 'none'"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "directives": {}}',
        '{"version": true, "directives": {}}',
        '{"version": 1, "directives": {}, "more": 1}',
        '{"version": 1, "directives": []}',
        '{"version": 1, "directives": {"script-src": "self"}}',
        '{"version": 1, "directives": {"script-src": ["a b"]}}',
        '{"version": 1, "directives": {"script-src": ["a;b"]}}',
        '{"version": 1, "directives": {"script-src": ["a,b"]}}',
        '{"version": 1, "directives": {"script-src": ["\\u00e4"]}}',
        '{"version": 1, "directives": {"frame-ancestors": ["*"]}}',
        '{"version": 1, "directives": {"Script-Src": []}}',
        '{"version": 1, "directives": {"script-src": [], "script-src": []}}',
    ],
)
def test_a_policy_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="content policy"):
        parse_policy(text, "p")
