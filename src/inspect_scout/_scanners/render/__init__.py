"""Messages as text, the numbers they are cited by, and the citations read back.

One numbering serves rendering, searching and `tool_callers`: see design/002-one-numbering.md.
"""
