"""The settings, the paths, and the plan of the run."""

import sys
from functools import cache

import yaml

sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent / "scripts"))

from ercot.core.code import lend_library

lend_library()

from ercot.catalog import DATASETS
from ercot.core.garbage import leave_the_rest
from ercot.planning import derived_origins
from ercot.workflow.run import STANDING, Run, closing_line, start_run
from ercot.workflow.settings import UserError, read_settings

leave_the_rest()  # at the end of a run; to look for garbage among it takes 0.3 s


def abort(mistake):
    """End the run with one line, before anything is built."""
    sys.exit(f"ercot: {mistake}")


# A workflow that uses this one as a module gives its own configuration, in place of the file: here too one key will do.
config = yaml.safe_load(open(workflow.source_path("../config/config.yaml"))) | config

try:
    SETTINGS = read_settings(config, DATASETS)
except UserError as mistake:
    abort(mistake)

PATHS = SETTINGS.paths


def lift_start_limit():
    """Lift Snakemake's limit of 100 job starts a second for jobs on this machine: no option does.

    With a limit, each turn of the scheduler sets a timer for one more turn, which sets the next. So the turns a second
    grow with the jobs that were started, and each looks at the inputs of all that is ready: of 185 small jobs the
    main process took as much time as 60 of them. On a cluster the limit of the profile stays.
    """
    if workflow.scheduling_settings and workflow.local_exec:
        workflow.scheduling_settings.max_jobs_per_timespan = None


@cache
def run() -> Run:
    """Return the run: planned in the main process when the graph is built, read from its plan everywhere else."""
    main = workflow.is_main_process
    lift_start_limit()
    builds = main and workflow.executor_plugin is not None and not workflow.dryrun
    derived = any("derived" in str(target) for target in workflow.dag_settings.targets)
    try:
        begun = start_run(SETTINGS, DATASETS, main, builds, derived)
    except UserError as mistake:
        abort(mistake)
    for note in begun.notes() if main else ():
        print(f"ercot: {note}", file=sys.stderr)
    if begun.is_current:
        print(closing_line(SETTINGS, STANDING), file=sys.stderr)
    return begun


def plan():
    """Return the plan of the run."""
    return run().plan


def origin(rule, *wildcards_of):
    """Return an input function for what the outputs of a rule have to be made from.

    By its time Snakemake decides whether a job runs; what planning writes beside it is marked as ancient.
    """

    def path(wildcards):
        run().make_sure_of(rule)
        return PATHS.origin(rule, *(wildcards[name] for name in wildcards_of))

    return path


def made(rule, *wildcards_of):
    """Return the path of the record that a job of a rule leaves beside its outputs."""
    return PATHS.made(rule, *(f"{{{name}}}" for name in wildcards_of))


def shown(path, category):
    """Mark an output for `snakemake --report`, with the caption of its name in the folder report."""
    return report(path, category=category, caption=f"../report/{path.stem}.rst", labels={"file": path.name})
