"""What every other package uses: files, errors, findings, paths, threads, wording of numbers.

In: nothing of ERCOT. Out: small functions and records without knowledge of any report.
"""
