"""From reports to rows: the schema of results, the cells of a row, and the Parquet files that hold rows."""
