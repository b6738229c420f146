"""Scanner files as data: what each scanner asks, without running the file.

model    what is known of a scanner, and which plain values its arguments take
text     the file as text, by position, and plain values in its syntax tree
parse    text -> scanners (answers: its `answer` and pydantic classes)
files    files and folders on disk
"""
