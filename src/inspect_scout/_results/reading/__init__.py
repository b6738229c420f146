"""Reading results: `results_query` for pages, `data_frames` for pandas, `arrow_batches` for Arrow.

Between these and the stored rows: `scanner_rows` (as stored), `row_view` (as a reader wants them), `combined_rows` (of several
scanners).
"""
