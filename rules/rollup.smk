"""Interim Parquet to annual rollups, one dataset and year a job; then one year a job for what must agree across datasets.

Inputs: the interim files of the year's batches, and the year's price corrections where the dataset has some. Outputs:
the rollup, its rejected rows and revisions, what it was made from, and what the checks found in it.
"""


rule rollup:
    input:
        origin=origin("rollup", "dataset", "year"),
        interim=of_batches("parquet"),
        others=of_batches("ledger.json", "rejected.parquet", "revisions.parquet", "facts.parquet"),
        manifests=manifests_of_year,
        corrections=corrections_of_year,
    output:
        annual=PATHS.annual("{dataset}", "{year}"),
        rejected=PATHS.rejected("{dataset}", "{year}"),
        revisions=PATHS.revisions("{dataset}", "{year}"),
        account=PATHS.account("{dataset}", "{year}"),
        facts=PATHS.facts("{dataset}", "{year}"),
        made=made("rollup", "dataset", "year"),
    log:
        PATHS.log("rollup", "{dataset}", "{year}"),
    benchmark:
        PATHS.benchmark("rollup", "{dataset}", "{year}")
    conda:
        "../envs/ercot.yaml"
    threads: threads_for_year
    resources:
        mem_mb=memory,
        runtime=minutes,
    message:
        "roll up {wildcards.dataset} {wildcards.year} -> {output.annual}"
    script:
        "../scripts/rollup.py"


rule reconcile:
    input:
        origin=origin("reconcile", "year"),
        annual=related_rollups,
    output:
        findings=PATHS.reconciliation("{year}"),
        made=made("reconcile", "year"),
    log:
        PATHS.log("reconcile", "{year}"),
    benchmark:
        PATHS.benchmark("reconcile", "{year}")
    conda:
        "../envs/ercot.yaml"
    threads: threads_for_year
    resources:
        mem_mb=memory,
        runtime=minutes,
    message:
        "reconcile the datasets of {wildcards.year} -> {output.findings}"
    script:
        "../scripts/reconcile.py"
