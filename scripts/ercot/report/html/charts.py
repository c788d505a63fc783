"""Charts as inline SVG: Vega-Lite specifications, drawn by vl-convert here, so that the page needs no library.

Colours are the page's CSS variables: one drawing serves light, dark and paper.
"""

import re
from datetime import UTC, datetime

import vl_convert

from ercot.catalog.model import Column, day
from ercot.catalog.price_caps import FLOOR, cap_era, has_floor, is_capped
from ercot.facts.prices import QUANTILES

WIDTH = 860
MOST_LABELS = 16  # of months below a chart
LOW, MIDDLE, HIGH = (QUANTILES.index(q) for q in (0.05, 0.5, 0.95))
CONFIG = {
    "font": "inherit",
    "background": None,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--quiet)",
        "titleColor": "var(--quiet)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line)",
        "tickColor": "var(--line)",
        "labelFontSize": 11,
        "titleFontSize": 11,
    },
}
TICKS = (-5000, -1000, -250, -50, -10, 0, 10, 25, 50, 100, 250, 1000, 2500, 5000, 9000, 25000)
NEEDLESS = re.compile(
    r' (aria-\w+|role|pointer-events|class|font-family|font-size)="[^"]*"'
    r'| (opacity|stroke-width)="1"'
    r'| [xy]2="0"'
    r'| fill="var\(--quiet\)"| stroke="var\(--line\)"'
    r'|<path d="" display="none"/>'
    r'|<path( class="background")?( aria-hidden="true")? d="M0,0h0v0h0Z"( pointer-events="none")?/>'
)
PATH = re.compile(r' d="(M[^"]{200,})"')  # of many points: there whole pixels do
STEP = re.compile(r"([MLZ])(?:(-?\d+),(-?\d+))?")
FRACTION = re.compile(r"\d+\.\d+")


def price_chart(column: Column, months: list[dict]) -> str:
    """Draw the monthly spread of a price against the cap and the floor of its era, on a scale that bends at 20 $."""
    rows = _every_month(column, months)
    least = min(month["min"] for month in months)
    most = max(*(month["max"] for month in months), *(row["cap"] or 0 for row in rows))
    ticks = [tick for tick in TICKS if least <= tick <= most]
    scale = {"type": "symlog", "constant": 20, "nice": False, "domain": [min(least, 0), max(most, 1)]}
    y = {"type": "quantitative", "scale": scale, "axis": {"title": column.unit, "values": ticks, "format": ",d"}}
    layers = [_band("p05", "p95", y), _line("p50", "--ink", 1.6, y), _line("max", "--high", 1, y)]
    layers.append(_line("min", "--low", 1, y))
    if is_capped(column):
        layers.append(_line("cap", "--cap", 1.2, y, dashed=True))
    if has_floor(column) and least <= FLOOR:
        rule = {"type": "rule", "color": "var(--cap)", "strokeWidth": 1.2, "strokeDash": [5, 3]}
        at_floor = {"data": {"values": [{"floor": FLOOR}]}, "encoding": {"y": {"field": "floor"} | y, "x": None}}
        layers.append({"mark": rule} | at_floor)
    if any(row.get("alone") for row in rows):
        layers += _lonely(y)
    return draw(
        {
            "layer": layers,
            "encoding": {"x": _months([row["month"] for row in rows])},
            "data": {"values": rows},
            "height": 230,
        }
    )


