"""A provider on loopback that misbehaves: what it can do (`behaviours`), in whose words (`dialects`), and the server."""
