"""Helpers only: the settings, the plan of the run, and the paths that follow from it."""

import sys
import threading

import yaml

sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent / "scripts"))

from ercot.catalog import DATASETS
from ercot.catalog.relations import related, relations_of
from ercot.core.code import LIBRARY, code_digest
from ercot.core.files import is_newer
from ercot.planning.plan import declaration_digest, manifest_path
from ercot.workflow.leftovers import clear_leftovers
from ercot.workflow.progress import OTHERS, STAGES, Progress, Share, is_wanted
from ercot.workflow.run import closing_line, plan_run, retried_line
from ercot.workflow.settings import Mistake, read_settings


def refuse(mistake):
    """End the run with one line, before anything is built."""
    sys.exit(f"ercot: {mistake}")


# A workflow that uses this one as a module gives its own configuration, in place of the file: here too one key will do.
config = yaml.safe_load(open(workflow.source_path("../config/config.yaml"))) | config

try:
    SETTINGS = read_settings(config, yaml.safe_load(open(workflow.source_path("../config/schema.yaml"))), DATASETS)
except Mistake as mistake:
    refuse(mistake)

RESULTS = SETTINGS.results_dir
INTERIM = SETTINGS.interim
PROGRESS = []  # the bars while they are shown
BATCHES_TO_DO = []  # their number once they are counted
PLANS = []  # the plan once it is made: building the graph asks for it many times


def plan():
    """Return the plan of the run: made in the main process when the graph is built, read everywhere else."""
    if not PLANS:
        main = workflow.is_main_process
        builds = main and workflow.executor_plugin is not None and not workflow.dryrun
        try:
            PLANS.append(plan_run(SETTINGS, DATASETS, main, builds))
        except Mistake as mistake:
            refuse(mistake)
        cleared = clear_leftovers(workflow.persistence.path, RESULTS) if builds else None
        if cleared:
            print(f"ercot: {cleared}", file=sys.stderr)
    return PLANS[0]


def every_year(pattern):
    """Return a path for each dataset and year of the plan."""
    found = plan()
    return [pattern.format(dataset=d, year=y) for d in found.batches for y in found.years(d)]


def every_rollup(wildcards):
    return every_year(f"{RESULTS}/annual/{{dataset}}/{{year}}.parquet")


def every_check(wildcards):
    return every_year(f"{RESULTS}/reports/checks/{{dataset}}/{{year}}.json")


def datasets_of_year(year):
    return [dataset for dataset, years in plan().batches.items() if year in years]


def related_rollups(wildcards):
    """Return the rollups of a year that stand in some relation to another one of that year."""
    return [
        f"{RESULTS}/annual/{dataset}/{wildcards.year}.parquet" for dataset in related(datasets_of_year(wildcards.year))
    ]


def every_reconciliation(wildcards):
    """Return what comes of holding rollups against each other, for the years that have some to compare."""
    years = sorted({year for years in plan().batches.values() for year in years})
    return [f"{RESULTS}/reports/reconciliation/{year}.json" for year in years if related(datasets_of_year(year))]


def every_output(wildcards):
    sheets = [f"{RESULTS}/annual/{dataset}/schema.json" for dataset in plan().batches]
    return [f"{RESULTS}/reports/verdict.txt", f"{RESULTS}/schemas/registry.json", *sheets, *every_rollup(wildcards)]


def derived_catalog():
    """Return the declarations of derived rollups; they pull in polars, so only who asks for one pays for that."""
    from ercot.rollup.derived import DERIVED

    return DERIVED


def years_of_derived(name):
    """Return the years of which all is there that a derived rollup is made from, oldest first."""
    known = derived_catalog()
    needed = [years_of_derived(s) if s in known else plan().years(s) for s in known[name].sources]
    return sorted(set.intersection(*map(set, needed)))


def derived_sources(wildcards):
    """Return the rollups that a derived one is made from; where that cannot be, say why."""
    known = derived_catalog()
    declared = known.get(wildcards.name)
    if declared is None:
        refuse(f"there is no derived rollup '{wildcards.name}'; there are {', '.join(known)}")
    if wildcards.year not in years_of_derived(wildcards.name):
        refuse(f"{wildcards.name} {wildcards.year} needs raw files of that year for {' and '.join(declared.sources)}")
    kinds = {source: "derived" if source in known else "annual" for source in declared.sources}
    return [f"{RESULTS}/{kind}/{source}/{wildcards.year}.parquet" for source, kind in kinds.items()]


