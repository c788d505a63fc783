"""The catalog against what is known of ERCOT's files, and against itself."""

from collections import Counter
from datetime import date

from known_facts import DISCLOSURES, TIME_COLUMN, each, fold, texts

from ercot.catalog import DATASETS
from ercot.catalog.clocks import Clock
from ercot.catalog.evidence import Evidence
from ercot.catalog.model import Cdr, Coverage, DayFrom, Kind, Stem

DERIVED = {"interval_start", "delivery_date"}


# --- against itself ---------------------------------------------------------------------------------------------------


@each()
def test_names_are_unique(dataset):
    assert [n for n, times in Counter(c.name for c in dataset.columns).items() if times > 1] == []


@each()
def test_a_header_means_one_column(dataset):
    owners = {}
    for column in dataset.columns:
        for header in texts(column):
            assert owners.setdefault(fold(header), column.name) == column.name, header


@each()
def test_keys_and_orders_are_columns(dataset):
    names = {c.name for c in dataset.columns} | DERIVED
    assert set(dataset.key) <= names
    assert set(dataset.order) <= names
    assert len(set(dataset.key)) == len(dataset.key)
    assert bool(dataset.key) != bool(dataset.order), "a dataset has either a key or an order"
    assert (dataset.key or dataset.order)[0] == TIME_COLUMN.get(dataset.clock, "interval_start")


@each()
def test_key_columns_are_required(dataset):
    optional = [n for n in dataset.key if n not in DERIVED and not dataset.column(n).required]
    assert optional == []


@each()
def test_required_columns_are_in_every_era(dataset):
    for column in dataset.columns:
        if column.required:
            missing = [str(day) for day in dataset.eras() if column.header_on(day) is None]
            assert missing == [], column.name


@each()
def test_every_column_has_a_meaning_and_every_quantity_a_unit(dataset):
    for column in dataset.columns:
        assert column.meaning.strip(), column.name
        assert column.unit or column.kind is not Kind.FLOAT, column.name
        assert (column.low is None) == (column.high is None), column.name
        assert column.low is None or column.low < column.high, column.name


@each()
def test_a_column_has_one_spelling_a_day(dataset):
    for column in dataset.columns:
        for day in dataset.eras():
            assert sum(s.holds_on(day) for s in column.spellings) <= 1, (column.name, day)


@each()
def test_eras_differ_and_start_within_the_dataset(dataset):
    eras = dataset.eras()
    headers = [tuple(dataset.header_on(day)) for day in eras]
    assert eras[0] == dataset.first_day
    assert len(set(headers)) == len(headers)
    assert all(headers)


@each()
def test_sizes_are_declared_in_order(dataset):
    days = [since for since, _ in dataset.mb_per_day]
    assert days == sorted(set(days))
    assert days[0] <= dataset.first_day
    assert all(mb > 0 for _, mb in dataset.mb_per_day)


@each()
def test_every_era_says_what_it_rests_on(dataset):
    """What was seen of one header says nothing of the next one: only a derivation goes on across a change."""
    days = [since for since, _ in dataset.evidence]
    assert days == sorted(set(days))
    assert days[0] == dataset.first_day
    starts = dataset.eras()
    for start, end in zip(starts, [*starts[1:], date.max], strict=True):
        own = any(start <= since < end for since in days)
        assert own or dataset.evidence_on(start) is Evidence.DERIVED, start


@each(of=lambda d: d.clock is Clock.RUN)
def test_runs_have_a_cadence(dataset):
    days = [since for since, _ in dataset.run_minutes]
    assert days == sorted(set(days))
    assert days[0] <= dataset.first_day


@each(of=lambda d: d.corrections)
def test_corrections_fit_what_they_correct(dataset):
    source = DATASETS[dataset.corrections.dataset]
    assert source.key == (*dataset.key, "price_correction_time_cpt")
    assert dataset.corrections.prices
    for price, corrected in dataset.corrections.prices:
        assert dataset.column(price).unit == source.column(corrected).unit
        assert source.column(corrected).required
    assert (source.day_from, source.coverage) == (DayFrom.ROWS, Coverage.EVENTS)


@each(of=lambda d: d.emil in DISCLOSURES)
def test_members_of_disclosures_are_known_by_stem(dataset):
    assert all(isinstance(source, Stem) for source in dataset.sources)
    assert dataset.day_from is DayFrom.FIRST_ROW


def test_file_names_tell_datasets_apart():
    sources = [(dataset, source) for dataset in DATASETS.values() for source in dataset.sources]
    stems = Counter(source.stem.lower() for _, source in sources if isinstance(source, Stem))
    assert [stem for stem, times in stems.items() if times > 1] == []
    reports = Counter((s.report_type, s.part, s.marker) for _, s in sources if isinstance(s, Cdr))
    assert [report for report, times in reports.items() if times > 1] == []
    for _, source in sources:
        if isinstance(source, Cdr) and reports[(source.report_type, None, None)]:
            assert (source.part, source.marker) == (None, None)


@each(of=lambda d: any(isinstance(s, Cdr) and s.marker for s in d.sources))
def test_markers_tell_shapes_apart(dataset):
    for source in dataset.sources:
        assert source.marker in dataset.header_on(dataset.first_day)
        for other in DATASETS.values():
            if other is not dataset and any(
                isinstance(s, Cdr) and s.report_type == source.report_type for s in other.sources
            ):
                assert source.marker not in other.header_on(other.first_day)
