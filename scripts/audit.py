"""Read the finished rollups back from the disk; fails where one is not as it was written. Builds nothing."""

import ercot.core.process  # first: see there

import sys
from pathlib import Path

from ercot.core.paths import ResultPaths
from ercot.core.wording import counted
from ercot.product.audit import audit
from ercot.workflow.job import logged

if __name__ == "__main__":
    with logged("audit", snakemake.log[0]) as log:
        checked, faults = audit(ResultPaths(Path(snakemake.params.results_dir)))
        for fault in faults:
            log(fault)
        if faults:
            sys.exit(
                f"{counted(len(faults), 'fault')} in {counted(checked, 'file')}: delete the files named above and run "
                "the workflow again, or put back a copy that SHA256SUMS accepts"
            )
        log(f"{counted(checked, 'file')} as written")
