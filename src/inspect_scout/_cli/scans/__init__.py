"""The commands below `scout scan`, a file each."""
