"""Findings to the standing report and the verdict.

Inputs: the findings of all years and the plan (for what no dataset claims). Outputs: the report in its forms, and a
verdict that exists only while no finding reaches ``fail_on``: so a run with nothing else to do still fails.
"""


rule write_report:
    message:
        "write the report"
    input:
        checks=every_check,
        plan=lambda wildcards: plan() and INTERIM / "plan.json.gz",
    output:
        report_files(),
    log:
        RESULTS / "logs/write_report.log",
    benchmark:
        RESULTS / "benchmarks/write_report.jsonl"
    params:
        datasets=SETTINGS.datasets,
        years=sorted(SETTINGS.years or []),
    conda:
        "../envs/ercot.yaml"
    script:
        "../scripts/write_report.py"


rule judge:
    message:
        "judge the findings"
    input:
        RESULTS / "reports/verification.json",
    output:
        RESULTS / "reports/verdict.txt",
    log:
        RESULTS / "logs/judge.log",
    params:
        fail_on=SETTINGS.fail_on,
    conda:
        "../envs/ercot.yaml"
    script:
        "../scripts/judge.py"