def possible_derived():
    """Return name and year of all derived rollups that the plan has the sources of."""
    return [(name, year) for name in derived_catalog() for year in years_of_derived(name)]


def every_derived(wildcards):
    """Return all derived rollups that are possible, their data sheets, and the verdict on them."""
    rollups = [f"{RESULTS}/derived/{name}/{year}.parquet" for name, year in possible_derived()]
    sheets = {f"{RESULTS}/derived/{name}/schema.json": None for name, _ in possible_derived()}
    return [f"{RESULTS}/reports/derived/verdict.txt", *sheets, *rollups]


def every_derived_finding(wildcards):
    return [f"{RESULTS}/reports/derived/{name}/{year}.json" for name, year in possible_derived()]


def built_derived():
    """Return name and year of the derived rollups that lie on the disk, of those that somebody declares."""
    found = [(path.parent.name, path.stem) for path in sorted(Path(RESULTS, "derived").glob("*/*.parquet"))]
    return [(name, year) for name, year in found if name in derived_catalog()]


def derived_findings(wildcards):
    """Return what is to be known of each derived rollup that was built once: from then on it is kept up to date.

    Those that this run builds have to be among them, though they do not lie on the disk yet.
    """
    if "derived" in workflow.dag_settings.targets:
        return every_derived_finding(wildcards)
    due = [(name, year) for name, year in built_derived() if year in years_of_derived(name)]
    return [f"{RESULTS}/reports/derived/{name}/{year}.json" for name, year in due]


def datasets_behind(name):
    """Return the datasets that a derived rollup is made from in the end."""
    sources = derived_catalog()[name].sources if name in derived_catalog() else ()
    return set().union(*map(datasets_behind, sources)) if sources else {name}


def orphaned_derived(wildcards):
    """Return the derived rollups of the selected datasets and years that can not be made any more."""
    lost = [(name, year) for name, year in built_derived() if year not in years_of_derived(name)]
    selected = [(n, y) for n, y in lost if datasets_behind(n) <= set(SETTINGS.datasets)]
    return [f"derived/{n}/{y}.parquet" for n, y in selected if SETTINGS.years is None or int(y) in SETTINGS.years]


def made_by(script):
    """Return a parameter that changes with the code of a step and with what the catalog declares of its dataset."""
    code = code_digest(LIBRARY.parent / f"{script}.py")

    def parameter(wildcards):
        return [code, declaration_digest(DATASETS[wildcards.dataset]) if "dataset" in wildcards.keys() else ""]

    return parameter


def stems_of_year(dataset, year):
    """Map each batch of a rollup, in the order of time, to the stem of its interim files."""
    return {batch: f"{INTERIM}/{dataset}/{batch}" for batch in plan().year_batches(dataset, year)}


def batch_files(*endings):
    """Return an input function for the files of all batches of a year."""

    def files(wildcards):
        stems = stems_of_year(wildcards.dataset, wildcards.year).values()
        return [f"{stem}.{ending}" for stem in stems for ending in endings]

    return files


def corrections_of_year(wildcards):
    """Return the rollup of the price corrections that override this one, if the year has any."""
    corrections = DATASETS[wildcards.dataset].corrections
    if corrections and wildcards.year in plan().years(corrections.dataset):
        return [f"{RESULTS}/annual/{corrections.dataset}/{wildcards.year}.parquet"]
    return []


def manifest(wildcards):
    """Return the manifest of a batch, which planning writes: so there is a plan even where one batch is asked for."""
    return plan() and manifest_path(INTERIM, wildcards.dataset, wildcards.batch)


def manifests(wildcards):
    """Return the manifests of all batches of a dataset."""
    found = plan()
    batches = [
        batch for year in found.years(wildcards.dataset) for batch in found.year_batches(wildcards.dataset, year)
    ]
    return [manifest_path(INTERIM, wildcards.dataset, batch) for batch in batches]


def every_header(wildcards):
    return [f"{INTERIM}/{dataset}/headers.json" for dataset in plan().batches]


def report_files():
    names = ("verification.json", "verification.md", "index.html", "gaps.csv", "findings.parquet", "jobs.csv")
    return [RESULTS / "reports" / name for name in names]


