"""The facts of a row group: what the checks and the report want to know of its rows, computed while they are in memory.

In: the rows of a row group. Out: one line of facts, kept beside the interim file.
"""
