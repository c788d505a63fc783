"""What the outputs of every job have to be made from: one digest a job, and which jobs have to run for it.

The digest of a job is that of its code, of what the catalog declares for it, of its settings, and of the digests of the
jobs before it; at the beginning of the chain stand the manifests of the raw files. So all of them are known when
planning ends, and what lies on the disk counts only where the record beside it has the digest that is wanted now.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from pathlib import Path

from ercot.catalog.model import Dataset
from ercot.catalog.relations import of_same_runs, related, relations_of
from ercot.core.code import LIBRARY, code_digest
from ercot.core.files import digest
from ercot.core.outputs import check_outputs, touch_outputs, want
from ercot.core.paths import ResultPaths
from ercot.planning.derived_origins import Job
from ercot.planning.plan import Plan, declaration_digest

SCRIPTS = {"derived_verdict": "verdict"}  # where a rule has that of another one


@dataclass(frozen=True)
class Wanted:
    """The digest that a job's outputs have to be made from, and the jobs that make its inputs."""

    origin: str
    needs: tuple[Job, ...] = ()


@dataclass
class Origins:
    """The jobs of a plan, in an order in which each comes after those that it needs."""

    plan: Plan
    catalog: dict[str, Dataset]
    settings: dict[str, str]  # what of the configuration shows in an output, by rule
    wanted: dict[Job, Wanted] = field(default_factory=dict)

    def add_tables(self) -> None:
        """Add the batches, the rollups and what compares them; corrections come before the prices they override."""
        for dataset, batch in _batches(self.plan):
            self.wanted["normalize", dataset, batch] = Wanted(self.plan.manifests[dataset][batch])
        correcting = {d.corrections.dataset for d in self.catalog.values() if d.corrections}
        for dataset in sorted(self.plan.batches, key=lambda name: name not in correcting):
            for year in self.plan.years(dataset):
                self._add(("rollup", dataset, year), self._before_rollup(dataset, year), [self._declared(dataset)])
        for year in self.plan.all_years():
            datasets = sorted(related(self.plan.datasets_of(year)))
            if datasets:
                relations = [repr(relation) for relation in relations_of(datasets)]
                relations += [repr((d, self.catalog[d].run_minutes)) for d in of_same_runs(datasets)]
                self._add(("reconcile", year), [("rollup", d, year) for d in datasets], relations)

    def add_derived(self, sources: dict[tuple[str, str], list[Job]]) -> None:
        """Add derived rollups, given the jobs that make the sources of each name and year; sources come first."""
        for names, jobs in sources.items():
            self._add(("derive", *names), jobs)
        self._add(("derived_verdict",), self._jobs_of("derive"))

    def add_report(self) -> None:
        """Add what is made of all others."""
        declared = [self._declared(name) for name in self.catalog]  # the report names datasets without files, too
        self._add(("header_registry",), self._jobs_of("normalize"), declared)
        plan = self.plan
        due = (plan.newest_publication, plan.first_days)
        tree = repr((due, plan.ignored, plan.unreadable, plan.unclaimed, plan.stale, plan.raw))
        derived = [("derive", *names) for names in self.plan.reported_derived]
        needs = [*self._jobs_of("rollup"), *self._jobs_of("reconcile"), *derived]
        self._add(("report",), needs, [tree, *declared])
        self._add(("product",), [("report",), ("header_registry",), *needs], declared)
        self._add(("verdict",), [("report",), ("product",)])

    def _declared(self, dataset: str) -> str:
        return declaration_digest(self.catalog[dataset])

    def _jobs_of(self, rule: str) -> list[Job]:
        return sorted(job for job in self.wanted if job[0] == rule)

    def _add(self, job: Job, needs: list[Job], other: Iterable[str] = ()) -> None:
        before = [f"{' '.join(needed)} {self.wanted[needed].origin}" for needed in needs]
        parts = [_code_of(job[0]), self.settings.get(job[0], ""), *other, *before]
        self.wanted[job] = Wanted(digest(*(f"{part}\n".encode() for part in parts)), tuple(needs))

    def _before_rollup(self, dataset: str, year: str) -> list[Job]:
        batches = [("normalize", dataset, batch) for batch in self.plan.year_batches(dataset, year)]
        corrections = self.catalog[dataset].corrections
        corrected = ("rollup", corrections.dataset, year) if corrections else ()
        return [*batches, corrected] if corrected in self.wanted else batches


def ask(paths: ResultPaths, wanted: dict[Job, Wanted]) -> set[Job]:
    """Write down what is wanted of each job, so that Snakemake runs those whose outputs are of another origin.

    Returns those jobs. Interim files that are missing are made again only where a rollup needs them. The outputs of the
    other jobs are made newer than their inputs where a copy has mixed up the times: Snakemake goes by these.
    """
    to_do, newest = set(), {}
    for job, facts in wanted.items():
        made = paths.made(*job)
        times = check_outputs(made, facts.origin, restore=job[0] != "normalize")
        want(paths.origin(*job), facts.origin, made, current=times is not None)
        if times is None:
            to_do.add(job)
        else:
            inputs = max((newest.get(needed, 0) for needed in facts.needs), default=0)
            stale = times.oldest < inputs or times.doubted or _mtime_ns(paths.benchmark(*job)) < inputs
            newest[job] = touch_outputs(made, paths.benchmark(*job)) if stale else times.newest
    return to_do


def _mtime_ns(benchmark: Path) -> float:
    """Return the time of a benchmark record, which Snakemake counts among the outputs; infinite where there is none."""
    try:
        return os.stat(benchmark).st_mtime_ns
    except FileNotFoundError:
        return inf


def _code_of(rule: str) -> str:
    return code_digest(LIBRARY.parent / f"{SCRIPTS.get(rule, rule)}.py")


def _batches(plan: Plan) -> Iterator[tuple[str, str]]:
    for dataset in plan.batches:
        for year in plan.years(dataset):
            for batch in plan.year_batches(dataset, year):
                yield dataset, batch
