"""From what users give to committed data files."""
