"""Read one rollup back and write down what is wrong with it."""

from ercot.catalog import DATASETS
from ercot.checks.verify import verify
from ercot.core.files import write_json
from ercot.core.wording import counted
from ercot.workflow.job_log import logged, stems, ticking


def main(dataset: str, year: int, annual: str, account: str, batches: dict[str, str], findings: str, tick) -> str:
    """Check one rollup and return a line for the log; ``tick`` is told the rows done and the rows in all."""
    result = verify(DATASETS[dataset], year, annual, account, batches, tick)
    write_json(findings, result)
    return f"{counted(result['ledger']['rows_written'], 'row')}, {counted(len(result['findings']), 'finding')}"


if __name__ == "__main__":
    with logged(f"check {snakemake.wildcards.dataset} {snakemake.wildcards.year}", snakemake.log[0]) as say:
        say(
            main(
                snakemake.wildcards.dataset,
                int(snakemake.wildcards.year),
                snakemake.input.annual,
                snakemake.input.account,
                stems(snakemake.input.ledgers, ".ledger.json"),
                snakemake.output.findings,
                ticking(say, "rows", snakemake.log[0]),
            )
        )
