"""What every job of the workflow does around its work: a log, and errors in one line."""

import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def logged(path: str) -> Iterator[Callable[[str], None]]:
    """Hand out a function that writes a line to the job's log; an error goes there whole, and in one line to stderr."""
    with open(path, "w", encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, file=log, flush=True)

        try:
            yield say
        except OSError as error:
            traceback.print_exc(file=log)
            sys.exit(f"ercot: {error.strerror or error}: {error.filename or ''} (log: {path})")
        except SystemExit as ended:
            say(str(ended))
            sys.exit(f"ercot: {ended} (log: {path})")
        except Exception as error:
            traceback.print_exc(file=log)
            sys.exit(f"ercot: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''} (log: {path})")


def stems(paths: list[str], ending: str) -> dict[str, str]:
    """Map each batch to the stem of its interim files, from the paths of one kind of them."""
    return {Path(stem).name: stem for stem in (str(path).removesuffix(ending) for path in paths)}
