"""The JSON files of a scan directory, each read as far as it can be: its definition, its summary, its errors.

Older scans and other programs write them as well, and files get damaged: what cannot be read of a file never costs the rest.
`light_spec`, `summary` and `errors` load none of the models of inspect_ai.
"""
