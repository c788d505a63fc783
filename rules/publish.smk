"""Finished results to an S3-compatible object store. A workflow of its own, for after a run:

    snakemake --snakefile rules/publish.smk --cores 4 --config store=s3://BUCKET/PREFIX results_dir=results

Inputs: the files of the results folder that are for users. Outputs: the same files in the store; only what is missing
there or older is copied. It needs snakemake-storage-plugin-s3; docs/cluster.md says how to name an endpoint and keys,
and why the run itself does not work on the store.
"""

import sys
from pathlib import Path

RESULTS = Path(config.get("results_dir", "results"))
STORE = str(config.get("store", "")).rstrip("/")
if not STORE.startswith("s3://"):
    sys.exit("ercot: say where to: --config store=s3://BUCKET/PREFIX")


storage:
    provider="s3",


def published(wildcards):
    """Return every file that is for users, in the store."""
    parts = ("annual", "rejected", "revisions", "schemas", "reports")
    found = [path for part in parts for path in sorted((RESULTS / part).rglob("[!.]*")) if path.is_file()]
    return [storage.s3(f"{STORE}/{path.relative_to(RESULTS).as_posix()}") for path in found]


rule all:
    input:
        published,


rule publish:
    input:
        RESULTS / "{file}",
    output:
        storage.s3(f"{STORE}/{{file}}"),
    wildcard_constraints:
        file=".+",
    message:
        "publish {wildcards.file}"
    shell:
        "cp {input} {output}"
