"""How long a test waits for a process, a file or a server before it takes it for hung.

This is a bound for what would never end, not an expectation: a machine that does other work at the same time may be
twenty times slower than one that does not.
"""

PATIENCE = 1800  # seconds
