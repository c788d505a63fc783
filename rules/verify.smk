"""Rollups to findings, one dataset and year a job.

Inputs: a rollup, the account of what it was made from, and the ledgers of its batches. Output: the year's ledger, its
findings and its coverage.
"""


rule check:
    input:
        annual=RESULTS / "annual/{dataset}/{year}.parquet",
        account=RESULTS / "reports/accounts/{dataset}/{year}.json",
        ledgers=batch_files("ledger.json"),
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
    message:
        "check {wildcards.dataset} {wildcards.year} -> {output.findings}"
    script:
        "../scripts/check.py"
