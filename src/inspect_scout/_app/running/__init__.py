"""Run scans: refuse early, scan, follow, end."""
