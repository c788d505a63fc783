"""index.html: the page a person opens. One file that asks nothing of any network."""

from datetime import date, timedelta
from pathlib import Path

import jinja2
from markupsafe import Markup

from ercot.catalog.caps import cap_era, is_capped
from ercot.catalog.model import Column
from ercot.core.wording import counted
from ercot.report import facts as account
from ercot.report.charts import price_chart, revision_chart
from ercot.report.eras import eras
from ercot.report.facts import Facts, Subject, Year
from ercot.report.heatmap import Calendar, calendars, months
from ercot.report.queries import queries
from ercot.workflow.benchmarks import Job, summary, tables

TEMPLATES = Path(__file__).parent / "templates"
MOST_FINDINGS = 1000  # of the table; findings.parquet has them all
MOST_OF_SUBJECT = 8
MOST_FILES = 100
MOST_GAPS = 8  # places of one gap
ROOM = 250_000  # characters of all calendars together


def page(facts: Facts, jobs: list[Job]) -> str:
    """Return the report as one self-contained page."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "count": count,
        "size": size,
        "of": counted,
        "money": money,
        "percent": account.percent,
        "cut": cut,
    }
    gaps = [gap for subject in facts.subjects for gap in account.gaps(subject)]
    drawn = calendars(
        [(subject.declared, year) for subject in facts.subjects for year in subject.years if year.verified], ROOM
    )
    return environment.get_template("index.html.j2").render(
        facts=facts,
        linked={subject.id for subject in facts.subjects},
        run={"summary": summary(jobs), "tables": tables(jobs)} if jobs else None,
        style=_inlined("style.css"),
        script=_inlined("page.js"),
        cell=cell,
        year_verdict=year_verdict,
        gaps=gaps,
        most_missing=sorted(gaps, key=lambda gap: (-gap.days, -gap.times, gap.dataset))[:3],
        rejections=_rejections(facts),
        subject_view=lambda subject: subject_view(subject, drawn),
        frames=[(days, months(year)) for days, year in ((365, 2023), (366, 2024))],
        most_findings=MOST_FINDINGS,
        most_files=MOST_FILES,
        most_gaps=MOST_GAPS,
        severities=account.WORST_FIRST,
    )


def cell(subject: Subject, year: int) -> dict | None:
    """Return what the matrix shows of a dataset and year, None where nothing is known of it."""
    found = next((y for y in subject.years if y.year == year), None)
    if found is None:
        return None
    share = account.coverage(subject.declared, found)
    told = f"{counted(len(found.findings), 'finding')}, the worst {found.worst}" if found.findings else "no findings"
    if share is not None:
        text, level, said = account.percent(share), _level(share), f"{account.percent(share)} percent covered"
    elif found.verified is None:
        text, level, said = "0", "none", "no rows"
    else:
        days = len(found.verified["days"])
        text, level, said = f"{days} d", "some", f"rows on {counted(days, 'day')}, none promised"
    return {
        "text": text,
        "level": level,
        "mark": {"critical": "✕", "warning": "!"}.get(found.worst, ""),
        "worst": found.worst or "",
        "label": f"{subject.id} {year}: {said}, {told}",
        "anchor": found.anchor,
    }


def year_verdict(years: list[Year]) -> dict:
    """Return the worst that is known of a year, over all datasets."""
    findings = [finding for year in years for finding in year.findings]
    worst = account.worst(findings) or "info"
    text = {"critical": "do not use", "warning": "with care", "info": "clean"}[worst]
    return {"worst": worst, "text": text, "count": sum(finding["severity"] != "info" for finding in findings)}


def subject_view(subject: Subject, drawn: dict[tuple[str, int], Calendar]) -> dict:
    """Return what the part of one dataset shows."""
    verified = [year for year in subject.years if year.verified]
    declared = subject.declared
    return {
        "years": _years(subject, drawn),
        "findings": subject.findings[:MOST_OF_SUBJECT],
        "more_findings": max(0, len(subject.findings) - MOST_OF_SUBJECT),
        "gaps": account.gaps(subject),
        "eras": eras(subject.headers, [year.year for year in subject.years]),
        "span": (subject.years[0].year, subject.years[-1].year),
        "prices": _prices(subject, verified),
        "revisions": _revisions(verified),
        "queries": queries(declared, [year.year for year in verified]) if verified else [],
        "worst": account.worst(subject.findings) or "info",
    }


def _years(subject: Subject, drawn: dict[tuple[str, int], Calendar]) -> list[dict]:
    """Return the calendars, the newest first; years without files that follow each other share an entry."""
    found: list[dict] = []
    for year in reversed(subject.years):
        days = len(year.missing_days)
        if year.verified:
            share = account.coverage(subject.declared, year)
            found.append({"year": year, "share": share, "drawn": drawn[subject.id, year.year]})
        elif found and "absent" in found[-1] and found[-1]["absent"][0].year == year.year + 1:
            found[-1]["absent"].insert(0, year)
            found[-1]["days"] += days
        else:
            found.append({"absent": [year], "days": days})
    return found


def _prices(subject: Subject, verified: list[Year]) -> list[dict]:
    """Return, for each price column that has values, its chart and one line a year."""
    by_column: dict[str, list[tuple[int, dict]]] = {}
    for year in verified:
        for prices in year.verified.get("prices", []):
            by_column.setdefault(prices["column"], []).append((year.year, prices))
    found = []
    for name, years in by_column.items():
        column = subject.declared.column(name)
        chart = price_chart(column, [month for _, prices in years for month in prices["months"]])
        lines = [_price_line(column, year, prices) for year, prices in years]
        found.append({"column": column, "capped": is_capped(column), "chart": Markup(chart), "years": lines})
    return found


def _price_line(column: Column, year: int, prices: dict) -> dict:
    extremes = {"highest": prices["highest"], "lowest": prices["lowest"]}
    return prices["year"] | extremes | {"year": year, "cap": _caps(year) if is_capped(column) else ""}


def _caps(year: int) -> str:
    """Return the offer caps in force in a year."""
    days = [date(year, 1, 1) + timedelta(days=i) for i in range(365)]
    caps = dict.fromkeys(era.cap for day in days if (era := cap_era(day)) is not None)
    return " → ".join(f"{cap:,.0f}" for cap in caps)


def _revisions(verified: list[Year]) -> dict | None:
    """Return replaced and corrected rows by year, and their chart by month; None where there are none."""
    lines, points = [], []
    for year in verified:
        revised, corrected = year.verified.get("revised", {}), year.verified.get("corrected", {})
        ledger = year.ledger
        if not (revised or corrected or ledger["rows_superseded"] or ledger["rows_duplicate"]):
            continue
        lines.append(
            {
                "year": year.year,
                "superseded": ledger["rows_superseded"],
                "duplicate": ledger["rows_duplicate"],
                "corrected": sum(corrected.values()),
                "days": sum(month["days"] for month in revised.values()),
                "lag": max((month["longest_lag_days"] or 0 for month in revised.values()), default=None),
            }
        )
        points += [{"month": f"{m}-01", "kind": "superseded", "rows": found["rows"]} for m, found in revised.items()]
        points += [{"month": f"{m}-01", "kind": "corrected", "rows": rows} for m, rows in corrected.items()]
    return {"years": lines, "chart": Markup(revision_chart(points)) if points else ""} if lines else None


def _rejections(facts: Facts) -> list[dict]:
    """Return the findings on rejected rows and unreadable files, the most first."""
    found = [f for f in facts.findings if f["check"] in ("rejected_rows", "unreadable_file")]
    return sorted(found, key=lambda finding: -finding["count"])


def _level(share: float) -> str:
    """Return the class of a share: what colour it has."""
    steps = ((1.0, "all"), (0.99, "most"), (0.9, "much"), (0.5, "half"))
    return next((name for least, name in steps if share >= least), "little" if share else "none")


def _inlined(name: str) -> Markup:
    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))


def count(number: int) -> str:
    """Write a whole number with its thousands apart."""
    return f"{number:,}"


def money(price: float) -> str:
    """Write a price."""
    return f"{price:,.2f}"


def size(count_of_bytes: int) -> str:
    """Write a number of bytes."""
    for unit in ("B", "kB", "MB", "GB"):
        if count_of_bytes < 1000 or unit == "GB":
            break
        count_of_bytes /= 1000
    return f"{count_of_bytes:.0f} {unit}" if count_of_bytes >= 10 or unit == "B" else f"{count_of_bytes:.1f} {unit}"


def cut(items: list, most: int) -> tuple[list, int]:
    """Return the first few items and how many are left out."""
    return items[:most], max(0, len(items) - most)
