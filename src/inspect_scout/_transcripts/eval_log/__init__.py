"""Transcripts in Inspect's eval logs.

listing  which files are logs             zip      members of a zip file, by ranged reads
indexing header and summaries of a log    rows, scores, summaries, records  what the index keeps of them
cache    what was read before             eval_row, table  the index as infos, and as the table for conditions
locator  finding a sample, located  reading it     duplicates  samples that several logs hold
source   the whole, kind  as a kind of source
plain_messages  messages as JSON, for showing them
live     a sample that is being scored
"""
