"""Rollups to derived rollups, one of them and one year a job; built only when asked for, with `snakemake derived`.

Inputs: the rollups of one year that it is declared to be made from. Outputs: the derived rollup, checked, and what was
found in it; its data sheet; a verdict like that of the report, for a run that asks for nothing else.
"""


wildcard_constraints:
    name="[a-z][a-z0-9_]*",


# Measured for a year of 940 points, 33 million quarter hours: 0.9 GB and 34 s.
rule derive:
    input:
        origin=origin("derive", "name", "year"),
        sources=derived_sources,
    output:
        derived=PATHS.derived("{name}", "{year}"),
        facts=PATHS.derived_facts("{name}", "{year}"),
        made=made("derive", "name", "year"),
    log:
        PATHS.log("derive", "{name}", "{year}"),
    benchmark:
        PATHS.benchmark("derive", "{name}", "{year}")
    conda:
        "../envs/ercot.yaml"
    threads: 2
    resources:
        mem_mb=lambda wildcards, attempt: attempt * 2000,
        runtime=lambda wildcards, attempt: attempt * 15,
    message:
        "derive {wildcards.name} {wildcards.year} -> {output.derived}"
    script:
        "../scripts/derive.py"


use rule verdict as derived_verdict with:
    input:
        origin=origin("derived_verdict"),
        reports=every_derived_facts,
    output:
        verdict=PATHS.derived_verdict,
        made=made("derived_verdict"),
    log:
        PATHS.log("derived_verdict"),
    localrule: True  # is not taken over
    params:
        fail_on=SETTINGS.fail_on,
        accepted=to_plain(SETTINGS.accepted_findings),


rule derived:
    input:
        every_derived,
