"""Spans of tracing systems as runs of agents.

span    what a program noted of one thing that it did      line    what one agent has said and was told, call by call
"""
