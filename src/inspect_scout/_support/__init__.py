"""Errors, storage, ids, clock, JSON, paths: everything that knows nothing of transcripts."""
