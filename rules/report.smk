"""Findings to the standing report and the verdict.

Inputs: the findings of all years, those of the derived rollups that were built once, and the plan (for what no dataset
claims). Beside them the job reads what planning keeps of the state before the run, see ercot/planning/before.py;
where that is out of its reach, as in a run on a storage provider, the report compares with nothing.
Outputs: the report in its forms, the data sheets of the rollups, and a verdict that exists only while no finding
reaches ``fail_on``: so a run with nothing else to do still fails.
"""


rule report:
    input:
        origin=origin("report"),
        facts=of_years(PATHS.facts),
        reconciled=every_reconciliation,
        derived=reported_derived(PATHS.derived_facts),
        plan=lambda wildcards: plan() and ancient(PATHS.plan),
        run=notes_of_run,
    output:
        verification=PATHS.report("verification.json"),
        markdown=shown(PATHS.report("verification.md"), "Verification"),
        page=shown(PATHS.report("index.html"), "Verification"),
        gaps=shown(PATHS.report("gaps.csv"), "Verification"),
        findings=PATHS.report("findings.parquet"),
        jobs=PATHS.report("jobs.csv"),
        run=PATHS.report("run.json"),
        changes=PATHS.report("changes.json"),
        changes_text=shown(PATHS.report("changes.md"), "Verification"),
        wanted=shown(PATHS.report("wanted.csv"), "Verification"),
        made=made("report"),
    log:
        PATHS.log("report"),
    benchmark:
        PATHS.benchmark("report")
    conda:
        "../envs/ercot.yaml"
    params:
        datasets=SETTINGS.datasets,
        years=sorted(SETTINGS.years or []),
        expect_from=iso(SETTINGS.expect_from),
        expect_until=iso(SETTINGS.expect_until),
        accepted=to_plain(SETTINGS.accepted_findings),
        raw_dir=str(SETTINGS.raw_dir),
    message:
        "write the report -> {output.page}"
    script:
        "../scripts/report.py"


rule verdict:
    input:
        origin=origin("verdict"),
        reports=[PATHS.report("verification.json"), PATHS.report("changes.json")],
        product=PATHS.checksums,  # all is built before a verdict ends the run
    output:
        verdict=PATHS.verdict,
        made=made("verdict"),
    log:
        PATHS.log("verdict"),
    localrule: True
    conda:
        "../envs/ercot.yaml"
    params:
        fail_on=SETTINGS.fail_on,
        accepted=[],  # the report has them
    message:
        "hold the findings against fail_on -> {output.verdict}"
    script:
        "../scripts/verdict.py"
