"""Transcripts in parquet files, with an index and a log of commits (design/003-transcript-database.md)."""
