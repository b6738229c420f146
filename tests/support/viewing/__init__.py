"""The server, asked by tests."""
