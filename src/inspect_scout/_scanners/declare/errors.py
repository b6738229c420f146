"""Errors of declaring a scanner."""

from __future__ import annotations

from ..._support.errors import ConfigError


class SignatureError(ConfigError, TypeError):
    """A function cannot be used as scanner or loader: it is not async, or its input does not fit its filters."""
