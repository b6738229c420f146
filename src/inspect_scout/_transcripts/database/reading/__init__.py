"""Reading a database: which transcripts a query selects, and their content."""
