"""Editing what a project holds, for clients that may have read an older state of it."""
