"""What is made for users beside the rollups: lineage of a row, the data dictionary.

In: finished results. Out: answers and documents.
"""
