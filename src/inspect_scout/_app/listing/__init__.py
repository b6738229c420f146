"""Scans and their results as they are looked through: page by page, sorted, filtered, counted and searched."""
