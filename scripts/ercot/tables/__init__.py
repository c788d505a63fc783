"""The form of a table: columns with type, unit and meaning; time columns; the order of rows.

In: a declaration of the catalog. Out: polars types, pandera schemas, data sheets, sort keys.
"""
