"""Write the data sheet of a dataset's rollups."""

from ercot.catalog import DATASETS
from ercot.core.files import write_json
from ercot.tables.schema import describe
from ercot.workflow.job_log import logged

if __name__ == "__main__":
    with logged(f"describe {snakemake.wildcards.dataset}", snakemake.log[0]):
        write_json(snakemake.output.sheet, describe(DATASETS[snakemake.wildcards.dataset]))
