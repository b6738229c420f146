"""Transcripts in Inspect's eval logs.

listing  which files are logs             zip      members of a zip file, by ranged reads
reading  header and summaries of a log    rows, scores, thinning, records  what the index keeps of them
cache    what was read before             table    the index as infos, and as the table that conditions refer to
access   finding a sample, located  reading it     copies   samples that several logs hold
source   the whole, kind  as a kind of source
live     a sample that is being scored
"""
