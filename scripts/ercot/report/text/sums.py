"""Where all files and rows went, and which run made the report: each in one line, the same wherever it stands."""

from ercot.core.wording import counted, size
from ercot.report.content import Content

FATES = (("rows_written", "written"), ("rows_duplicate", "duplicate"), ("rows_superseded", "replaced"))


def disk_line(content: Content) -> str | None:
    """Say what became of the files on the disk; None where planning did not count them."""
    raw = content.run.get("raw")
    if not raw:
        return None
    whole = len({e["file"] for e in content.files["rejected"] if e["dataset"] and "!" not in e["file"]})
    parts = [
        f"{raw['used'] - whole:,} read",
        f"{whole + raw['unreadable']:,} rejected",
        f"{raw['ignored']:,} ignored",
        *([f"{raw['unselected']:,} not selected"] if raw["unselected"] else []),
    ]
    return f"{counted(raw['files'], 'file')} on the disk = {' + '.join(parts)}"


def member_line(content: Content) -> str:
    """Say what became of the CSV files and sheets, those inside zips counted one by one."""
    found, read, rejected = (content.total(name) for name in ("files_found", "files_read", "files_rejected"))
    tables = counted(found, "CSV file or sheet" if found == 1 else "CSV files and sheets", "")
    inside = sum("!" in entry["file"] for entry in content.files["rejected"])
    told = f" ({inside:,} of them in a zip)" if inside else ""
    return f"{tables}, members of zips included = {read:,} read + {rejected:,} rejected{told}"


def row_line(content: Content) -> str:
    """Say what became of the rows."""
    parts = [f"{content.total(name):,} {word}" for name, word in (*FATES, ("rows_rejected", "rejected"))]
    return f"{counted(content.total('rows_read'), 'row')} = {' + '.join(parts)}"


def due_line(content: Content) -> str | None:
    """Say up to when days were due; None where no file bears a time of publication."""
    if content.clock is None:
        return None
    settings = content.run.get("settings", {})
    limits = [f"{name} {settings[name]}" for name in ("expect_from", "expect_until") if settings.get(name)]
    told = ", ".join(limits) or "expect_from and expect_until are not set"
    return (
        f"Looked for: all that ERCOT had published by {content.clock:%Y-%m-%d %H:%M} Central Prevailing Time, when the "
        f"newest file here was published, from the first day of each report here on; earlier and later days are not "
        f"looked for ({told})"
    )


def run_line(content: Content) -> str | None:
    """Say which run made the report, from what."""
    run = content.run
    if not run:
        return None
    raw, settings = run["raw"], run["settings"]
    years = settings["years"] if settings["years"] == "all" else ", ".join(map(str, settings["years"]))
    tree = f"{counted(raw['files'], 'file')}, {size(raw['bytes'])}, digest {raw['digest'][:12]}"
    ended = run["ended"][:16].replace("T", " ")
    return (
        f"Made {ended} UTC by workflow {run['version']} from {run['raw_dir']} ({tree}); "
        f"{counted(len(settings['datasets']), 'dataset')} selected, years: {years}, fail_on: {settings['fail_on']}"
    )
