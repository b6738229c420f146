"""Which data files and rows count: the log of commits, snapshots of it, and changes that are committed to it."""
