"""Searching transcripts for words and patterns."""

from __future__ import annotations

from .scan import grep_scanner as grep_scanner
