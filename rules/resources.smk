"""Memory, time and threads of the jobs."""

from ercot.catalog.relations import related


def raw_mb(wildcards):
    """Return the raw megabytes behind a job as they lie on the disk: of its batch, its year, or its dataset."""
    period = wildcards.get("batch") or wildcards.get("year") or ""
    datasets = [wildcards.dataset] if wildcards.get("dataset") else related(plan().datasets_of(period))
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


def threads_for_batch(wildcards):
    """Give a batch more threads only where there are fewer batches to do than cores of this machine.

    On a cluster, one each: there the batches are many, two threads read a batch hardly faster, and the job itself
    must come to the same number as the process that submitted it, which it would not from the cores of its node.
    """
    if workflow.remote_exec or not workflow.local_exec:
        return 1
    return max(1, workflow.cores // max(run().count("normalize"), 1))


SMALL_YEAR_MB = 20  # raw megabytes as they lie on the disk


def threads_for_year(wildcards):
    """Give a year a second thread where it has work for one; small years run beside each other instead.

    Most of a small job is its start, which takes one core whatever it is given: with two threads each, 81 small rollups
    ran one after the other on two cores. The number follows from the plan alone, so that nodes come to the same one.
    """
    return 2 if raw_mb(wildcards) > SMALL_YEAR_MB else 1
