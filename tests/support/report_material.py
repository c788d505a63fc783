"""Hand-made years as `verify` returns them, for the tests of the report."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from ercot.catalog import DATASETS
from ercot.core.severity import CHECKS
from ercot.coverage.causes import evidence_of, missing_with_causes
from ercot.coverage.due import Window
from ercot.coverage.times import day_bounds
from ercot.coverage.wanted import wanted
from ercot.facts.prices import price_columns
from ercot.raw.file_names import NameReader
from ercot.report.content import ReportInput, gather
from ercot.report.forms import write_report
from ercot.report.tables import write_gaps
from ercot.workflow.benchmarks import Job

FORMS = {
    "verification": "verification.json",
    "markdown": "verification.md",
    "page": "index.html",
    "gaps": "gaps.csv",
    "findings": "findings.parquet",
    "jobs": "jobs.csv",
    "run": "run.json",
    "changes": "changes.json",
    "changes_text": "changes.md",
}
NASTY = """x/<script>alert('1')</script> & "$(rm -rf ~)" `id` | {{ 7*7 }}.csv"""


def days_of(year, month=None):
    first = date(year, 1, 1)
    days = [first + timedelta(days=i) for i in range((date(year + 1, 1, 1) - first).days)]
    return [day for day in days if month in (None, day.month)]


def hours(day):
    start, end = day_bounds(day)
    return int((end - start).total_seconds()) // 3600


def finding(dataset, year, check, count=1, message="something", examples=()):
    severity = CHECKS[check].severity
    return {
        "dataset": dataset,
        "year": year,
        "check": check,
        "severity": severity,
        "count": count,
        "message": message,
        "examples": list(examples),
    }


def spread(low=-20.0, high=4000.0, rows=100):
    return {
        "rows": rows,
        "min": low,
        "quantiles": [low, 1.0, 15.0, 25.0, 40.0, 90.0, high],
        "max": high,
        "negative": 3,
        "above_cap": 0,
        "below_floor": 0,
    }


def prices(year, months, column="settlement_point_price", **facts):
    return {
        "column": column,
        "unit": "$/MWh",
        "year": spread(**facts),
        "months": [{"month": f"{year}-{month:02d}"} | spread(**facts) for month in months],
        "highest": [[4000.0, f"{year}-02-15T13:30:00+00:00", NASTY]],
        "lowest": [[-20.0, f"{year}-03-01T08:00:00+00:00", "HB_WEST"]],
    }


def verified_year(dataset="dam_spp", year=2024, absent=(), holes=(), findings=(), **facts):
    """Return a year of hourly data: ``absent`` days have no row, ``holes`` are (day, hour of the day) without one."""
    days = [day for day in days_of(year) if day not in absent]
    missing = {}
    for day, hour in holes:
        time = day_bounds(day)[0] + timedelta(hours=hour)
        missing.setdefault(day.isoformat(), []).append(time.isoformat())
    counts = {day.isoformat(): hours(day) - len(missing.get(day.isoformat(), ())) for day in days}
    marks = {day.isoformat(): ["#"] * hours(day) for day in days}
    for day, hour in holes:
        marks[day.isoformat()][hour] = "."
    rows = sum(counts.values()) * 10
    ledger = {
        "files_found": len(days),
        "files_read": len(days),
        "files_rejected": 0,
        "rows_read": rows,
        "rows_written": rows,
        "rows_duplicate": 0,
        "rows_superseded": 0,
        "rows_rejected": 0,
        "balanced": True,
    }
    header = DATASETS[dataset].header_on(date(year, 6, 1))
    seen = {"first": {"file": "a.csv", "day": f"{year}-01-01"}, "last": {"file": "b.csv", "day": f"{year}-12-31"}}
    record = {"header": header, "headed": True, "files": len(days), **seen, "types": [["blank"]] * len(header)}
    made = {
        "dataset": dataset,
        "year": year,
        "ledger": ledger,
        "findings": list(findings),
        "rejected_files": [],
        "ignored": [],
        "days": counts,
        "missing": missing,
        "bytes": 12345,
        "hours": {day: "".join(mark) for day, mark in marks.items()},
        "rows": {day: count * 10 for day, count in counts.items()},
        "corrected": {},
        "prices": [],
        "revised": {},
        "headers": [record],
    }
    return made | facts


def empty_year(dataset="dam_spp", year=2024):
    """Return a year with files but without a row."""
    year = verified_year(dataset, year, absent=days_of(year))
    return year | {"headers": []}


def window(dataset="dam_spp", year=2024, missing=()):
    return Window(dataset, year, date(year, 1, 1), date(year, 12, 31), list(missing))


def verification(years, windows=(), findings=(), rejected=(), ignored=()):
    """Return what verification.json holds of some years."""
    missing = [
        finding(w.dataset, w.year, "gap", len(w.missing), f"{len(w.missing)} operating days missing")
        for w in windows
        if w.missing
    ]
    return {
        "ledger": [{"dataset": y["dataset"], "year": y["year"]} | y["ledger"] for y in years],
        "files": {"ignored": list(ignored), "rejected": list(rejected)},
        "findings": [f for y in years for f in y["findings"]] + missing + list(findings),
    }


def facts_of(years, windows=(), selected=(), run=None, changes=None, **more):
    given = (verification(years, windows, **more), years, list(windows), list(selected), run or {}, changes or {})
    return gather(ReportInput(*given, **lists_of(years, windows, more.get("rejected", ()))), DATASETS)


def lists_of(years, windows, rejected):
    """Return what is missing, and the rows of wanted.csv."""
    missing = causes_of(years, windows)
    return {"missing": missing, "wanted": wanted(DATASETS, missing, rejected, lambda dataset, day: "")}


def causes_of(years, windows, **more):
    """Return what is missing in some windows and on days of years, with its cause, where nothing else is known."""
    times = {(y["dataset"], y["year"]): y["missing"] for y in years}
    whole = [
        replace(
            w,
            times={
                date.fromisoformat(day): [datetime.fromisoformat(time) for time in found]
                for day, found in times.get((w.dataset, w.year), {}).items()
            },
        )
        for w in windows
    ]
    known = {
        "rejected": (),
        "unclaimed": (),
        "verified": years,
        "losses": (),
        "absence": lambda dataset, day: "",
    } | more
    return missing_with_causes(DATASETS, whole, evidence_of(NameReader(DATASETS), **known))


def a_job(rule: str, dataset: str = "", period: str = "", **facts) -> Job:
    """Return a job of two seconds, half of them at work, on ten files."""
    told = {"threads": 1, "ended": 100.0, "seconds": 2.0, "cpu_seconds": 1.0, "peak_mb": 300.0, "read_mb": 1.5}
    told |= {"written_mb": 0.5, "files": 10, "rows": 5_000, "mb": 20.0}
    return Job(rule, dataset, period, **(told | facts))


JOBS = [a_job("normalize", "dam_spp", "2023"), a_job("rollup", "dam_spp", "2023", seconds=3.0)]


RUN = {
    "ended": "2025-01-02T03:04:05+00:00",
    "version": "1.2.3",
    "raw_dir": "/data/ercot",
    "settings": {"datasets": ["dam_spp", "rt_spp"], "years": "all", "batch_mb": 500.0, "fail_on": "warning"},
    "raw": {
        "files": 1074,
        "bytes": 12_300_000,
        "digest": "0123456789abcdef" * 4,
        "used": 1067,
        "unselected": 2,
        "ignored": 4,
        "unreadable": 1,
    },
    "rollups": 4,
    "rebuilt": [["dam_spp", "2023"]],
}


LOSS = finding("dam_spp", 2023, "loss", 24, "24 rows of 1 day lost since 2025-01-02", ["2023-07-01: 24 of 240 rows"])
CHANGES = {
    "ended": "2025-01-02T03:04:05+00:00",
    "rebuilt": 1,
    "first": False,
    "rollups": [
        {
            "dataset": "dam_spp",
            "year": 2023,
            "is_new": False,
            "before": 80_884,
            "now": 80_860,
            "rows": {"gained": 0, "lost": 24, "changed": 0},
            "days": {"gained": [], "lost": []},
            "intervals": {"gained": 0, "lost": 0},
        }
    ],
    "new": [],
    "gone": [],
    "since": {"dam_spp 2023": "2025-01-02T03:04:05+00:00"},
    "losses": [],
    "findings": [LOSS],
}


def written(folder, years, windows=(), selected=(), jobs=JOBS, run=RUN, changes=None, **more):
    """Write the whole report into a folder."""
    given = (verification(years, windows, **more), years, list(windows), list(selected), run, changes or {})
    told = ReportInput(*given, **lists_of(years, windows, more.get("rejected", ())))
    outputs = {name: str(folder / file) for name, file in FORMS.items()}
    write_report(outputs, told, DATASETS, jobs)
    write_gaps(outputs["gaps"], years, list(windows))
    return folder


def rich_tree():
    """Return years, windows and more of a tree in which a bit of everything is wrong."""
    absent = days_of(2023, month=2)
    gone = days_of(2022)
    findings = [
        finding("dam_spp", 2023, "rejected_rows", 7, "7 rows rejected: bad_number", [NASTY]),
        finding("dam_spp", 2023, "revision", 240, "240 rows replaced by a later publication"),
    ]
    revised = {"2023-05": {"rows": 240, "days": 1, "median_lag_days": 2.0, "longest_lag_days": 3.5}}
    years = [
        verified_year("dam_spp", 2021, prices=[prices(2021, [1, 2, 3], high=9100.0)]),
        verified_year(
            "dam_spp",
            2023,
            absent=absent,
            holes=[(date(2023, 7, 1), 5), (date(2023, 11, 5), 24)],
            findings=findings,
            prices=[prices(2023, range(3, 13))],
            revised=revised,
        ),
        verified_year("rt_spp", 2023, findings=[finding("rt_spp", 2023, "duplicate", 2, "2 rows repeat a key")]),
        empty_year("sced_eoc_updates", 2023),
    ]
    windows = [
        window("dam_spp", 2021),
        window("dam_spp", 2022, gone),
        window("dam_spp", 2023, absent),
        window("rt_spp", 2023),
        window("sced_eoc_updates", 2023),
    ]
    rejected = [{"file": NASTY, "dataset": None, "reason": "not a zip file"}]
    more = {"rejected": rejected, "ignored": ["readme.txt"], "findings": [finding(None, None, "ignored", 1, NASTY)]}
    return years, windows, more


def full_tree(ragged):
    """Return years and windows of fifteen years of all datasets; where ``ragged``, no day is like another."""
    years, windows = [], []
    for name, dataset in DATASETS.items():
        for year in range(2011, 2026):
            tables = [prices(year, range(1, 13), column.name) for column in price_columns(dataset)]
            findings = [
                finding(name, year, check, 17, f"17 rows rejected: {check}", [NASTY] * 5)
                for check in ("rejected_rows", "drift", "range", "unreadable_file", "revision")
                if ragged or year % 5 == 0
            ]
            made = verified_year(name, year, prices=tables, findings=findings)
            made["rows"] = {day: 900 + 37 * (i % 29) for i, day in enumerate(made["rows"])}
            if ragged:
                made["hours"] = {day: "#.+"[i % 3] + "#.+." * 6 for i, day in enumerate(made["hours"])}
            years.append(made)
            windows.append(window(name, year))
    return years, windows
