"""Which files belong together: the targets, and the inputs of rules that depend on the plan."""

from ercot.catalog.relations import related
from ercot.checks.accepted import to_plain


def of_years(path):
    """Return an input function for the path of each dataset and year of the plan."""

    def paths(wildcards):
        return [path(dataset, year) for dataset in plan().batches for year in plan().years(dataset)]

    return paths


def of_batches(*endings):
    """Return an input function for the files of all batches of a year."""

    def paths(wildcards):
        dataset = wildcards.dataset
        batches = plan().year_batches(dataset, wildcards.year)
        return [f"{PATHS.stem(dataset, batch)}.{ending}" for batch in batches for ending in endings]

    return paths


def manifest(wildcards):
    """Return the manifest of a batch, which planning writes: so there is a plan even where one batch is asked for."""
    return plan() and ancient(PATHS.manifest(wildcards.dataset, wildcards.batch))


def manifests_of_year(wildcards):
    """Return the manifests of all batches of a year, which the checks compare with what the interim files record."""
    dataset = wildcards.dataset
    return [ancient(PATHS.manifest(dataset, batch)) for batch in plan().year_batches(dataset, wildcards.year)]


def every_ledger(wildcards):
    found = plan().batches
    batches = [(d, batch) for d, years in found.items() for year in years.values() for batch in year]
    return [f"{PATHS.stem(dataset, batch)}.ledger.json" for dataset, batch in batches]


def corrections_of_year(wildcards):
    """Return the rollup of the price corrections that override this one, if the year has any."""
    corrections = DATASETS[wildcards.dataset].corrections
    if corrections and wildcards.year in plan().years(corrections.dataset):
        return [PATHS.annual(corrections.dataset, wildcards.year)]
    return []


def every_record(wildcards):
    """Return the records of the jobs whose outputs are for users."""
    rollups = [PATHS.made("rollup", d, year) for d in plan().batches for year in plan().years(d)]
    derived = [PATHS.made("derive", *names) for names in plan().reported_derived]
    return [*rollups, *derived, PATHS.made("header_registry"), PATHS.made("report")]


def related_rollups(wildcards):
    """Return the rollups of a year that stand in some relation to another one of that year."""
    year = wildcards.year
    return [PATHS.annual(dataset, year) for dataset in related(plan().datasets_of(year))]


def every_reconciliation(wildcards):
    """Return the results of holding rollups against each other, for the years that have some to compare."""
    years = [year for year in plan().all_years() if related(plan().datasets_of(year))]
    return [PATHS.reconciliation(year) for year in years]


def every_output(wildcards):
    return [PATHS.verdict, PATHS.registry, PATHS.checksums, *of_years(PATHS.annual)(wildcards)]


def derived_sources(wildcards):
    """Return the rollups that a derived one is made from; where that cannot be, abort with the reason."""
    name, year, known = wildcards.name, wildcards.year, derived_catalog()
    if name not in known:
        abort(f"there is no derived rollup '{name}'; there are {', '.join(known)}")
    if year not in derived_origins.years_of(known, plan(), name):
        abort(f"{name} {year} needs raw files of that year for {' and '.join(known[name].sources)}")
    paths = {"derive": PATHS.derived, "rollup": PATHS.annual}
    return [paths[rule](*names) for rule, *names in derived_origins.sources_of(known, name, year)]


def derived_catalog():
    """Return the declarations of derived rollups; they import polars, which a run without them does not need."""
    from ercot.rollup.derived_tables import DERIVED

    return DERIVED


def every_derived(wildcards):
    possible = derived_origins.possible(derived_catalog(), plan())
    return [PATHS.derived_verdict, *(PATHS.derived(*names) for names in possible)]


def every_derived_facts(wildcards):
    return [PATHS.derived_facts(*names) for names in derived_origins.possible(derived_catalog(), plan())]


def reported_derived(path):
    """Return an input function for the path of each derived rollup that the report shows."""
    return lambda wildcards: [path(*names) for names in plan().reported_derived]


def iso(day):
    """Return a day of the settings as text, None where none is given."""
    return day and day.isoformat()


def notes_of_run(wildcards):
    """Return what planning notes of a run that builds; a dry run has none."""
    return [ancient(PATHS.run_notes)] if plan() and PATHS.run_notes.exists() else []
