"""Reading transcripts in windows: pages of them, ranges of what is in them, and what is found, never wholes.

records, map_records  what is answered       transcript_cache  what is kept between two questions
corpus  the index of some locations          pages    pages, neighbours and facets of it
sample  one transcript, opened               messages, events, bodies, attachments  what is in it, by number or name
facts    what is known of all that is in it   times    how long calls took
agents   its sub-agents                       batches  many items by one read
outline  it from afar                        finding, searching  texts in one, and in many
citations  what results cite of it           transcripts  the ways in
"""
