"""verification.md: the report for a terminal or a pull request. What matters comes first, the newest years first."""

from ercot.catalog.model import Dataset
from ercot.core.findings import is_of_entities
from ercot.core.wording import counted
from ercot.coverage.downloads import TITLES, Files, downloads
from ercot.report.content import WORST_FIRST, Content, Subject, Year, coverage
from ercot.report.do_first import worst_things
from ercot.report.gaps import cause_lines, gaps, percent
from ercot.report.groups import Group, grouped, spans
from ercot.report.sentences import sentence
from ercot.report.states import LABELS, lacking
from ercot.report.text.changes import by_weight, headline, lost_line, rollup_line
from ercot.report.text.plain import plain
from ercot.report.text.sums import disk_line, due_line, member_line, row_line, run_line

MOST = 40  # lines of one list
PLACES = 4  # of one gap
EXAMPLES = 2
CHANGED = 10  # rollups of the last run


def markdown(content: Content) -> str:
    """Return the report as Markdown."""
    parts = [
        *_summary(content),
        *_changes(content),
        *_worst(content),
        *_downloads(content),
        *_by_year(content),
        *_ledger(content),
        *_missing(content),
        *_cards(content),
        *_rejected(content),
        *_findings(content),
    ]
    return "\n".join(parts).rstrip("\n") + "\n"


def _summary(content: Content) -> list[str]:
    counts = ", ".join(counted(content.counts[name], name, "s" if name == "warning" else "") for name in WORST_FIRST)
    told = [*cause_lines(content), disk_line(content), member_line(content), row_line(content)]
    told += [due_line(content), run_line(content)]
    sums = "" if not content.unbalanced else f" {content.unbalanced:,} ACCOUNTS DO NOT ADD UP."
    return [
        "# Verification",
        "",
        f"**{plain(content.verdict_text)}.** Findings: {counts}.{sums}",
        "",
        *(f"- {plain(line)}" for line in told if line),
        "",
    ]


def _changes(content: Content) -> list[str]:
    changes = content.changes
    if not changes.get("ended"):
        return []
    lost = lost_line(changes)
    lines = [f"- **{lost}**"] if lost else []
    if not changes["first"]:
        told = by_weight(changes["rollups"])
        lines += [f"- {entry['dataset']} {entry['year']}: {rollup_line(entry)}" for entry in told[:CHANGED]]
        lines += [f"- and {len(told) - CHANGED:,} more: see changes.md"] if len(told) > CHANGED else []
    return ["## What changed", "", f"{headline(changes)}.", "", *lines, ""]


def _worst(content: Content) -> list[str]:
    things, left = worst_things(content)
    if not things:
        return []
    lines = [f"- {plain(thing['where'])}: {plain(thing['what'])}.{_advice(thing['advice'])}" for thing in things]
    more = [f"- and {left:,} more: see the findings"] if left else []
    return ["## What to do first", "", *lines, *more, ""]


def _downloads(content: Content) -> list[str]:
    """One line an action and dataset: how many files, of which days, where ERCOT has them."""
    lines = [
        f"- {TITLES[action]}: {_files_line(files)}"
        for action, found in downloads(content.wanted).items()
        for files in found
    ]
    return ["## What to download", "", *_cut(lines, "wanted.csv"), ""] if lines else []


def _files_line(files: Files) -> str:
    days = ", ".join(files.days[:PLACES]) + _more(len(files.days) - PLACES)
    facts = [counted(files.count, "file"), days, f"published {files.posted}" if files.posted else "", files.names[0]]
    return f"{' '.join([files.dataset, files.emil]).strip() or 'not known'}: {plain('; '.join(filter(None, facts)))}"


def _advice(advice: str) -> str:
    return f" To do: {plain(advice)}." if advice else ""


def _missing(content: Content) -> list[str]:
    found = [gap for subject in content.subjects for gap in reversed(gaps(subject))]
    if not found and not content.absent:
        return []
    lines = []
    for gap in found:
        shown = ", ".join(gap.where[:PLACES]) + _more(len(gap.where) - PLACES)
        lines.append(f"- {gap.dataset} {gap.years}: {lacking(gap.days, gap.times)}: {shown}")
    absent = [f"- no files at all: {', '.join(content.absent)}"] if content.absent else []
    return ["## What is missing", "", *_cut(lines, "gaps.csv"), *absent, ""]


def _cards(content: Content) -> list[str]:
    """One line a dataset and year, the newest years first."""
    since = content.changes.get("since", {})
    lines = [
        (year.year, f"- {year.dataset} {year.year}: {LABELS[year.state]}: {_told(subject, year, since)}")
        for subject in content.subjects
        for year in subject.years
        if year.verified
    ]
    lines.sort(key=lambda line: -line[0])
    return ["## Dataset by dataset", "", *_cut([line for _, line in lines], "index.html"), ""] if lines else []


