"""Transcripts in parquet files, with an index and a log of commits (design/003-transcript-database.md).

format       names of files, columns, and how values become cells      files     parquet files: data files, index files
journal      the log of commits -> snapshot of the database; changes    ingest    what users give -> rows -> committed files
maintenance  compaction, index rebuild, reports                         reading   snapshot -> descriptions, content
database     `TranscriptsDB`, what users hold                           kind      databases as a kind of source

Each package imports only from those before it.
"""
