"""How many examples are kept of what was found."""

EXAMPLES = 5
