"""What the files of a database hold: their names, their columns, and values as cells of these."""
