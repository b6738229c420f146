"""Scout reads chats that a program wrote as text, and can queue the scans of a machine."""
