"""Scanners as scorers of Inspect, and scorers of Inspect as scanners.

scorer   a scanner as a scorer      live_sample   a sample that is being scored -> transcript
scanner  a scorer as a scanner      scorer_input  a transcript -> the state that a scorer is given
scores   results -> one score (`reduce`: one of several)
"""
