"""Taking results to where there is no server."""
