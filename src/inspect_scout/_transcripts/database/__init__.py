"""Transcripts in parquet files, with an index and a log of commits (design/003-transcript-database.md).

schema     the columns                     values, columns  cells, and columns of cells
encode     objects -> rows                 incoming         what users give, JSON, tables -> rows
writer     rows -> data file               datafile, pages  data file -> rows, cells, pieces of cells
rest       keys that few transcripts share      footers    opening parquet files
infos      rows of the index -> descriptions                source  the whole, as a source of transcripts

layout     names of files                  log              the order of all commits
index_files, assemble -> catalogue                          what the database holds, out of all index files
changes    state -> next state             commits          putting changes on top of each other
sessions, intake                           what goes in and is committed
compaction, rebuild, inspection            looking after it
reading, database                          what users hold
"""
