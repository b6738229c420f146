"""Kinds of answers: what a model is asked to write, and how its reply becomes a result.

Each kind is one implementation of `Answer`; all of them pass the law suite in tests/contracts/test_answer.py.
"""
