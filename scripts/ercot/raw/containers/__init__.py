"""Files that hold others: zips, zips within zips, gzip, workbooks. In: a path. Out: its members and their bytes."""
