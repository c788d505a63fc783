"""What each report should hold: which days and intervals were due, which are missing, why, and what to download.

In: the catalog, the plan, the times of rollups, receipts. Out: missing days and times with their cause, wanted.csv.
"""
