"""Loading scanners: from files and packages that a user names, and from the specs of a recorded scan."""
