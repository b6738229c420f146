"""Reading and writing the parquet files of a database."""
