"""Judging models: prompts, answers asked for until they can be used, results of long transcripts reduced to one."""
