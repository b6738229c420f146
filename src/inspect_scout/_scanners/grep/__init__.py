"""Searching transcripts for words and patterns."""
