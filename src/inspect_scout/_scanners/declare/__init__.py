"""Declaring scanners and loaders: decorators, what they attach, names, and how scanners are made again."""
