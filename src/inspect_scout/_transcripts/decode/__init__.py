"""The JSON of one eval sample -> a transcript, decoding only what is asked for.

`decode_sample` reads a sample in one go; `open_sample` reads a big one item by item, with equal results:

    source  where the bytes come from            sections  cutting a sample into raw parts
    items   raw message or event -> object       attachments, pools  what items share with each other
    mending what Inspect's classes refuse        ids     of what its log gives none
    cutter  cutting item by item, on `structure` spool  raw items kept in temporary files
    sample, stream, handle  the ways in          timelines, views  what is derived from a transcript
    raw     the same content as JSON, for databases
"""
