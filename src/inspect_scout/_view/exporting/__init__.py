"""A folder that shows scans without a server: the page, and what the API answers to all that it asks.

recording    answers as they are asked for and kept      scans        what is asked about scans
transcripts  what is asked about a transcript            export       what is exported, and the export
"""
