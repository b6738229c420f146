"""Messages -> segments: rendered text that fits into what a model can read.

    estimate, vocabulary  tokens of a text without a network     counting  the way to count for a model
    budget   how much of a model's window messages may use       rendering  messages -> texts, together where possible
    packing  texts -> segments                                   split   one message that does not fit
    messages, timeline    the ways in: lists, streams, spans, transcripts

Where a segment ends depends on the messages, the model and the budget, never on timing.
"""
