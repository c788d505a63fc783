"""Raw files to interim Parquet, one batch a job.

Inputs: the manifest of a batch (the raw files themselves are named in it). Outputs: the batch's rows, its ledger, the
rows that were rejected and those that a later publication replaced.
"""


rule normalize:
    input:
        origin=origin("normalize", "dataset", "batch"),
        manifest=manifest,
    output:
        interim=PATHS.stem("{dataset}", "{batch}") + ".parquet",
        ledger=PATHS.stem("{dataset}", "{batch}") + ".ledger.json",
        rejected=PATHS.stem("{dataset}", "{batch}") + ".rejected.parquet",
        revisions=PATHS.stem("{dataset}", "{batch}") + ".revisions.parquet",
        facts=PATHS.stem("{dataset}", "{batch}") + ".facts.parquet",
        made=made("normalize", "dataset", "batch"),
    log:
        PATHS.log("normalize", "{dataset}", "{batch}"),
    benchmark:
        PATHS.benchmark("normalize", "{dataset}", "{batch}")
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


rule header_registry:
    input:
        origin=origin("header_registry"),
        ledgers=every_ledger,
    output:
        registry=shown(PATHS.registry, "Headers"),
        made=made("header_registry"),
    log:
        PATHS.log("header_registry"),
    benchmark:
        PATHS.benchmark("header_registry")
    conda:
        "../envs/ercot.yaml"
    message:
        "merge the headers -> {output.registry}"
    script:
        "../scripts/header_registry.py"
