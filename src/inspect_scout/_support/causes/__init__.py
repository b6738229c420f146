"""What went wrong: exceptions in words, what providers said, and which errors are of one cause."""
