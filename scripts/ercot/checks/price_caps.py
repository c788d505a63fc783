"""Prices against the offer caps of their era: soft bounds, beyond which a price is worth a look but no error."""

from ercot.catalog.model import Dataset
from ercot.catalog.price_caps import FLOOR, HELD, SLACK, cap_era, has_floor, is_beyond, is_capped
from ercot.core.findings import EXAMPLES, Finding
from ercot.core.wording import counted
from ercot.facts.prices import Prices


def beyond_caps(dataset: Dataset, year: int, prices: list[Prices]) -> list[Finding]:
    """Return one finding for each price column with values above the cap of their day or below the floor."""
    if dataset.id not in HELD:
        return []
    found = [_of_column(dataset, year, p) for p in prices if is_capped(p.column) and "uncapped" not in p.column.name]
    return [finding for finding in found if finding]


def _of_column(dataset: Dataset, year: int, prices: Prices) -> Finding | None:
    above, below = (sum(counts[side] for counts in prices.beyond.values()) for side in (0, 1))
    if not above + below:
        return None
    told = sorted(prices.high.items(), key=lambda item: (-item[1][0], item[0]))
    told += sorted(prices.low.items(), key=lambda item: (item[1][0], item[0]))
    shown = [" ".join(map(str, values)) for day, values in told if is_beyond(prices.column, day, values[0])]
    return Finding(dataset.id, year, "range", above + below, _message(prices, above, below), shown[:EXAMPLES])


def _message(prices: Prices, above: int, below: int) -> str:
    eras = dict.fromkeys(era for day in sorted(prices.high) if (era := cap_era(day)))
    caps = ", ".join(f"{era.cap:,.0f} from {'about ' * (not era.sure)}{era.since}" for era in eras)
    unit = prices.column.unit
    parts, name = [], prices.column.name
    if above:
        parts.append(f"{counted(above, 'value')} of {name} above the offer cap of their day ({caps}; {unit})")
    if below:
        parts.append(f"{counted(below, 'value')} of {name} below the offer floor of {FLOOR:,.0f} {unit}")
    why = "congestion and scarcity" if has_floor(prices.column) else "scarcity"
    return f"{' and '.join(parts)}, by more than ${SLACK:.0f}: {why} can do that legitimately"
