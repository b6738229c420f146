"""Find, select, describe, watch and delete scans."""
