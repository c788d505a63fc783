"""Every fault of the catalogue done to a valid file of every family of reports: each gives the ledger it must give.

All faults of one report are read in one run, each in the file of an operating day of its own.
"""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest
from helpers import run_pipeline, write_raw

from ercot.catalog import DATASETS
from ercot.simulate import Request
from ercot.simulate.faults import FAULTS, NUMBER, ZIP_FAULTS
from ercot.simulate.files import file_bytes, files_of_day

pytestmark = pytest.mark.slow

FAMILIES = {
    "prices": "dam_spp",
    "quarter hours": "rt_spp",
    "runs": "rt_lmp",
    "system": "dam_lmp_bus",
    "corrections": "dam_spp_corrections",
    "dam disclosure": "dam_gen",
    "dam energy": "dam_energy_bid_awards",
    "sced disclosure": "sced_dsr_load",
    "sced members": "sced_smne",
    "cop": "cop_snapshot",
    "sasm": "sasm_gen_as_awards",
    "as offers": "dam_gen_as_offers",
}
FIRST_DAY = date(2024, 4, 1)


@dataclass(frozen=True)
class Effect:
    """What a fault must do to the ledger of its file: a rejected file, or how many rows more or less of which fate."""

    refused: bool = False
    lost: int = 0  # rows of the valid file that are not written
    rejected: int = 0
    duplicate: int = 0
    superseded: int = 0
    more: int = 0  # rows written beyond those of the valid file


HARMLESS, REFUSED, ONE_ROW = Effect(), Effect(refused=True), Effect(lost=1, rejected=1)
ONE_MORE_REJECTED = Effect(rejected=1)

EFFECTS = {
    **dict.fromkeys(
        [
            *("empty_file", "only_blank_lines", "html_page", "xml_document", "json_error", "utf_16"),
            *("semicolons", "gzip_bytes", "numeric_header", "duplicate_column", "missing_column", *ZIP_FAULTS),
        ],
        REFUSED,
    ),
    **dict.fromkeys(
        [
            *("byte_order_mark", "crlf", "mixed_line_ends", "no_final_newline", "blank_lines", "leading_blank_line"),
            *("padded_header", "lower_case_header", "moved_columns", "unknown_column", "quoted_row", "implausible"),
            *("padded_values", "shuffled_rows", "cr_only", "line_break_in_quotes"),
        ],
        HARMLESS,
    ),
    **dict.fromkeys(
        [
            *("cut_in_row", "long_line", "short_line", "trailing_comma", "open_quote", "nul_byte", "nul_row"),
            *("invalid_utf8", "commas_only", "word_for_number", "thousands_mark", "currency_sign", "nan", "infinite"),
            *("too_large", "blank_name", "hour_26", "hour_0", "hour_half", "blank_hour", "interval_7", "interval_0"),
            *("date_13_45", "february_30", "iso_date", "blank_date", "year_3992", "bad_flag", "blank_flag"),
        ],
        ONE_ROW,
    ),
    "footer": ONE_MORE_REJECTED,
    "repeated_header": ONE_MORE_REJECTED,
}


def effect_of(fault: str, dataset, valid: bytes) -> Effect:
    """Return what a fault must do to a valid file, where that depends on the report's columns or key."""
    rows, header = valid.count(b"\n") - 1, valid.split(b"\n")[0].decode().replace('"', "").split(",")
    by_header = {s.header: c for c in dataset.columns for s in c.spellings}
    needed = by_header[header[-1]].required or by_header[header[-1]].name in dataset.key
    number = next((by_header[h] for h in header if re.fullmatch(NUMBER, re.sub("[^a-z0-9]", "", h.lower()))), None)
    special = {
        "header_only": Effect(lost=rows),
        "missing_header": HARMLESS,
        "renamed_column": REFUSED if needed else HARMLESS,
        "short_header": REFUSED if needed else Effect(lost=rows, rejected=rows),
        "duplicate_row": Effect(duplicate=1) if dataset.key else Effect(more=1),
        "contradicting_rows": Effect(superseded=1) if dataset.key else Effect(more=1),
        "blank_number": ONE_ROW if number and number.required else HARMLESS,
    }
    if fault == "interval_7" and dataset.id == "sced_smne":  # a number of the day, which another row has already
        return Effect(lost=1, superseded=1)
    return special[fault] if fault in special else EFFECTS[fault]


