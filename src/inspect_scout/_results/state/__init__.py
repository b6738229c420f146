"""How scans stand: their counts, their summary, and lists of scans. `scan_state` and `scan_list` load neither Arrow nor pandas."""
