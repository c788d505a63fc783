"""Raw ERCOT reports in, validated annual Parquet rollups with verification reports out."""

from snakemake.utils import min_version

min_version("9.27")


configfile: workflow.source_path("config/config.yaml")


report: "report/workflow.rst"


include: "rules/common.smk"
include: "rules/inputs.smk"
include: "rules/resources.smk"
include: "rules/messages.smk"
include: "rules/normalize.smk"
include: "rules/rollup.smk"
include: "rules/report.smk"
include: "rules/product.smk"
include: "rules/derived.smk"


wildcard_constraints:
    dataset="[a-z][a-z0-9_]*",
    year=r"\d{4}",
    batch=r"\d{4}(-(q\d|\d\d(-(w\d|\d\d))?))?",


rule all:
    default_target: True
    input:
        every_output,


rule annual:
    input:
        of_years(PATHS.annual),


rule schemas:
    input:
        PATHS.registry,


onstart:
    start_messages()


onsuccess:
    print_summary("built", log)


onerror:
    print_summary("failed", log)
