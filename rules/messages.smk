"""What a run shows on the terminal: bars while it works, the last lines, and one line where it is interrupted."""

import shutil

from ercot.workflow.interrupt import Interruption, end_on_interrupt, leave
from ercot.workflow.progress import OTHERS, STAGES, Progress, Share, is_wanted
from ercot.workflow.run import closing_line, retried_line

INTERRUPTION = Interruption()
if workflow.is_main_process:
    end_on_interrupt()


@cache
def progress():
    """Return the bars of the run where it has a terminal to itself, else None; there each job prints a line."""
    output = workflow.output_settings
    if not (workflow.is_main_process and is_wanted(sys.stderr, output.quiet or (), output.verbose)):
        return None
    from snakemake.logging import logger

    shares = {workflow.dag.jobid(job): share_of(job) for job in workflow.dag.needrun_jobs() if job.output}
    return Progress(shares, logger)


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


def start_messages():
    """Show bars, and from now on end the jobs on Ctrl-C."""
    if bars := progress():
        bars.start()
    if workflow.is_main_process:
        INTERRUPTION.shield_jobs()


def print_summary(ending, logs):
    """Print the last lines of a run."""
    if not workflow.is_main_process or not run.cache_info().currsize:  # nothing was planned
        return
    if bars := progress():
        bars.stop()
    if INTERRUPTION.happened.is_set():
        shutil.rmtree(PATHS.partial, ignore_errors=True)
        leave()
    retried = retried_line("".join(Path(log).read_text() for log in logs))
    print(*filter(None, [retried, closing_line(SETTINGS, ending)]), sep="\n", file=sys.stderr)
    run().drop_state_before()
