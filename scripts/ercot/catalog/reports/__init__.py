"""One declaration a report of ERCOT, one module a family of reports."""
