"""Interim files: one Parquet file a batch, appended a few days at a time, with the digest of its manifest inside."""

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ercot.tables.categories import dictionary

MANIFEST = b"manifest"


class InterimWriter:
    """Writes one interim file. Texts go from Categorical to Parquet's dictionaries without being spelled out."""

    def __init__(self, path: Path, types: dict[str, pl.DataType], manifest_digest: str):
        schema = pl.DataFrame(schema=types).to_arrow().schema
        fields = [pa.field(f.name, _stored_type(f.type)) for f in schema]
        self._schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(
            path, self._schema, compression="lz4", store_schema=False, write_statistics=False
        )
        self._writer.add_key_value_metadata({MANIFEST: manifest_digest})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._writer.close()

    def write(self, frame: pl.DataFrame) -> None:
        """Append the rows of some days."""
        if frame.height:
            columns = [_to_arrow(frame[field.name], field.type) for field in self._schema]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))


def manifest_of(path: str) -> str:
    """Return the digest of the manifest that an interim file was made from."""
    return (pq.read_metadata(path).metadata or {}).get(MANIFEST, b"").decode()


def _stored_type(arrow_type: pa.DataType) -> pa.DataType:
    is_text = (
        pa.types.is_large_string(arrow_type) or pa.types.is_string(arrow_type) or pa.types.is_string_view(arrow_type)
    )
    return pa.dictionary(pa.int32(), pa.string()) if is_text else arrow_type


def _to_arrow(column: pl.Series, stored: pa.DataType) -> pa.Array:
    if not pa.types.is_dictionary(stored):
        return column.to_arrow().cast(stored)
    places, texts = dictionary(column)
    codes = pl.Series(places)  # not pa.array, which imports pandas to see whether it was given any of it
    codes = codes.set(codes < 0, None) if column.null_count() else codes
    return pa.DictionaryArray.from_arrays(codes.to_arrow(), texts.to_arrow().cast(pa.string()))
