"""Workers: what they run, what hosts them, and how they talk to their parent."""
