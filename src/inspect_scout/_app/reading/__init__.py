"""Reading transcripts in windows: pages of them, ranges of what is in them, and what is found, never wholes.

records, map_records  what is answered       transcript_cache  what is kept between two questions
corpus  the index of some locations          pages    pages, neighbours and facets of it
sample  one transcript, opened               messages, events, bodies, attachments  what is in it, by number or name
outline  it from afar                        finding, searching  texts in one, and in many
citations  what results cite of it           transcripts  the ways in
"""
