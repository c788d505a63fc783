"""verification.md, changes.md and single lines of both. In: the content of the report. Out: text."""
