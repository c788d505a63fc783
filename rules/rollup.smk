"""Interim Parquet to annual rollups, one dataset and year a job.

Inputs: the interim files of the year's batches, and the year's price corrections where the dataset has some. Outputs:
the rollup, its rejected rows and revisions, an account of what it was made from, and the dataset's data sheet.
"""


rule roll_up:
    input:
        interim=batch_files("parquet"),
        rejected=batch_files("rejected.parquet"),
        revisions=batch_files("revisions.parquet"),
        corrections=corrections_of_year,
    output:
        annual=RESULTS / "annual/{dataset}/{year}.parquet",
        rejected=RESULTS / "rejected/{dataset}/{year}.parquet",
        revisions=RESULTS / "revisions/{dataset}/{year}.parquet",
        account=RESULTS / "reports/accounts/{dataset}/{year}.json",
    log:
        RESULTS / "logs/roll_up/{dataset}/{year}.log",
    benchmark:
        RESULTS / "benchmarks/roll_up/{dataset}/{year}.jsonl"
    conda:
        "../envs/ercot.yaml"
    threads: 2
    resources:
        mem_mb=memory,
        runtime=minutes,
    params:
        made_by=made_by("roll_up"),
    message:
        "roll up {wildcards.dataset} {wildcards.year} -> {output.annual}"
    script:
        "../scripts/roll_up.py"


rule describe:
    output:
        sheet=RESULTS / "annual/{dataset}/schema.json",
    log:
        RESULTS / "logs/describe/{dataset}.log",
    localrule: True
    conda:
        "../envs/ercot.yaml"
    params:
        made_by=made_by("describe"),
    message:
        "describe {wildcards.dataset} -> {output.sheet}"
    script:
        "../scripts/describe.py"
