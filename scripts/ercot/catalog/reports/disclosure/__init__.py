"""Reports of single participants, disclosed sixty days later."""
