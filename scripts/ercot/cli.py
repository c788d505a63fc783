"""The command `ercot`: what is no step of the workflow, each with its own `--help`."""

import importlib
import signal
import sys

COMMANDS = {
    "lineage": ("ercot.product.lineage", "find the raw file and line behind a row of a rollup"),
    "as-of": ("ercot.product.as_of", "write what a rollup said at a publication time"),
    "diff": ("ercot.product.diff", "compare two results folders, or two versions of a rollup"),
    "prune": ("ercot.product.prune", "delete rollups that have no raw files any more"),
    "wanted": ("ercot.coverage.wanted", "print what is missing and where ERCOT has it"),
    "history": ("ercot.fetch.history", "print how long a download takes"),
    "monitor": ("ercot.workflow.benchmarks", "show how fast the jobs of a run were"),
    "simulate": ("ercot.simulate.__main__", "write a simulated raw tree"),
    "dictionary": ("ercot.product.dictionary", "print the data dictionary"),
}


def main() -> None:
    """Run one command, with the rest of the command line as its arguments."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in ("-h", "--help"):
        print("usage: ercot COMMAND …\n")
        print("\n".join(f"  {command:12} {purpose}" for command, (_, purpose) in COMMANDS.items()))
        print("\nercot COMMAND --help explains a command.")
        return
    if name not in COMMANDS:
        sys.exit(f"ercot: there is no command '{name}'; the commands are {', '.join(COMMANDS)}")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` is no error
    module = importlib.import_module(COMMANDS[name][0])
    sys.exit(module.main(arguments))


if __name__ == "__main__":
    main()
