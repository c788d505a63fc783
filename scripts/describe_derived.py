"""Write the data sheet of a derived rollup."""

from ercot.core.files import write_json
from ercot.rollup.derive import describe
from ercot.rollup.derived import DERIVED
from ercot.workflow.job_log import logged

if __name__ == "__main__":
    with logged(f"describe {snakemake.wildcards.name}", snakemake.log[0]):
        write_json(snakemake.output.sheet, describe(DERIVED[snakemake.wildcards.name]))
