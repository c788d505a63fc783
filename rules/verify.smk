"""Rollups to findings: one dataset and year a job, then one year a job for what must agree across datasets.

Inputs: a rollup, the account of what it was made from, and the files of its batches; then the rollups of one year
that stand in some relation. Outputs: the year's ledger, its findings and its coverage; then what does not agree.
"""


rule check:
    input:
        annual=RESULTS / "annual/{dataset}/{year}.parquet",
        account=RESULTS / "reports/accounts/{dataset}/{year}.json",
        ledgers=batch_files("ledger.json"),
        batches=batch_files("parquet", "revisions.parquet", "manifest.gz"),
    output:
        findings=RESULTS / "reports/checks/{dataset}/{year}.json",
    log:
        RESULTS / "logs/check/{dataset}/{year}.log",
    benchmark:
        RESULTS / "benchmarks/check/{dataset}/{year}.jsonl"
    conda:
        "../envs/ercot.yaml"
    threads: 2
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        made_by=made_by("check"),
    message:
        "check {wildcards.dataset} {wildcards.year} -> {output.findings}"
    script:
        "../scripts/check.py"


rule reconcile:
    input:
        annual=related_rollups,
    output:
        findings=RESULTS / "reports/reconciliation/{year}.json",
    log:
        RESULTS / "logs/reconcile/{year}.log",
    benchmark:
        RESULTS / "benchmarks/reconcile/{year}.jsonl"
    conda:
        "../envs/ercot.yaml"
    threads: 2
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        made_by=made_by("reconcile"),
        relations=lambda wildcards: list(map(repr, relations_of(datasets_of_year(wildcards.year)))),
    message:
        "reconcile the datasets of {wildcards.year} -> {output.findings}"
    script:
        "../scripts/reconcile.py"
