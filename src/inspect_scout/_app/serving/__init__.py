"""What the server shows, and how it is noticed that it has changed."""
