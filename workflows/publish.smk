"""Finished results to an S3-compatible object store. A separate workflow, for after a run:

    snakemake --snakefile workflows/publish.smk --cores 4 --config store=s3://BUCKET/PREFIX results_dir=results

Inputs: the files of the results folder that are for users. Outputs: the same files in the store; only what is missing
there or older is copied, and nothing is ever deleted there. It needs what envs/requirements-s3.txt pins;
docs/cluster.md says how to name an endpoint and keys, and why the run itself does not work on the store.
"""

import sys
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent / "scripts"))

from ercot.core.paths import REPORT, SCHEMAS, TABLES

PARTS = (*TABLES, SCHEMAS, REPORT)
SUMS = "SHA256SUMS"  # the last to be copied: what it lists is there then
FILES = ("README.md", "ercot.duckdb", "datapackage.json", SUMS)
RESULTS = Path(config.get("results_dir", "results"))
STORE = str(config.get("store", "")).rstrip("/")
if not STORE.startswith("s3://"):
    sys.exit("ercot: say where to: --config store=s3://BUCKET/PREFIX")


storage:
    provider="s3",


def found():
    """Return every file that is for users, as its path below the results."""
    paths = [path for part in PARTS for path in sorted((RESULTS / part).rglob("[!.]*"))]
    paths = [path for path in (*paths, *(RESULTS / name for name in FILES)) if path.is_file()]
    return [path.relative_to(RESULTS).as_posix() for path in paths]


def stored():
    """Return what lies in the store under the same folders; a bucket that is not there yet holds nothing."""
    place = storage.s3(f"{STORE}/{PARTS[0]}").flags["storage_object"]
    prefix = place.key.removesuffix(PARTS[0])
    folders = tuple(f"{prefix}{part}/" for part in PARTS)
    try:
        keys = [item.key for item in place.s3bucket().objects.filter(Prefix=prefix)]
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            return []
        raise
    return [key.removeprefix(prefix) for key in keys if key.startswith(folders) or key.removeprefix(prefix) in FILES]


def look_at_store():
    """Before anything is copied: end the run in one line where there is no way in, and name what has no file here."""
    if not found():
        sys.exit(f"ercot: there are no results in {RESULTS}: --config results_dir=…")
    try:
        left = sorted(set(stored()) - set(found()))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"ercot: no way into {STORE}: {' '.join(str(error).split())}")
    if left:
        print(f"ercot: in {STORE}, but not in {RESULTS}, and left there: {', '.join(left)}", file=sys.stderr)


if workflow.is_main_process:
    look_at_store()


rule all:
    input:
        [storage.s3(f"{STORE}/{path}") for path in found()],


rule publish:
    input:
        RESULTS / "{file}",
    output:
        storage.s3(f"{STORE}/{{file}}"),
    wildcard_constraints:
        file=f"(?!{SUMS}$).+",
    message:
        "publish {wildcards.file}"
    shell:
        "cp {input[0]:q} {output:q}"


use rule publish as publish_checksums with:
    input:
        RESULTS / SUMS,
        [storage.s3(f"{STORE}/{path}") for path in found() if path != SUMS],
    output:
        storage.s3(f"{STORE}/{SUMS}"),
    message:
        f"publish {SUMS}"
