"""Messages as text, the numbers they are cited by, and the citations read back.

`plain`, `quotes` and `folding` show people what a result rests on, of messages that are JSON.

One numbering serves rendering, searching and `tool_callers`: see design/002-one-numbering.md.
"""
