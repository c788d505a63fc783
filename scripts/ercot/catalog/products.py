"""Where ERCOT keeps what: one declaration a product (EMIL id). A product is downloaded once for all its datasets.

The fetch workflow reads here where to ask and for which postings, and the gap check when a day had to be posted.
Download limits are those of the product list of January 2026; a fetch takes what the list has on the day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum


class Source(Enum):
    """Where a product is to be had."""

    API = "api"  # the public API, and its newest days from the MIS
    MIS = "mis"  # the public MIS alone


@dataclass(frozen=True)
class Product:
    """A product of ERCOT's, as far as downloading it goes. Days and dates are Central Prevailing Time."""

    emil: str
    report_type: int
    lag: tuple[int, int]  # days from an operating day to its first and to its last posting
    per_day: float  # documents that are posted a day
    source: Source = Source.API
    reaches_back: date = date(2014, 5, 1)  # the first posting that the source still has
    limit: int = 1000  # documents of one download at most
    mis_days: int | None = None  # days that the MIS shows a posting; None: longer than any fetch needs

    @property
    def page(self) -> str:
        """The address of the page on which ERCOT describes the product."""
        return f"https://www.ercot.com/mp/data-products/data-product-details?id={self.emil}"

    def window(self, since: date, until: date) -> tuple[date, date]:
        """Return the first and the last day on which operating days (both inclusive) are posted."""
        return since + timedelta(days=self.lag[0]), until + timedelta(days=self.lag[1])


DAY_AHEAD = (-1, 0)
REAL_TIME = (0, 1)  # the last interval of a day is posted after midnight
SIXTY_DAYS = (60, 130)  # to +75 as a rule, supplements later
CORRECTED = (0, 180)
RTC = date(2025, 12, 5)

_DECLARED = (
    Product("NP6-905-CD", 12301, REAL_TIME, 96, mis_days=7),
    Product("NP6-788-CD", 12300, REAL_TIME, 288, mis_days=5),
    Product("NP6-787-CD", 11485, REAL_TIME, 288, mis_days=5),
    Product("NP6-322-CD", 13114, REAL_TIME, 288, mis_days=5),
    Product("NP6-86-CD", 12302, REAL_TIME, 24, mis_days=7),
    Product("NP6-331-CD", 24898, REAL_TIME, 96, reaches_back=RTC, limit=365, mis_days=7),
    Product("NP6-332-CD", 24891, REAL_TIME, 288, reaches_back=RTC, limit=365, mis_days=7),
    Product("NP4-190-CD", 12331, DAY_AHEAD, 1, limit=500, mis_days=31),
    Product("NP4-188-CD", 12329, DAY_AHEAD, 1, mis_days=31),
    Product("NP4-183-CD", 12328, DAY_AHEAD, 1, limit=200, mis_days=31),
    Product("NP4-191-CD", 12332, DAY_AHEAD, 1, mis_days=31),
    Product("NP4-523-CD", 13113, DAY_AHEAD, 1, mis_days=31),
    Product("NP4-196-M", 13044, CORRECTED, 0.05, limit=200, mis_days=180),
    Product("NP4-197-M", 13045, CORRECTED, 0.1, limit=200, mis_days=180),
    Product("NP3-966-ER", 13051, SIXTY_DAYS, 1, limit=25, mis_days=1462),
    Product("NP3-965-ER", 13052, SIXTY_DAYS, 1, limit=25, mis_days=1462),
    Product("NP3-990-EX", 15833, SIXTY_DAYS, 1, reaches_back=date(2018, 12, 11), mis_days=1462),
    Product("NP3-991-EX", 15943, SIXTY_DAYS, 1, reaches_back=date(2019, 2, 7), limit=25, mis_days=1462),
    Product("NP1-301", 10038, SIXTY_DAYS, 1, limit=500, mis_days=1462),
    # Absent from the API's list of January 2026, mentioned later in the year; where the API lacks it, the MIS is asked.
    Product("NP4-790-CD", 12348, (0, 3), 1, mis_days=31),
    # A map is valid from its posting: the newest one before the first day is wanted, too.
    Product("NP4-160-SG", 10008, (-45, 0), 0.1, Source.MIS, date(2010, 12, 1)),
    # A workbook a year, renewed weekly while the year lasts; only its last state is shown.
    Product("NP4-180-ER", 13060, (0, 400), 0.01, Source.MIS, date(2010, 12, 1)),
    Product("NP6-785-ER", 13061, (0, 400), 0.01, Source.MIS, date(2010, 12, 1)),
    Product("NP4-181-ER", 13091, (0, 400), 0.01, Source.MIS, date(2010, 12, 1)),
)

PRODUCTS: dict[str, Product] = {product.emil: product for product in _DECLARED}
