"""Files of the days on which the clock is set, and the UTC starts of their hours, worked out by hand."""

from helpers import cdr, rt_spp_name, run_pipeline, utc, write_raw

# The days as a disclosure prints them, the day in the name of its file, and the UTC start.
SHORT_DAY, LONG_DAY = (
    ("03/09/2025", "08-MAY-25", utc("2025-03-09T06")),
    ("11/03/2024", "02-JAN-25", utc("2024-11-03T05")),
)
# (hour label, flag, UTC start) of the 25 hours of 1 November 2026
NOVEMBER = [
    (1, "N", "2026-11-01T05"),
    (2, "N", "2026-11-01T06"),
    (2, "Y", "2026-11-01T07"),
    (3, "N", "2026-11-01T08"),
    (4, "N", "2026-11-01T09"),
    (5, "N", "2026-11-01T10"),
    (6, "N", "2026-11-01T11"),
    (7, "N", "2026-11-01T12"),
    (8, "N", "2026-11-01T13"),
    (9, "N", "2026-11-01T14"),
    (10, "N", "2026-11-01T15"),
    (11, "N", "2026-11-01T16"),
    (12, "N", "2026-11-01T17"),
    (13, "N", "2026-11-01T18"),
    (14, "N", "2026-11-01T19"),
    (15, "N", "2026-11-01T20"),
    (16, "N", "2026-11-01T21"),
    (17, "N", "2026-11-01T22"),
    (18, "N", "2026-11-01T23"),
    (19, "N", "2026-11-02T00"),
    (20, "N", "2026-11-02T01"),
    (21, "N", "2026-11-02T02"),
    (22, "N", "2026-11-02T03"),
    (23, "N", "2026-11-02T04"),
    (24, "N", "2026-11-02T05"),
]
NOVEMBER_STARTS = [start for _, _, start in NOVEMBER]
# UTC starts of the 23 hours of 8 March 2026, and the labels under the three conventions
MARCH_STARTS = [
    "2026-03-08T06",
    "2026-03-08T07",
    "2026-03-08T08",
    "2026-03-08T09",
    "2026-03-08T10",
    "2026-03-08T11",
    "2026-03-08T12",
    "2026-03-08T13",
    "2026-03-08T14",
    "2026-03-08T15",
    "2026-03-08T16",
    "2026-03-08T17",
    "2026-03-08T18",
    "2026-03-08T19",
    "2026-03-08T20",
    "2026-03-08T21",
    "2026-03-08T22",
    "2026-03-08T23",
    "2026-03-09T00",
    "2026-03-09T01",
    "2026-03-09T02",
    "2026-03-09T03",
    "2026-03-09T04",
]
HE03_ABSENT = [1, 2, *range(4, 25)]
HE02_ABSENT = [1, 3, *range(4, 25)]
COUNTED = list(range(1, 24))

HOURLY = {
    "dam_spp": (12331, "DAMSPNP4190", "SettlementPoint,SettlementPointPrice", "HB_NORTH"),
    "dam_mcpc": (12329, "DAMCPCNP4188", "AncillaryType,MCPC", "REGUP"),
}
QUARTERLY = {
    "rt_spp": ("SettlementPointName,SettlementPointType,SettlementPointPrice", "HB_NORTH,HU"),
    "rt_mcpc": ("ASType,MCPC", "REGUP"),
}
PRICE = {"dam_spp": "settlement_point_price", "dam_mcpc": "mcpc", "rt_spp": "settlement_point_price", "rt_mcpc": "mcpc"}
EVE = {"11/01/2026": "20261031.123000", "03/08/2026": "20260307.123000"}


def hourly_file(dataset, day, hours):
    """Return a day-ahead file: ``hours`` are (label, flag), flag None in a file without the column; prices count up."""
    report, friendly, columns, entity = HOURLY[dataset]
    flagged = hours[0][1] is not None
    lines = [f"DeliveryDate,HourEnding,{columns}{',DSTFlag' if flagged else ''}"]
    lines += [f"{day},{h:02d}:00,{entity},{i}{f',{f}' if flagged else ''}" for i, (h, f) in enumerate(hours)]
    return {cdr(report, EVE[day], f"{friendly}.csv"): lines}


def quarterly_file(dataset, day, hours):
    """Return a file with all quarters of the hours, named after the day's first interval."""
    columns, entity = QUARTERLY[dataset]
    name = "RepeatedHourFlag" if dataset == "rt_mcpc" else "DSTFlag"
    flagged = hours[0][1] is not None
    lines = [f"DeliveryDate,DeliveryHour,DeliveryInterval,{columns}{f',{name}' if flagged else ''}"]
    labels = [(hour, quarter, flag) for hour, flag in hours for quarter in (1, 2, 3, 4)]
    for price, (hour, quarter, flag) in enumerate(labels):
        lines.append(f"{day},{hour},{quarter},{entity},{price}{f',{flag}' if flagged else ''}")
    end = f"{day[6:]}{day[:2]}{day[3:5]}_0015"
    if dataset == "rt_spp":
        return {rt_spp_name(end): lines}
    return {cdr(24898, f"{end.replace('_', '.')}02", f"RTDMCPCNP6331_{end}.csv"): lines}


def quarters(starts):
    """Return the four quarter-hour starts of each hour."""
    return [utc(f"{start}:{minute}:00") for start in starts for minute in ("00", "15", "30", "45")]


def run_one(tmp_path, files, dataset):
    """Run the files of one dataset; its output must have no critical finding."""
    run = run_pipeline(write_raw(tmp_path / "raw", files), tmp_path / "out", [dataset])
    assert run.critical() == []
    return run
