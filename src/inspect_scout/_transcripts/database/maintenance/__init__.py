"""Looking after a database: compaction, index rebuild, and reports on what it holds."""
