"""Lists of scans and transcripts that work without script, until there is a page."""
