"""What every job of the workflow does around its work: a log, a line for the terminal, and errors in one line."""

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def logged(job: str, path: str) -> Iterator[Callable[[str], None]]:
    """Hand out a function that writes a line to the job's log and, with the job's name and time, to the terminal.

    An error goes to the log whole, and to the terminal in one line.
    """
    begun = time.monotonic()
    with open(path, "w", encoding="utf-8") as log:

        def say(line: str) -> None:
            print(line, file=log, flush=True)
            print(f"  {job}: {line} ({time.monotonic() - begun:.1f} s)", file=sys.stderr, flush=True)

        try:
            yield say
        except OSError as error:
            traceback.print_exc(file=log)
            sys.exit(f"ercot: {job}: {error.strerror or error}: {error.filename or ''} (log: {path})")
        except SystemExit as ended:
            print(ended, file=log)
            sys.exit(f"ercot: {job}: {ended} (log: {path})")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a panic of polars is no Exception
            traceback.print_exc(file=log)
            reason = str(error).partition("\n")[0]
            sys.exit(f"ercot: {job}: {type(error).__name__}: {reason} (log: {path})")


def ticking(say: Callable[[str], None], seconds: float = 5.0) -> Callable[[int, int], None]:
    """Return a function that is told how much is done of how much, and says so now and then, with the time left."""
    begun = last = time.monotonic()

    def tick(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= seconds and 0 < done < total:
            last = now
            say(f"{done:,} of {total:,} files, about {(now - begun) * (total - done) / done:.0f} s left")

    return tick


def rate(count: int, noun: str, seconds: float) -> str:
    """Say how many a second."""
    return f"{count / max(seconds, 0.001):,.0f} {noun}/s"


def stems(paths: list[str], ending: str) -> dict[str, str]:
    """Map each batch to the stem of its interim files, from the paths of one kind of them."""
    return {Path(stem).name: stem for stem in (str(path).removesuffix(ending) for path in paths)}
