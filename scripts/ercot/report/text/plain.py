"""Text that is to be read as it stands, whatever file names it holds."""

import re

MARKUP = re.compile(r"[\\`*\[\]<>|#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def plain(text: str) -> str:
    """Keep text from being read as Markdown or HTML: file names can hold anything."""
    flat = "".join(c if c.isprintable() else "?" for c in " ".join(str(text).split()))
    return MARKUP.sub(r"\\\g<0>", flat)
