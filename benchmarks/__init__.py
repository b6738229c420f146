"""What can be timed, with floors beside it: `make bench`, or `python -m benchmarks --help`."""