def _told(subject: Subject, year: Year, since: dict) -> str:
    return plain(sentence(subject.declared, year, subject.promises, since.get(f"{year.dataset} {year.year}")))


def _rejected(content: Content) -> list[str]:
    files = content.files["rejected"]
    if not files:
        return []
    lines = [f"- {plain(e['file'])} ({e['dataset'] or 'dataset unknown'}): {plain(e['reason'])}" for e in files]
    return ["## Rejected files", "", *_cut(lines, "verification.json"), ""]


def _findings(content: Content) -> list[str]:
    lines = ["## Findings", ""]
    subjects = {subject.id for subject in content.subjects}
    shown = [f for f in content.findings if f["dataset"] not in subjects or not _told_as_gap(f)]
    groups = grouped(shown)
    for severity in WORST_FIRST:
        some = [_alike(group) for group in groups if group.severity == severity]
        if some:
            lines += [f"### {severity}", "", *_cut(some, "findings.parquet"), ""]
    if not content.findings:
        lines += ["None.", ""]
    elif not shown:
        lines += ["None beside what is missing.", ""]
    return lines


def _told_as_gap(finding: dict) -> bool:
    """Missing days and times of a dataset stand under their own heading; what single entities lack does not."""
    return finding["check"] == "gap" and not is_of_entities(finding["message"])


def _alike(group: Group) -> str:
    """Write findings that are alike as one line, in the words of the gravest."""
    place = " ".join(filter(None, [group.dataset, spans(group.years, "-")]))
    line = f"- {place + ': ' if place else ''}{group.check}: {plain(group.message)}"
    if group.gravest:
        line += f" in {group.gravest}, {group.count:,} in all"
    elif len(group.years) > 1:
        line += f", {group.count:,} in all"
    line += f" (accepted: {plain(group.reason)})" if group.reason else ""
    examples = "; ".join(plain(example) for example in group.examples[:EXAMPLES])
    return f"{line} (for example {examples})" if examples else line


def _ledger(content: Content) -> list[str]:
    head = ("dataset", "years", "covered %", "files", "rows written", "duplicate", "superseded", "rejected", "adds up")
    rows = [_ledger_row(subject) for subject in content.subjects]
    for entry in (entry for entry in content.ledger if entry["dataset"] is None):
        rows.append(("(unknown)", "", "", f"{entry['files_found']:,}", "0", "0", "0", "0", _adds_up(entry["balanced"])))
    return ["## Where every file and row went", "", *_table(head, rows), ""] if rows else []


def _ledger_row(subject: Subject) -> tuple:
    read = [year.year for year in subject.years if year.verified]
    covered = subject.covered
    return (
        subject.id,
        spans(read, "-"),
        "" if covered is None else percent(covered),
        *(f"{subject.total(name):,}" for name in ("files_read", "rows_written", "rows_duplicate", "rows_superseded")),
        f"{subject.total('rows_rejected'):,}",
        _adds_up(subject.balanced),
    )


def _by_year(content: Content) -> list[str]:
    head = ("year", "datasets", "complete", "days missing", "intervals missing", "rows", "rejected")
    declared = {subject.id: subject.declared for subject in content.subjects}
    rows = [_year_row(year, places, declared) for year, places in reversed(content.by_year.items())]
    return ["## Year by year", "", *_table((*head, "critical", "warning"), rows), ""] if rows else []


def _year_row(year: int, places: list[Year], declared: dict[str, Dataset]) -> tuple:
    found = [finding["severity"] for place in places for finding in place.findings]
    sums = (
        sum(len(place.missing_days) for place in places),
        sum(place.missing_times for place in places),
        sum(place.ledger["rows_written"] for place in places),
        sum(place.ledger["rows_rejected"] for place in places),
    )
    complete = sum(coverage(declared[place.dataset], place) == 1 for place in places)
    told = (f"{number:,}" for number in sums)
    read = sum(place.verified is not None for place in places)
    return (year, read, complete, *told, found.count("critical"), found.count("warning"))


def _cut(lines: list[str], rest: str) -> list[str]:
    left = len(lines) - MOST
    return [*lines[:MOST], f"- and {left:,} more: see {rest}"] if left > 0 else lines


def _more(left: int) -> str:
    return f", and {left:,} more" if left > 0 else ""


def _adds_up(balanced: bool) -> str:
    return "yes" if balanced else "NO"


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
