"""index.html: the page a person opens. One file that asks nothing of any network."""

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import jinja2
from markupsafe import Markup

from ercot.catalog.model import Column
from ercot.catalog.price_caps import cap_era, is_capped
from ercot.catalog.products import PRODUCTS
from ercot.core.wording import counted, size
from ercot.coverage.downloads import TITLES, downloads, fetch_command
from ercot.report.content import WORST_FIRST, Content, Subject, Year, coverage
from ercot.report.do_first import advice_on, worst_things
from ercot.report.families import title_of
from ercot.report.gaps import cause_lines, causes_text, gaps, percent
from ercot.report.groups import grouped
from ercot.report.html.charts import price_chart, revision_chart
from ercot.report.html.eras import eras
from ercot.report.html.heatmap import Calendar, calendars, months
from ercot.report.html.queries import queries
from ercot.report.sentences import sentence, there, to_do
from ercot.report.states import LABELS, STATES
from ercot.report.text.changes import by_weight, finding_lines, headline, lost_line, rollup_line
from ercot.report.text.sums import disk_line, due_line, member_line, row_line, run_line
from ercot.workflow.benchmarks import Job, summary, tables

TEMPLATES = Path(__file__).parent / "templates"
MOST_GROUPS = 500  # of the table of findings; findings.parquet has them all
MOST_FILES = 100
MOST_PLACES = 8  # of the gaps of a year
MOST_EXTREMES = 10
MOST_PRICES = 5  # columns of a dataset
ROOM = 100_000  # characters of all calendars together


def page(content: Content, jobs: list[Job]) -> str:
    """Return the report as one self-contained page."""
    drawn = calendars(
        [(subject.declared, year) for subject in content.subjects for year in subject.years if year.verified], ROOM
    )
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            content=content,
            run={"summary": summary(jobs), "tables": tables(jobs)} if jobs else None,
            style=_inlined("style.css"),
            script=_inlined("page.js"),
            lines=[line for line in (disk_line(content), member_line(content), row_line(content)) if line],
            provenance=[line for line in (due_line(content), run_line(content)) if line],
            changes=_changes(content),
            worst=worst_things(content),
            groups=grouped(content.findings),
            advice=lambda group: advice_on(content, group),
            causes=cause_lines(content),
            downloads=downloads(content.wanted),
            fetch=fetch_command(content.wanted),
            families=_families(content),
            pages=_pages(content),
            cell=cell,
            subject_view=lambda subject: subject_view(subject, drawn, content.changes.get("since", {})),
            frames=[(days, months(year)) for days, year in ((365, 2023), (366, 2024))],
        )
    )


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    filters = {
        "why": causes_text,
        "count": count,
        "size": size,
        "of": counted,
        "money": money,
        "percent": percent,
        "cut": cut,
    }
    environment.filters |= filters
    most = {"most_groups": MOST_GROUPS, "most_files": MOST_FILES, "most_places": MOST_PLACES}
    environment.globals |= most | {"severities": WORST_FIRST, "labels": LABELS, "actions": TITLES}
    return environment


def _changes(content: Content) -> dict:
    """Return what the first screen shows of the last run."""
    changes = content.changes
    rollups = [] if changes.get("first", True) else by_weight(changes["rollups"])
    lines = [(f"{entry['dataset']} {entry['year']}", rollup_line(entry)) for entry in rollups]
    told = finding_lines(changes) if rollups else []
    return {"headline": headline(changes), "lost": lost_line(changes), "rollups": lines, "findings": told}


def _pages(content: Content) -> dict[str, str]:
    """Return the address of ERCOT's page for each dataset whose product is declared."""
    declared = {subject.id: PRODUCTS.get(subject.declared.emil) for subject in content.subjects}
    return {name: product.page for name, product in declared.items() if product}


def _families(content: Content) -> list[dict]:
    """Return the datasets by family, in the order of the report."""
    families: dict[str, list[Subject]] = {}
    for subject in content.subjects:
        families.setdefault(title_of(subject.id), []).append(subject)
    return [
        {"title": title, "subjects": subjects, "state": _gravest(y.state for s in subjects for y in s.years)}
        for title, subjects in families.items()
    ]


