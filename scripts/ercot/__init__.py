"""Read ERCOT's raw reports and turn them into typed, deduplicated, accounted-for tables.

The library knows nothing of Snakemake: rules hand it paths, it hands back files.
The way of the data is one direction only:

    raw tree -> inventory -> batches -> interim files and facts -> rollups -> findings -> report
"""
