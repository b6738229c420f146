"""Message threads of spans: what an agent said and read, across compactions and branches.

    events    what a source holds itself, and which of its spans can be scanned   thread  events -> messages
    splices   the whole run that a branch ends        choice  the timeline of a transcript to look at

Pure functions over events and timelines: nothing here renders, counts or reads.
"""
