"""Write simulated raw reports: ``ercot simulate --help``."""

import argparse
import sys
from datetime import date
from pathlib import Path

from ercot.simulate.demo import write_demo
from ercot.simulate.request import BadRequest, Request
from ercot.simulate.tree import Written, write_tree


class _Parser(argparse.ArgumentParser):
    def error(self, message: str):
        """Say what is wrong in one line."""
        self.exit(2, f"simulate: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = _make_parser()
    asked = parser.parse_args(arguments)
    try:
        written = _write(parser, asked)
    except BadRequest as wrong:
        parser.error(str(wrong))
    except OSError as wrong:
        parser.error(f"{wrong.filename or asked.root}: {wrong.strerror or wrong}")
    print(f"{written.files} files, {written.size / 1e6:.1f} MB in {asked.root}")
    return 0


def _write(parser: _Parser, asked: argparse.Namespace) -> Written:
    if asked.workers < 1:
        parser.error(f"--workers must be 1 or more, not {asked.workers}")
    if asked.demo:
        if asked.root.exists() and (not asked.root.is_dir() or any(asked.root.iterdir())):
            parser.error(f"{asked.root} is there already and not an empty folder")
        return write_demo(asked.root, asked.workers)
    if not (asked.dataset and asked.first):
        parser.error("either --demo, or --dataset and --from, must be given")
    how = {"points": asked.points, "zipped": asked.zip or False, "version": asked.revision, "changed": asked.changed}
    how |= {"spring_labels": asked.spring_labels, "fall_labels": asked.fall_labels}
    names = [name for text in asked.dataset for name in text.split(",")]
    requests = [Request(name, asked.first, asked.last or asked.first, **how) for name in names]
    return write_tree(asked.root, requests, seed=asked.seed, workers=asked.workers)


def _make_parser() -> _Parser:
    parser = _Parser(prog="ercot simulate", description="Write realistic raw reports of ERCOT.")
    add = parser.add_argument
    add("root", type=Path, metavar="DIR", help="folder to write to")
    add("--demo", action="store_true", help="write the demo tree; no other option but --workers counts")
    add("--dataset", action="append", metavar="ID", help="report to write; several with commas, or given again")
    add("--from", dest="first", type=_day, metavar="DAY", help="first operating day, such as 2024-01-01")
    add("--to", dest="last", type=_day, metavar="DAY", help="last operating day; default: the first")
    add("--points", type=int, default=950, metavar="N", help="points or resources a report has (default: 950)")
    add("--zip", choices=("each", "day"), help="zip each file, or all files of a day together")
    add("--revision", type=int, default=0, metavar="N", help="write the N-th later publication")
    add("--changed", type=float, default=0.0, metavar="SHARE", help="share of numbers that a revision changes")
    add("--spring-labels", default="clock", choices=("clock", "end", "numbered"), help="labels of the short day")
    add("--fall-labels", choices=("flag", "numbered"), help="labels of the long day")
    add("--seed", type=int, default=0, help="another seed, other numbers")
    add("--workers", type=int, default=1, metavar="N", help="processes to use (default: 1)")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no day such as 2024-01-01") from None


if __name__ == "__main__":
    sys.exit(main())
