"""Write the data sheet of a derived rollup."""

from ercot.derive import describe
from ercot.derived import DERIVED
from ercot.files import write_json
from ercot.jobs import logged

if __name__ == "__main__":
    with logged(f"describe {snakemake.wildcards.name}", snakemake.log[0]):
        write_json(snakemake.output.sheet, describe(DERIVED[snakemake.wildcards.name]))
