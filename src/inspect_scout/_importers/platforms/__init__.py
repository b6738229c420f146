"""Platforms that keep traces, asked through their HTTP interfaces."""
