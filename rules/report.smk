"""Findings to the standing report and the verdict.

Inputs: the findings of all years, those of the derived rollups that were built once, and the plan (for what no dataset
claims). Outputs: the report in its forms, and a verdict that exists only while no finding reaches ``fail_on``: so a run
with nothing else to do still fails.
"""


rule write_report:
    input:
        checks=every_check,
        reconciled=every_reconciliation,
        derived=derived_findings,
        plan=lambda wildcards: plan() and INTERIM / "plan.json.gz",
    output:
        marked_report_files(),
    log:
        RESULTS / "logs/write_report.log",
    benchmark:
        RESULTS / "benchmarks/write_report.jsonl"
    conda:
        "../envs/ercot.yaml"
    params:
        made_by=made_by("write_report"),
        datasets=SETTINGS.datasets,
        lost=orphaned_derived,
        years=sorted(SETTINGS.years or []),
    message:
        "write the report -> {output[0]}"
    script:
        "../scripts/write_report.py"


rule judge:
    input:
        RESULTS / "reports/verification.json",
    output:
        RESULTS / "reports/verdict.txt",
    log:
        RESULTS / "logs/judge.log",
    localrule: True
    conda:
        "../envs/ercot.yaml"
    params:
        fail_on=SETTINGS.fail_on,
    message:
        "judge the findings -> {output[0]}"
    script:
        "../scripts/judge.py"
