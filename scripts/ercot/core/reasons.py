"""Why rows and files are rejected: names as in the tables of rejected rows and in the report, each explained.

A name may be followed by a colon and by what it is about: `bad_number: mw`.
"""

OF_ROWS = {
    "bad_number": "a number is expected and something else stands there, or a number that is not finite",
    "bad_stamp": "a time is expected and something else stands there",
    "bad_date": "the operating day or the time of the run is not a date or a time",
    "bad_hour": "the hour is none of the hours of its day",
    "bad_interval": "the interval is none of the intervals of its hour or day",
    "bad_flag": "the flag of the repeated hour is neither Y nor N",
    "blank_key": "a column of the key is blank",
    "missing_value": "a value that must be there is blank",
    "ambiguous_hour": "the hour is there twice in November, and nothing says which one is meant",
    "nonexistent_hour": "the hour is skipped in March, and the hour before it is there too",
    "foreign_day": "the row is of another operating day than its file",
    "repeated_header": "the header stands once more among the rows",
    "ragged_line": "the line has more or fewer fields than the header",
    "bad_quotes": "the quotes of the line do not match",
    "not_utf8": "the line is not encoded as UTF-8",
    "nul_byte": "there is a NUL byte in the line",
}
OF_FILES = {
    "unreadable": "the file, or the container it lies in, cannot be opened or is damaged",
    "changed": "the file was changed while the workflow read it",
    "empty_file": "there is nothing in the file",
    "not_csv": "the file is a web page or binary data, not a table",
    "unknown_header": "the first line is no header of the report that the name says",
    "numeric_header": "the columns are numbered instead of named",
    "duplicate_column": "a column stands twice in the header",
    "missing_column": "a column without which rows cannot be told apart is not in the header",
    "no_header": "the file has no header, and its number of columns does not say which they are",
}


def meaning_of(reason: str) -> str:
    """Return the sentence for a reason, nothing where a text is none; `bad_number: mw` has that of `bad_number`."""
    return (OF_ROWS | OF_FILES).get(reason.partition(":")[0], "")