def revision_chart(months: list[dict]) -> str:
    """Draw the rows that were replaced or corrected, by month of the operating day."""
    colour = {
        "field": "kind",
        "legend": None,
        "scale": {"domain": ["superseded", "corrected"], "range": ["var(--low)", "var(--high)"]},
    }
    y = {"field": "rows", "type": "quantitative", "axis": {"title": "rows", "tickCount": 4, "format": "~s"}}
    mark = {"type": "bar", "width": max(1, min(12, WIDTH // (2 * len(months))))}
    x = _months([month["month"] for month in months])
    return draw({"mark": mark, "encoding": {"x": x, "y": y, "color": colour}, "data": {"values": months}})


def draw(spec: dict) -> str:
    """Return a chart as SVG that scales with the page."""
    whole = {"width": WIDTH, "height": 140, "config": CONFIG, "padding": 4} | spec
    svg = vl_convert.vegalite_to_svg(whole, allowed_base_urls=[])
    svg = PATH.sub(lambda path: f' d="{_in_steps(FRACTION.sub(_whole, path[1]))}"', svg)
    svg = NEEDLESS.sub("", svg)
    size = re.match(r'<svg [^>]*?width="([\d.]+)" height="([\d.]+)"', svg)
    head = f'<svg class="chart" aria-hidden="true" focusable="false" viewBox="0 0 {size[1]} {size[2]}">'
    return re.sub(r"^<svg [^>]*>", head, svg)


def _whole(number: re.Match) -> str:
    return f"{float(number[0]):.0f}"


def _in_steps(path: str) -> str:
    """Write a path of whole numbers as steps from point to point, which takes half the room."""
    if STEP.sub("", path):
        return path
    steps, at, start = [], (0, 0), (0, 0)
    for command, *point in STEP.findall(path):
        if command == "Z":
            steps.append("z")
            at = start
            continue
        x, y = map(int, point)
        letter = "m" if command == "M" else "l"
        steps.append(f"{letter}{x - at[0]} {y - at[1]}".replace(" -", "-"))
        at = (x, y)
        start = at if command == "M" else start
    return "".join(steps)


def _every_month(column: Column, months: list[dict]) -> list[dict]:
    """Return a point for each month from the first to the last: a month without prices breaks the lines."""
    found = {month["month"]: month for month in months}
    first, last = (int(m[:4]) * 12 + int(m[5:]) - 1 for m in (min(found), max(found)))
    names = [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, last + 1)]
    points = []
    for before, name, after in zip(["", *names], names, [*names[1:], ""], strict=False):
        era = cap_era(day(f"{name}-28"))
        point = {"month": f"{name}-01", "cap": era.cap if era and is_capped(column) else None}
        month = found.get(name)
        if month:
            spread = {f"p{q:02d}": month["quantiles"][i] for q, i in ((5, LOW), (50, MIDDLE), (95, HIGH))}
            point |= spread | {"min": month["min"], "max": month["max"]}
            point["alone"] = before not in found and after not in found
        points.append(point)
    return points


def _lonely(y: dict) -> list[dict]:
    """Return marks for the months that no line reaches, since their neighbours have no prices."""
    alone = [{"filter": "datum.alone"}]
    bar = {"type": "rule", "color": "var(--band)", "strokeWidth": 5}
    layers = [{"transform": alone, "mark": bar, "encoding": {"y": {"field": "p05"} | y, "y2": {"field": "p95"}}}]
    for field, colour in (("p50", "--ink"), ("max", "--high"), ("min", "--low")):
        mark = {"type": "point", "filled": True, "opacity": 1, "size": 18, "color": f"var({colour})"}
        layers.append({"transform": alone, "mark": mark, "encoding": {"y": {"field": field} | y}})
    return layers


def _months(names: list[str]) -> dict:
    """Return the axis of months; each label stands once, however few or many months there are."""
    first, last = (int(m[:4]) * 12 + int(m[5:7]) - 1 for m in (min(names), max(names)))
    step = next(step for step in (1, 3, 6, 12, 24, 60, 1200) if (last - first) // step < MOST_LABELS)
    begin = first if step == 1 else -(-first // step) * step
    starts = [datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC).timestamp() * 1000 for n in range(begin, last + 1, step)]
    return {
        "field": "month",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"title": None, "format": "%Y-%m", "values": starts, "grid": False},
    }


def _band(low: str, high: str, y: dict) -> dict:
    mark = {"type": "area", "color": "var(--band)", "line": False}
    return {"mark": mark, "encoding": {"y": {"field": low} | y, "y2": {"field": high}}}


def _line(field: str, colour: str, width: float, y: dict, dashed: bool = False) -> dict:
    mark = {"type": "line", "color": f"var({colour})", "strokeWidth": width, "point": False}
    if dashed:
        mark |= {"strokeDash": [5, 3], "interpolate": "step-after"}
    return {"mark": mark, "encoding": {"y": {"field": field} | y}}