def shown(path, category):
    """Mark an output for `snakemake --report`, with the caption of its name in the folder report."""
    return report(path, category=category, caption=f"../report/{path.stem}.rst", labels={"file": path.name})


def marked_report_files():
    readable = ("verification.md", "index.html", "gaps.csv")
    return [shown(path, "Verification") if path.name in readable else path for path in report_files()]


def raw_mb(wildcards):
    """Return the raw megabytes behind a job as they lie on the disk: of its batch, its year, or its dataset."""
    period = wildcards.get("batch") or wildcards.get("year") or ""
    datasets = [wildcards.dataset] if wildcards.get("dataset") else related(datasets_of_year(period))
    sizes = [size for dataset in datasets for size in plan().raw_mb.get(dataset, {}).items()]
    return sum(size for batch, size in sizes if batch.startswith(period))


# What a job asks for, from the raw megabytes behind it (zips count as they lie on the disk), and again as much on every
# retry:
#
#     mem_mb  = attempt * (1000 + 45 * min(MB, 50))
#     runtime = attempt * (15 + MB / 60) minutes
#
# Snakemake and the libraries take 550 MB before the first row. Rows are held a few days at a time, so that memory
# follows a day, not the batch or the year; the largest days that ERCOT publishes (the offers and outputs of SCED) are
# 30 to 50 MB zipped. Measured: 1.4 GB for such a day of 43 MB zipped (283 MB of CSV), 0.6 GB for a day of bus prices
# (18 MB zipped), 0.35 GB for a month of prices (114 MB of CSV) and 0.1 GB more for each further thread. A MB takes 0.04
# to 0.3 s on one core: the minutes allow for file systems that are many times slower.
def memory(wildcards, attempt):
    return attempt * round(1000 + 45 * min(raw_mb(wildcards), 50))


def minutes(wildcards, attempt):
    return attempt * round(15 + raw_mb(wildcards) / 60)


def batches_to_do():
    """Return how many batches are newer than what was made of them, as Snakemake will find."""
    if not BATCHES_TO_DO:
        stems = [stem for d in plan().batches for y in plan().years(d) for stem in stems_of_year(d, y).values()]
        BATCHES_TO_DO.append(sum(is_newer(f"{stem}.manifest.gz", f"{stem}.parquet") for stem in stems))
    return BATCHES_TO_DO[0]


def threads_for_batch(wildcards):
    """Give a batch more threads only where there are fewer batches to do than cores of this machine.

    On a cluster, one each: there the batches are many, two threads read a batch hardly faster, and the job itself
    must come to the same number as the process that submitted it, which it would not from the cores of its node.
    """
    if workflow.remote_exec or not workflow.local_exec:
        return 1
    return max(1, workflow.cores // max(batches_to_do(), 1))


def show_progress():
    """Show bars where the run has a terminal to itself; elsewhere each job prints a line."""
    output = workflow.output_settings
    if workflow.is_main_process and is_wanted(sys.stderr, output.quiet or (), output.verbose):
        from snakemake.logging import logger

        shares = {workflow.dag.jobid(job): share_of(job) for job in workflow.dag.needrun_jobs() if job.output}
        PROGRESS.append(Progress(shares, logger))
        PROGRESS[0].start()


def share_of(job):
    """Return what a job adds to the bar of its stage."""
    dataset, period = job.wildcards.get("dataset"), job.wildcards.get("batch") or job.wildcards.get("year")
    stage = STAGES.get(job.rule.name, OTHERS)
    log = str(next(iter(job.log), ""))
    if stage == OTHERS:
        return Share(stage, 1, 0, log)
    weight, files = (
        sum(n for batch, n in counts.get(dataset, {}).items() if batch.startswith(period))
        for counts in (plan().raw_mb, plan().raw_files)
    )
    return Share(stage, weight, files, log)


def tell(ending, logs):
    """Print the last lines of a run, and let it end at once: Snakemake leaves timers that a process waits a second for."""
    while PROGRESS:
        PROGRESS.pop().stop()
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()
    if workflow.is_main_process:
        retried = retried_line("".join(Path(log).read_text() for log in logs))
        print(*filter(None, [retried, closing_line(SETTINGS, ending)]), sep="\n", file=sys.stderr)
