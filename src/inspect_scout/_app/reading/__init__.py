"""Reading transcripts in windows: pages of them, ranges of what is in them, and what is found, never wholes.

records   what is answered            library    what is kept between two questions: indexes and open samples
corpus    the index of a location     pages      pages, neighbours and facets of it
sample    one transcript, opened      messages, events  ranges of it
"""
