"""Kinds of answers: what a model is asked to write, and how its reply becomes a result.

Each kind is one implementation of `Answer`; all of them pass `inspect_scout.testing.AnswerLaws`.
"""
