"""The JSON of one eval sample -> a transcript, decoding only what is asked for.

`decode_sample` reads a sample in one go; `open_sample` reads a big one item by item, with equal results:

    source  where the bytes come from            sections  splitting a sample into raw parts
    items   raw message or event -> object       attachments, pools  what items share with each other
    repair  what Inspect's classes refuse        ids     for what has none in its log
    splitter  item by item, on `structure`       record_file, stored_sample  raw items in temporary files
    sample, stream, handle  the ways in          timelines, views  what is derived from a transcript
    raw     the same content as JSON, for databases
"""
