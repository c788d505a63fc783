"""Finished rollups to what explains them: views, a data package, checksums.

Inputs: the records that jobs left beside their outputs (with the SHA-256 of each), and the report. Outputs: a DuckDB
database, datapackage.json, README.md, SHA256SUMS.
"""


rule product:
    input:
        origin=origin("product"),
        records=every_record,
        facts=of_years(PATHS.facts),
        verification=PATHS.report("verification.json"),
        findings=PATHS.report("findings.parquet"),
        plan=lambda wildcards: plan() and ancient(PATHS.plan),
        annual=of_years(PATHS.annual),
        revisions=of_years(PATHS.revisions),
        derived=reported_derived(PATHS.derived),
        derived_facts=reported_derived(PATHS.derived_facts),
    output:
        database=PATHS.database,
        package=PATHS.data_package,
        readme=PATHS.readme,
        sums=PATHS.checksums,
        made=made("product"),
    log:
        PATHS.log("product"),
    benchmark:
        PATHS.benchmark("product")
    conda:
        "../envs/ercot.yaml"
    message:
        "explain the results -> {output.package}"
    script:
        "../scripts/product.py"


rule audit:
    log:
        PATHS.log("audit"),
    localrule: True
    conda:
        "../envs/ercot.yaml"
    params:
        results_dir=str(SETTINGS.results_dir),
    message:
        "read the finished rollups back from the disk"
    script:
        "../scripts/audit.py"
