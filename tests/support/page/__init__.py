"""What the tests of the page look at."""
