"""ERCOT's files into raw_dir: a separate workflow, for before a run. It alone needs a network.

    snakemake --snakefile workflows/fetch.smk --cores 1 --config raw_dir=data/raw datasets=dam_spp since=2024 until=2024

One job a product asks what the servers have of it, one job a posting month gets that month. Planning reads the receipts in
the raw tree: months that are complete are not asked for again, so a run resumes where the last one stopped, and `-n` lists
what is left. docs/fetch.md says how to get an account and how long a history takes.
"""

import sys
from functools import cache
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent / "scripts"))

from ercot.core.code import lend_library

lend_library()

from ercot.catalog import DATASETS
from ercot.catalog.products import PRODUCTS
from ercot.fetch.months import describe_plan, estimate, every_wanted_month, plan_months
from ercot.raw.receipts import RECEIPT, WORK, read_receipts
from ercot.fetch.run import begin_run, closing_line, end_run, has_failed, needs_api
from ercot.fetch.settings import central_now, check_config, read_credentials, read_fetch_settings
from ercot.workflow.progress import is_wanted
from ercot.workflow.settings import UserError


configfile: workflow.source_path("../config/fetch.yaml")


SCHEMA = workflow.source_path("../config/fetch_schema.yaml")


def settings():
    check_config(config, yaml.safe_load(Path(SCHEMA).read_text()))
    return read_fetch_settings(config, DATASETS, central_now().date())


@cache
def plan():
    """Return the months to ask for, by product. The process that is going to fetch them also tries the account."""
    try:
        return make_plan()
    except UserError as mistake:
        sys.exit(f"ercot: {mistake}")


@cache
def hold():
    """Return the lock of the run, which is held as long as the process lives."""
    return begin_run(settings())


def wanted_pairs():
    wanted = every_wanted_month(settings(), DATASETS, central_now())
    return [(emil, month) for emil, months in wanted.items() for month in months]


def make_plan():
    chosen = settings()
    months = plan_months(chosen, DATASETS, read_receipts(chosen.raw_dir), central_now())
    if not months and not wanted_pairs():
        raise UserError(
            f"nothing of {', '.join(chosen.datasets)} from {chosen.since} to {chosen.until} is posted any more"
        )
    if workflow.is_main_process and workflow.executor_plugin is not None and not workflow.dryrun:
        if needs_api(chosen, months):
            read_credentials()
        hold()
        if needs_api(chosen, months):
            from ercot.fetch.servers.clients import open_login

            open_login(chosen).token()
    if workflow.is_main_process and workflow.executor_plugin is not None:
        told = f"ercot: {describe_plan(months, DATASETS, chosen.calls_per_minute)}"
        print(told if months else closing_line(chosen, DATASETS, months, central_now()), file=sys.stderr)
    return months


def every_month(wildcards):
    """Return what the months to ask for come to; where all are complete, their receipts: then nothing is to be done."""
    asked = [f"{RAW}/{WORK}/{emil}/{month}.json" for emil, months in plan().items() for month in months]
    return asked or [f"{RAW}/{emil}/{month}/{RECEIPT}" for emil, month in wanted_pairs()]


RAW = config["raw_dir"]


wildcard_constraints:
    emil="[A-Z0-9-]+",
    month=r"\d{4}-\d\d",


rule all:
    default_target: True
    input:
        every_month,


rule look_up_product:
    output:
        f"{RAW}/{WORK}/{{emil}}/product.json",
    log:
        "logs/fetch/{emil}/product.log",
    localrule: True
    conda:
        "../envs/ercot.yaml"
    params:
        months=lambda wildcards: plan()[wildcards.emil],
    message:
        "look up {wildcards.emil}"
    script:
        "../scripts/look_up_product.py"


rule fetch_month:
    input:
        f"{RAW}/{WORK}/{{emil}}/product.json",
    output:
        f"{RAW}/{WORK}/{{emil}}/{{month}}.json",
    log:
        "logs/fetch/{emil}/{month}.log",
    localrule: True
    conda:
        "../envs/ercot.yaml"
    message:
        "fetch {wildcards.emil} {wildcards.month} -> {RAW}/{wildcards.emil}/{wildcards.month}"
    script:
        "../scripts/fetch_month.py"


@cache
def bar():
    """Return the bar of the run where it has a terminal to itself, else None; there each job prints a line."""
    output = workflow.output_settings
    if not (workflow.is_main_process and is_wanted(sys.stderr, output.quiet or (), output.verbose)):
        return None
    from snakemake.logging import logger
    from ercot.fetch.bar import FetchBar

    expected = {
        f"logs/fetch/{emil}/{month}.log": estimate(PRODUCTS[emil], list(DATASETS.values()), [month]).documents
        for emil, months in plan().items()
        for month in months
    }
    return FetchBar(expected, logger)


def finish(succeeded):
    """Print the last line; a document that could not be had fails the run."""
    if bar():
        bar().stop()
    if workflow.is_main_process:
        chosen = settings()
        failed = succeeded and has_failed(chosen, plan())
        print(closing_line(chosen, DATASETS, plan(), central_now()), file=sys.stderr, flush=True)
        end_run(chosen, hold())
        if failed:
            sys.exit(1)


onstart:
    if bar():
        bar().start()


onsuccess:
    finish(True)


onerror:
    finish(False)
