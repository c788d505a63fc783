"""verification.md: the findings for a terminal or a pull request. What matters comes first, long lists are cut."""

import re

from ercot.core.findings import OF_ENTITIES
from ercot.core.wording import counted
from ercot.report.facts import WORST_FIRST, Facts, Subject, coverage, gaps, percent

MOST = 40  # lines of one list
PLACES = 4  # of one gap
EXAMPLES = 2
NUMBER = re.compile(r"[\d,.-]*\d")
MARKUP = re.compile(r"[\\`*\[\]<>|#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def markdown(facts: Facts) -> str:
    """Return the report as Markdown."""
    parts = [
        *_summary(facts),
        *_by_year(facts),
        *_ledger(facts),
        *_missing(facts),
        *_rejected(facts),
        *_findings(facts),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def _summary(facts: Facts) -> list[str]:
    counts = ", ".join(f"{facts.counts[severity]} {severity}" for severity in WORST_FIRST)
    sums = "every row has one fate" if not facts.unbalanced else f"{facts.unbalanced} ACCOUNTS DO NOT ADD UP"
    days, times = _lacking(facts)
    places = [f"{f['dataset'] or 'whole tree'} {f['first'] or ''}".strip() for f in facts.critical_places]
    where = f" Critical: {', '.join(places[:PLACES])}{_more(len(places) - PLACES)}." if places else ""
    return [
        "# Verification",
        "",
        f"**{_plain(facts.verdict_text)}.** Findings: {counts}.{where}",
        "",
        f"- read: {counted(facts.total('files_read'), 'file')}, {counted(facts.total('rows_read'), 'row')}"
        f" of {counted(len(facts.subjects), 'dataset')}{_span(facts.years)}",
        f"- written: {counted(facts.total('rows_written'), 'row')}; {sums}",
        f"- missing: {counted(days, 'day')}, and {counted(times, 'interval')} of other days",
        f"- rejected: {counted(facts.total('files_rejected'), 'file')}, {counted(facts.total('rows_rejected'), 'row')}",
        "",
    ]


def _missing(facts: Facts) -> list[str]:
    found = [gap for subject in facts.subjects for gap in gaps(subject)]
    if not found and not facts.absent:
        return []
    lines = []
    for gap in found:
        amounts = [counted(n, noun) if n else "" for n, noun in ((gap.days, "day"), (gap.times, "interval"))]
        shown = ", ".join(gap.where[:PLACES]) + _more(len(gap.where) - PLACES)
        lines.append(f"- {gap.dataset} {gap.years}: {' and '.join(filter(None, amounts))}: {shown}")
    absent = [f"- no files at all: {', '.join(facts.absent)}"] if facts.absent else []
    return ["## What is missing", "", *_cut(lines, "gaps.csv"), *absent, ""]


def _rejected(facts: Facts) -> list[str]:
    files = facts.files["rejected"]
    if not files:
        return []
    lines = [f"- {_plain(e['file'])} ({e['dataset'] or 'dataset unknown'}): {_plain(e['reason'])}" for e in files]
    return ["## Rejected files", "", *_cut(lines, "verification.json"), ""]


def _findings(facts: Facts) -> list[str]:
    lines = ["## Findings", ""]
    subjects = {subject.id for subject in facts.subjects}
    shown = [f for f in facts.findings if f["dataset"] not in subjects or not _told_as_gap(f)]
    for severity in WORST_FIRST:
        some = [_alike(group) for group in _grouped(shown) if group[0]["severity"] == severity]
        if some:
            lines += [f"### {severity}", "", *_cut(some, "findings.parquet"), ""]
    if not facts.findings:
        lines += ["None.", ""]
    elif not shown:
        lines += ["None beside what is missing.", ""]
    return lines


def _told_as_gap(finding: dict) -> bool:
    """Missing days and times of a dataset stand under their own heading; what single entities lack does not."""
    return finding["check"] == "gap" and OF_ENTITIES not in finding["message"]


def _grouped(findings: list[dict]) -> list[list[dict]]:
    """Put together what differs by year and numbers only."""
    groups: dict[tuple, list[dict]] = {}
    for finding in findings:
        kind = NUMBER.sub("#", finding["message"])
        groups.setdefault((finding["severity"], finding["dataset"], finding["check"], kind), []).append(finding)
    return list(groups.values())


def _alike(group: list[dict]) -> str:
    """Write findings that are alike as one line, in the words of the gravest."""
    gravest = max(group, key=lambda finding: finding["count"])
    years = sorted({y for f in group if f["first"] for y in range(f["first"], f["last"] + 1)})
    place = f"{gravest['dataset'] or ''} {_years(years)}".strip()
    examples = "; ".join(_plain(example) for example in gravest["examples"][:EXAMPLES])
    line = f"- {place + ': ' if place else ''}{gravest['check']}: {_plain(gravest['message'])}"
    if len(group) > 1:
        line += f" in {gravest['first']}, {sum(finding['count'] for finding in group):,} in all"
    return f"{line} (for example {examples})" if examples else line


def _ledger(facts: Facts) -> list[str]:
    head = ("dataset", "years", "covered %", "files", "rows written", "duplicate", "superseded", "rejected", "adds up")
    rows = [_ledger_row(subject) for subject in facts.subjects]
    for entry in (entry for entry in facts.ledger if entry["dataset"] is None):
        rows.append(("(unknown)", "", "", f"{entry['files_found']:,}", "0", "0", "0", "0", _adds_up(entry["balanced"])))
    return ["## Where every file and row went", "", *_table(head, rows), ""] if rows else []


def _ledger_row(subject: Subject) -> tuple:
    read = [year.year for year in subject.years if year.verified]
    covered = subject.covered
    return (
        subject.id,
        _years(read),
        "" if covered is None else percent(covered),
        *(f"{subject.total(name):,}" for name in ("files_read", "rows_written", "rows_duplicate", "rows_superseded")),
        f"{subject.total('rows_rejected'):,}",
        _adds_up(subject.balanced),
    )


def _by_year(facts: Facts) -> list[str]:
    head = (
        "year",
        "datasets",
        "complete",
        "days missing",
        "intervals missing",
        "rows",
        "rejected",
        "critical",
        "warning",
    )
    declared = {subject.id: subject.declared for subject in facts.subjects}
    rows = []
    for year, places in facts.by_year.items():
        read = [place for place in places if place.verified]
        complete = sum(coverage(declared[place.dataset], place) == 1 for place in places)
        found = [finding["severity"] for place in places for finding in place.findings]
        rows.append(
            (
                year,
                len(read),
                complete,
                f"{sum(len(place.missing_days) for place in places):,}",
                f"{sum(place.missing_times for place in places):,}",
                f"{sum(place.ledger['rows_written'] for place in places):,}",
                f"{sum(place.ledger['rows_rejected'] for place in places):,}",
                found.count("critical"),
                found.count("warning"),
            )
        )
    return ["## Year by year", "", *_table(head, rows), ""] if rows else []


def _lacking(facts: Facts) -> tuple[int, int]:
    years = [year for subject in facts.subjects for year in subject.years]
    return sum(len(year.missing_days) for year in years), sum(year.missing_times for year in years)


def _span(years: list[int]) -> str:
    return f", {years[0]} to {years[-1]}" if len(years) > 1 else f", {years[0]}" if years else ""


def _years(years: list[int]) -> str:
    """Write years as ranges: 2011-2014, 2016."""
    joined: list[list[int]] = []
    for year in years:
        if joined and year == joined[-1][1] + 1:
            joined[-1][1] = year
        else:
            joined.append([year, year])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in joined)


def _cut(lines: list[str], rest: str) -> list[str]:
    left = len(lines) - MOST
    return [*lines[:MOST], f"- and {left:,} more: see {rest}"] if left > 0 else lines


def _more(left: int) -> str:
    return f", and {left:,} more" if left > 0 else ""


def _adds_up(balanced: bool) -> str:
    return "yes" if balanced else "NO"


def _plain(text: str) -> str:
    """Keep text from being read as Markdown or HTML: file names can hold anything."""
    flat = "".join(c if c.isprintable() else "?" for c in " ".join(str(text).split()))
    return MARKUP.sub(r"\\\g<0>", flat)


def _table(head: tuple, rows: list[tuple]) -> list[str]:
    """Return a Markdown table that lines up: names to the left, numbers to the right."""
    shown = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in shown) for i in range(len(head))]
    right = [i > 1 or head[0] == "year" for i in range(len(head))]
    lines = []
    for row in shown:
        cells = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)]
        lines.append("| " + " | ".join(cells) + " |")
    rule = [("-" * (w + 1) + ":" if r else "-" * (w + 2)) for w, r in zip(widths, right, strict=True)]
    return [lines[0], "|" + "|".join(rule) + "|", *lines[1:]]
