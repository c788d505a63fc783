"""Lines that read a rollup, to copy: polars, DuckDB, pandas. They run in the results folder as they stand."""

from ercot.catalog.model import Dataset
from ercot.core.paths import ANNUAL
from ercot.tables.schema import annual_types
from ercot.tables.time_columns import time_key


def queries(dataset: Dataset, years: list[int]) -> list[tuple[str, str]]:
    """Return the name of each library and its lines, for the newest year."""
    year = max(years)
    path = f"{ANNUAL}/{dataset.id}/{year}.parquet"
    key = time_key(dataset)
    zoned = getattr(annual_types(dataset)[key], "time_zone", None)
    polars = [
        "import polars as pl",
        "",
        f'rows = pl.read_parquet("{path}")',
        *([f'local = pl.col("{key}").dt.convert_time_zone("America/Chicago")'] if zoned else []),
        *(["rows = rows.with_columns(local.alias('local_time'))"] if zoned else []),
        "print(rows.describe())",
    ]
    local = f", {key} AT TIME ZONE 'America/Chicago' AS local_time" if zoned else ""
    duckdb = [
        f"SELECT *{local}",
        f"FROM '{ANNUAL}/{dataset.id}/*.parquet'",
        f"WHERE delivery_date BETWEEN DATE '{year}-01-01' AND DATE '{year}-12-31'",
        f"ORDER BY {key}",
        "LIMIT 100;",
    ]
    pandas = [
        "import pandas as pd",
        "",
        f'rows = pd.read_parquet("{path}", dtype_backend="pyarrow")',
        *([f'rows["local_time"] = rows["{key}"].dt.tz_convert("America/Chicago")'] if zoned else []),
        "print(rows.describe())",
    ]
    return [("polars", "\n".join(polars)), ("DuckDB", "\n".join(duckdb)), ("pandas", "\n".join(pandas))]
