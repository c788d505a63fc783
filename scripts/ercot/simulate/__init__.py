"""Realistic raw reports of any declared dataset, day and era, with the exact truth beside them.

`write_tree` writes a tree; `files.files_of_day` makes the files of one day and `table.day_table` says what they hold.
Everything comes from the catalog; what is drawn depends on the seed, the report, the day and the row alone.
"""

from ercot.simulate.request import BadRequest, Request
from ercot.simulate.tree import Written, save, write_tree

__all__ = ["BadRequest", "Request", "Written", "save", "write_tree"]
