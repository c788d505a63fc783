"""What jobs asked for and what they used, by rule, from the benchmark records of a run.

    python bench/efficiency.py [results]

Snakemake itself, twice in every job on a cluster, takes about 300 MB that the records do not hold.
"""

import json
import sys
from pathlib import Path

COLUMNS = ("rule", "jobs", "MB asked", "MB used", "minutes asked", "minutes used", "CPU used")


def main(results: Path) -> None:
    """Print a table: the largest request and the largest use of each rule, and the share of its cores' time at work."""
    rules: dict[str, list[dict]] = {}
    for path in sorted((results / "benchmarks").rglob("*.jsonl")):
        for line in path.read_text().splitlines():
            record = json.loads(line)
            rules.setdefault(record["rule_name"], []).append(record)
    if not rules:
        sys.exit(f"no benchmark records below {results / 'benchmarks'}")
    lines = [COLUMNS, *(row(rule, records) for rule, records in rules.items())]
    widths = [max(len(line[i]) for line in lines) for i in range(len(COLUMNS))]
    for line in lines:
        print(line[0].ljust(widths[0]), *(text.rjust(width) for text, width in zip(line[1:], widths[1:], strict=True)))


def row(rule: str, records: list[dict]) -> tuple[str, ...]:
    """Return one rule's line."""
    cores = sum(record["s"] * record["threads"] for record in records)
    return (
        rule,
        str(len(records)),
        largest(record["resources"].get("mem_mb") for record in records),
        largest(record["max_rss"] for record in records),
        largest(record["resources"].get("runtime") for record in records),
        largest(record["s"] / 60 for record in records),
        f"{sum(number(record['cpu_time']) for record in records) / cores:.0%}" if cores else "-",
    )


def largest(values) -> str:
    """Return the largest number of some."""
    return f"{max(map(number, values), default=0):.0f}"


def number(value) -> float:
    """Return a number; 0 where there is no record of it, as for jobs under half a second."""
    return float(value) if isinstance(value, int | float) else 0.0


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
