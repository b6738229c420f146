"""Messages of the providers, as their clients send and receive them, in the JSON of Inspect."""
