"""The raw tree as it lies on the disk: names, containers, headers, and which file belongs to which report and days.

In: a folder of ERCOT's files. Out: an inventory, members of containers as bytes, layouts of their columns.
"""
