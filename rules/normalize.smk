"""Raw files to interim Parquet, one batch a job.

Inputs: the manifest of a batch (the raw files themselves are named in it). Outputs: the batch's rows, its ledger, the
rows that were rejected and those that a later publication replaced.
"""


rule normalize:
    input:
        manifest=manifest,
    output:
        interim=INTERIM / "{dataset}/{batch}.parquet",
        ledger=INTERIM / "{dataset}/{batch}.ledger.json",
        rejected=INTERIM / "{dataset}/{batch}.rejected.parquet",
        revisions=INTERIM / "{dataset}/{batch}.revisions.parquet",
    log:
        RESULTS / "logs/normalize/{dataset}/{batch}.log",
    benchmark:
        RESULTS / "benchmarks/normalize/{dataset}/{batch}.jsonl"
    conda:
        "../envs/ercot.yaml"
    threads: threads_for_batch
    resources:
        mem_mb=memory,
        runtime=minutes,
    message:
        "normalize {wildcards.dataset} {wildcards.batch} -> {output.interim}"
    script:
        "../scripts/normalize.py"


rule read_headers:
    input:
        manifests=manifests,
    output:
        headers=INTERIM / "{dataset}/headers.json",
    log:
        RESULTS / "logs/read_headers/{dataset}.log",
    benchmark:
        RESULTS / "benchmarks/read_headers/{dataset}.jsonl"
    priority: -1  # after the batches, whose ledgers spare opening the files again
    conda:
        "../envs/ercot.yaml"
    resources:
        mem_mb=memory,
        runtime=minutes,
    message:
        "read the headers of {wildcards.dataset} -> {output.headers}"
    script:
        "../scripts/read_headers.py"


rule merge_headers:
    input:
        headers=every_header,
    output:
        registry=shown(RESULTS / "schemas/registry.json", "Headers"),
    log:
        RESULTS / "logs/merge_headers.log",
    benchmark:
        RESULTS / "benchmarks/merge_headers.jsonl"
    localrule: True
    conda:
        "../envs/ercot.yaml"
    message:
        "merge the headers -> {output.registry}"
    script:
        "../scripts/merge_headers.py"
