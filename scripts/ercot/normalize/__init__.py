"""The raw files of one batch to typed rows in UTC, each with one fate.

In: a manifest and the raw files that it lists. Out: interim Parquet, rejected rows, revisions, a ledger.
"""
