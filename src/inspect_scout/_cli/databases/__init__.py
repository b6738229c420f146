"""Commands that write transcripts into databases, and look after these."""
