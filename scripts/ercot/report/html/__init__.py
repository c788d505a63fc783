"""index.html. In: the content of the report. Out: one self-contained page."""
