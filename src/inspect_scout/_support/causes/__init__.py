"""What went wrong: exceptions in words, what providers said, and which errors have one cause."""
