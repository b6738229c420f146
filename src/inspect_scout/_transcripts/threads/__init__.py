"""Message threads of spans: what an agent said and read, across compactions and branches.

    events    the timeline to look at, what a source holds itself, and which of its spans can be scanned
    splices   the whole run that a branch ends        thread  events -> messages

Pure functions over events and timelines: nothing here renders, counts or reads.
"""
