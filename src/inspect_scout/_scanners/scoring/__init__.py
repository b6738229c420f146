"""Scanners as scorers of Inspect, and scorers of Inspect as scanners.

subject  a sample that is being scored -> transcript     scores  results -> one score (`reduce`: one of several)
scorer   a scanner as a scorer                           sample  a transcript -> the state that a scorer is given
scanner  a scorer as a scanner
"""
