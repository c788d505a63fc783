"""Stream the interim files of one year into its rollup."""

from ercot.catalog import DATASETS
from ercot.core.wording import counted
from ercot.rollup.annual import Rolled, roll_up
from ercot.workflow.job_log import logged, stems


def main(dataset: str, batches: dict[str, str], corrections: list[str], outputs: Rolled) -> str:
    """Write one rollup and return a line for the log."""
    rows = roll_up(DATASETS[dataset], batches, corrections[0] if corrections else None, outputs)
    return f"{counted(rows, 'row')} from {counted(len(batches), 'batch', 'es')}"


if __name__ == "__main__":
    with logged(f"roll up {snakemake.wildcards.dataset} {snakemake.wildcards.year}", snakemake.log[0]) as say:
        say(
            main(
                snakemake.wildcards.dataset,
                stems(snakemake.input.interim, ".parquet"),
                list(snakemake.input.get("corrections", [])),
                Rolled(**dict(snakemake.output.items())),
            )
        )
