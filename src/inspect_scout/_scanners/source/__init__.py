"""Scanner files as data: what each scanner asks, without running the file.

model    what is known of a scanner      arguments  which arguments are known, and which values they take
text     the file as text, by position   values     plain values in the syntax tree
parse    text -> scanners                (answers: its `answer` and pydantic classes)
files    files and folders on disk
"""