def valid_files(dataset, count: int):
    """Yield operating day, name and bytes of as many valid files, one a day."""
    day = FIRST_DAY
    while count:
        request = Request(dataset.id, day, day, points=2)
        files = files_of_day(request, day)
        if files:
            yield day, files[0].path.rsplit("/", 1)[-1], file_bytes(request, day)
            count -= 1
        day += timedelta(days=1)


@dataclass
class Case:
    """A fault done to the file of a day."""

    name: str
    day: date
    valid: bytes
    spoiled: bytes


@cache
def outcome(family: str, folder):
    """Read the files of one family, each with another fault and two without; return the cases and the run."""
    dataset, cases = DATASETS[FAMILIES[family]], {}
    files = {}
    for fault, (day, name, valid) in zip([*FAULTS, "none"], valid_files(dataset, len(FAULTS) + 1), strict=True):
        try:
            spoiled = FAULTS[fault].apply(valid) if fault in FAULTS else valid
        except ValueError:  # the report has no such column
            continue
        name = name.replace(".csv", "_csv.zip") if fault in ZIP_FAULTS else name
        files[f"{fault}/{name}"] = spoiled
        cases[fault] = Case(f"{fault}/{name}", day, valid, spoiled)
    return cases, run_pipeline(write_raw(folder / "raw", files), folder / "out", [dataset.id])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder a family."""
    base = tmp_path_factory.mktemp("catalogue")
    return lambda family: base / family


def test_the_catalogue_is_large_and_every_fault_of_it_has_an_effect():
    assert len(FAULTS) >= 60
    dataset = DATASETS["dam_spp"]
    (_, _, valid), *_ = valid_files(dataset, 1)
    assert all(isinstance(effect_of(fault, dataset, valid), Effect) for fault in FAULTS)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_fault_gives_its_ledger(folder, family):
    dataset = DATASETS[FAMILIES[family]]
    cases, run = outcome(family, folder(family))
    assert len(cases) >= 50
    assert run.critical() == []
    refused = {entry["file"].split("!")[0] for entry in run.report["files"]["rejected"]}
    rejected = Counter(run.rejected[dataset.id, 2024]["file"])
    written, superseded = (Counter(frame[dataset.id, 2024]["delivery_date"]) for frame in (run.annual, run.revisions))
    wrong, totals = {}, Counter()
    for fault, case in cases.items():
        effect = effect_of(fault, dataset, case.valid) if fault in FAULTS else HARMLESS
        found = (case.name in refused, written[case.day], rejected[case.name], superseded[case.day])
        rows = case.valid.count(b"\n") - 1
        kept = 0 if effect.refused else rows - effect.lost + effect.more
        if found != (effect.refused, kept, effect.rejected, effect.superseded):
            wrong[fault] = (found, (effect.refused, kept, effect.rejected, effect.superseded))
        totals.update(
            files_refused=effect.refused, written=kept, duplicate=effect.duplicate, superseded=effect.superseded
        )
        totals.update(rejected=effect.rejected)
    assert wrong == {}
    rows = [totals[name] for name in ("written", "duplicate", "superseded", "rejected")]
    files = (len(cases), len(cases) - totals["files_refused"], totals["files_refused"])
    assert run.ledger(dataset.id, 2024) == (*files, sum(rows), *rows)


@pytest.mark.parametrize("family", FAMILIES)
def test_harmless_faults_leave_the_values_alone(folder, family):
    """A file that only looks odd gives the rows that the valid file gives."""
    dataset = DATASETS[FAMILIES[family]]
    cases, run = outcome(family, folder(family))
    harmless = [f for f, c in cases.items() if f in FAULTS and effect_of(f, dataset, c.valid) == HARMLESS]
    valid = {f"{f}/{cases[f].name.rsplit('/', 1)[-1]}": cases[f].valid for f in harmless}
    clean = run_pipeline(write_raw(folder(family) / "valid", valid), folder(family) / "clean", [dataset.id])
    changed = {"implausible", "blank_number", "renamed_column", "line_break_in_quotes"}
    days = [cases[fault].day for fault in harmless if fault not in changed]
    frames = [r.annual[dataset.id, 2024] for r in (run, clean)]
    odd, plain = (frame.filter(frame["delivery_date"].is_in(days)) for frame in frames)
    assert plain.height > 100 or family == "sasm" or family == "corrections"
    assert odd.sort(odd.columns).equals(plain.sort(plain.columns))