def _gravest(states: Iterable[str]) -> str:
    return min(states, key=STATES.index, default="clean")


def cell(subject: Subject, year: int) -> dict | None:
    """Return what the matrix shows of a dataset and year, None where nothing is known of it."""
    found = next((y for y in subject.years if y.year == year), None)
    if found is None:
        return None
    share = coverage(subject.declared, found)
    told = f"{counted(len(found.findings), 'finding')}, the worst {found.worst}" if found.findings else "no findings"
    if share is not None:
        text, level, said = percent(share), _level(share), f"{percent(share)} percent covered"
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


def subject_view(subject: Subject, drawn: dict[tuple[str, int], Calendar], since: dict[str, str]) -> dict:
    """Return what the part of one dataset shows."""
    verified = [year for year in subject.years if year.verified]
    declared = subject.declared
    return {
        "cards": _cards(subject, drawn, since),
        "state": _gravest(year.state for year in subject.years),
        "newest": f"{verified[-1].year}: {there(verified[-1], subject.promises)}" if verified else "",
        "eras": eras(subject.headers, [year.year for year in subject.years]),
        "span": (subject.years[0].year, subject.years[-1].year),
        "prices": _prices(subject, verified),
        "revisions": _revisions(verified),
        "queries": queries(declared, [year.year for year in verified]) if verified else [],
    }


def _cards(subject: Subject, drawn: dict[tuple[str, int], Calendar], since: dict[str, str]) -> list[dict]:
    """Return a card a year, the newest first; years without files that follow each other share one."""
    found: list[dict] = []
    places = {gap.first: gap.where for gap in gaps(subject)}
    for year in reversed(subject.years):
        if year.verified:
            told = sentence(subject.declared, year, subject.promises, since.get(f"{subject.id} {year.year}"))
            card = {"year": year, "sentence": told, "places": places.get(year.year, []), "findings": len(year.findings)}
            found.append(card | {"drawn": drawn[subject.id, year.year], "to_do": to_do(subject.declared, year)})
        elif found and "absent" in found[-1] and found[-1]["absent"][0].year == year.year + 1:
            found[-1]["absent"].insert(0, year)
            found[-1]["missing"] += year.missing
            found[-1]["days"] += len(year.missing_days)
        else:
            found.append({"absent": [year], "days": len(year.missing_days), "missing": list(year.missing)})
    return found


def _prices(subject: Subject, verified: list[Year]) -> list[dict]:
    """Return, for each of the first price columns that have values, its chart and one line a year."""
    by_column: dict[str, list[tuple[int, dict]]] = {}
    for year in verified:
        for prices in year.verified.get("prices", []):
            by_column.setdefault(prices["column"], []).append((year.year, prices))
    found = []
    for name, years in list(by_column.items())[:MOST_PRICES]:
        column = subject.declared.column(name)
        chart = price_chart(column, [month for _, prices in years for month in prices["months"]])
        lines = [_price_line(column, year, prices) for year, prices in years]
        extremes = [_extremes(years, "highest", -1), _extremes(years, "lowest", 1)]
        facts = {"column": column, "capped": is_capped(column), "extremes": extremes}
        found.append(facts | {"chart": Markup(chart), "years": list(reversed(lines))})
    return found


def _extremes(years: list[tuple[int, dict]], name: str, sign: int) -> list:
    """Return the days with the highest or the lowest prices of all years."""
    return sorted((day for _, prices in years for day in prices[name]), key=lambda day: sign * day[0])[:MOST_EXTREMES]


def _price_line(column: Column, year: int, prices: dict) -> dict:
    return prices["year"] | {"year": year, "cap": _caps(year) if is_capped(column) else ""}


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


def cut(items: list, most: int) -> tuple[list, int]:
    """Return the first few items and how many are left out."""
    return items[:most], max(0, len(items) - most)
