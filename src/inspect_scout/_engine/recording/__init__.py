"""From what scanners reported to durable rows, and to those who want to know how the scan stands."""
