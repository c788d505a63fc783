"""Interim files to the rollup of a year, and rollups to derived rollups.

In: the interim files of a year and its price corrections. Out: Parquet for users.
"""
