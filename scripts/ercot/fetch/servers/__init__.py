"""ERCOT's servers: the public API and the public MIS, paced, with one token for an account.

In: addresses, an account, what to ask for. Out: lists of documents, and their bytes on the disk.
"""
