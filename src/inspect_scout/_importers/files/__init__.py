"""Files of traces: which there are below a folder, and which format each of them has."""
