"""Where every file below the results folder lies. Rules, planning, jobs and reports all take their paths from here."""

from dataclasses import dataclass
from pathlib import Path

# The folders below the results.
ANNUAL, REJECTED, REVISIONS, DERIVED_TABLES = "annual", "rejected", "revisions", "derived"
SCHEMAS, REPORT, INTERIM = "schemas", "reports", "interim"
TABLES = (ANNUAL, REJECTED, REVISIONS, DERIVED_TABLES)  # those with Parquet files for users
REPORTS = (
    "verification.json",
    "verification.md",
    "index.html",
    "gaps.csv",
    "findings.parquet",
    "jobs.csv",
    "run.json",
    "changes.json",
    "changes.md",
    "wanted.csv",
)


@dataclass(frozen=True)
class ResultPaths:
    """The paths of one results folder. Names may be wildcards of Snakemake, such as ``{dataset}``."""

    results: Path

    @property
    def interim(self) -> Path:
        """The folder of everything that is not for users."""
        return self.results / INTERIM

    @property
    def partial(self) -> Path:
        """The folder in which jobs write before their outputs take their places."""
        return self.interim / "partial"

    @property
    def plan(self) -> Path:
        """What planning found, for the jobs."""
        return self.interim / "plan.json.gz"

    @property
    def looks(self) -> Path:
        """What planning saw in the files that it had to open."""
        return self.interim / "looks.json.gz"

    @property
    def run_notes(self) -> Path:
        """What planning hands to the report about the run: settings, the raw tree, and which rollups are rebuilt."""
        return self.interim / "run.json"

    def before(self, *names: str) -> Path:
        """What is kept of the state before the run, see `planning.before`."""
        return self.interim.joinpath("before", *names)

    def stem(self, dataset: str, batch: str) -> str:
        """The beginning of all files of a batch."""
        return f"{self.interim}/{dataset}/{batch}"

    def manifest(self, dataset: str, batch: str) -> Path:
        """Which raw files a batch is made from."""
        return Path(f"{self.stem(dataset, batch)}.manifest.gz")

    def facts(self, dataset: str, year: str) -> Path:
        """What the checks found in a rollup, and what the report shows of it."""
        return self.interim / dataset / f"{year}.facts.json"

    def account(self, dataset: str, year: str) -> Path:
        """Which interim files a rollup was made from."""
        return self.interim / dataset / f"{year}.account.json"

    def origin(self, rule: str, *names: str) -> Path:
        """What the outputs of a job have to be made from: the digest that planning wants."""
        return _below(self.interim / "origins", rule, names, "json")

    def made(self, rule: str, *names: str) -> Path:
        """What the outputs of a job were made from: written last by the job itself."""
        return _below(self.interim / "made", rule, names, "json")

    def annual(self, dataset: str, year: str) -> Path:
        """A rollup."""
        return self.results / ANNUAL / dataset / f"{year}.parquet"

    def name(self, path: Path) -> str:
        """How a file is called below the results."""
        return path.relative_to(self.results).as_posix()

    def rejected(self, dataset: str, year: str) -> Path:
        """The rows of a year that could not be used."""
        return self.results / REJECTED / dataset / f"{year}.parquet"

    def revisions(self, dataset: str, year: str) -> Path:
        """The rows of a year that a later publication replaced."""
        return self.results / REVISIONS / dataset / f"{year}.parquet"

    def sheet(self, dataset: str) -> Path:
        """The columns of a dataset's rollups."""
        return self.results / ANNUAL / dataset / "schema.json"

    def reconciliation(self, year: str) -> Path:
        """What does not agree between the rollups of a year."""
        return self.interim / "reconciliation" / f"{year}.json"

    def derived(self, name: str, year: str) -> Path:
        """A derived rollup."""
        return self.results / DERIVED_TABLES / name / f"{year}.parquet"

    def derived_facts(self, name: str, year: str) -> Path:
        """What the checks found in a derived rollup."""
        return self.interim / "derived" / name / f"{year}.json"

    def derived_sheet(self, name: str) -> Path:
        """The columns of a derived rollup."""
        return self.results / DERIVED_TABLES / name / "schema.json"

    @property
    def database(self) -> Path:
        """A DuckDB database with a view a dataset."""
        return self.results / "ercot.duckdb"

    @property
    def readme(self) -> Path:
        """What lies where in the results, for a reader who has only this folder."""
        return self.results / "README.md"

    @property
    def data_package(self) -> Path:
        """What the results hold, as a Frictionless Data Package."""
        return self.results / "datapackage.json"

    @property
    def checksums(self) -> Path:
        """The SHA-256 of each file that is for users."""
        return self.results / "SHA256SUMS"

    @property
    def registry(self) -> Path:
        """Every header ever seen."""
        return self.results / SCHEMAS / "registry.json"

    def report(self, name: str) -> Path:
        """One form of the report, such as ``verification.json``."""
        return self.results / REPORT / name

    @property
    def verdict(self) -> Path:
        """A file that exists only while no finding reaches ``fail_on``."""
        return self.report("verdict.txt")

    @property
    def derived_verdict(self) -> Path:
        """The same for the derived rollups alone."""
        return self.results / REPORT / "derived" / "verdict.txt"

    def log(self, rule: str, *names: str) -> Path:
        """The log of a job."""
        return _below(self.results / "logs", rule, names, "log")

    def benchmark(self, rule: str, *names: str) -> Path:
        """Snakemake's record of a job's time and memory."""
        return _below(self.results / "benchmarks", rule, names, "jsonl")


def _below(folder: Path, rule: str, names: tuple[str, ...], ending: str) -> Path:
    return folder.joinpath(rule, *names).with_name(f"{(rule, *names)[-1]}.{ending}")
