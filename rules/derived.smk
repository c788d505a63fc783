"""Rollups to derived rollups, one of them and one year a job; built only when asked for, with `snakemake derived`.

Inputs: the rollups of one year that it is declared to be made from. Outputs: the derived rollup, checked, and what is
wrong with it or worth to know; its data sheet; a verdict like that of the report, for who asks for nothing else.
"""


wildcard_constraints:
    name="[a-z][a-z0-9_]*",


# Measured for a year of 940 points, 33 million quarter hours: 0.9 GB and 34 s.
rule derive:
    input:
        sources=derived_sources,
    output:
        derived=RESULTS / "derived/{name}/{year}.parquet",
        findings=RESULTS / "reports/derived/{name}/{year}.json",
    log:
        RESULTS / "logs/derive/{name}/{year}.log",
    benchmark:
        RESULTS / "benchmarks/derive/{name}/{year}.jsonl"
    conda:
        "../envs/ercot.yaml"
    threads: 2
    resources:
        mem_mb=lambda wildcards, attempt: attempt * 2000,
        runtime=lambda wildcards, attempt: attempt * 15,
    params:
        made_by=code_digest(LIBRARY.parent / "derive.py"),
    message:
        "derive {wildcards.name} {wildcards.year} -> {output.derived}"
    script:
        "../scripts/derive.py"


rule describe_derived:
    output:
        sheet=RESULTS / "derived/{name}/schema.json",
    log:
        RESULTS / "logs/describe_derived/{name}.log",
    localrule: True
    conda:
        "../envs/ercot.yaml"
    params:
        made_by=code_digest(LIBRARY.parent / "describe_derived.py"),
    message:
        "describe {wildcards.name} -> {output.sheet}"
    script:
        "../scripts/describe_derived.py"


use rule judge as judge_derived with:
    input:
        every_derived_finding,
    output:
        RESULTS / "reports/derived/verdict.txt",
    log:
        RESULTS / "logs/judge_derived.log",
    localrule: True  # is not taken over


rule derived:
    input:
        every_derived,
