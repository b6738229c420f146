"""What results rest on: verdicts, with the messages that they cite.

reading        the use cases            records   what they give
scanned_input  what a scanner was given, read again
found_transcript  the messages of a transcript, without verdicts
passages       which messages are shown, and how much of each      id_prefix  ids as people type them
as_text, as_markdown, as_json           evidence for people and programs
"""
