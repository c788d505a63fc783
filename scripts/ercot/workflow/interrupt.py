"""Ctrl-C: one line and the code that a shell expects, whatever the jobs were doing.

A terminal interrupts all processes of a run at once, and each of them would print where it was. So the jobs do not see
it: the main process alone does, and ends them.
"""

import logging
import signal
import sys
import threading
from contextlib import suppress

LINE = "ercot: interrupted; run again to go on"
CODE = 128 + signal.SIGINT


def end_on_interrupt() -> None:
    """Let Ctrl-C end this process with one line; for the time before there are jobs."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, lambda number, frame: leave())


def leave() -> None:
    """End with the line of an interrupted run."""
    print(LINE, file=sys.stderr)
    sys.exit(CODE)


class Interruption:
    """What Ctrl-C does once jobs run; ``happened`` is set when it came."""

    def __init__(self):
        self.happened = threading.Event()

    def shield_jobs(self) -> None:
        """Keep Ctrl-C from all threads and processes that are started from now on, and wait for it in one thread."""
        signal.signal(signal.SIGINT, self._end)
        signal.signal(signal.SIGUSR1, self._end)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        signal.sigwait({signal.SIGINT})
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)  # the only thread that handles signals

    def _end(self, number, frame) -> None:
        """End the jobs at work; what Snakemake says of those is no news."""
        import psutil

        self.happened.set()
        logging.disable()
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                process.terminate()
        raise KeyboardInterrupt
