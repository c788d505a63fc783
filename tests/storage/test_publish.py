"""Results in an S3 store (moto, an emulator) are the files of the results folder, byte for byte."""

import hashlib
import re

import polars as pl
import pyarrow.fs
import pyarrow.parquet
import pytest

from .conftest import Publishing, emulator, free_port

pytestmark = pytest.mark.slow

LARGE = 30_000_000  # bytes; above 8 MiB the plugin sends parts
ROLLUP = "annual/dam_spp/2023.parquet"


@pytest.fixture
def publishing(tmp_path, tools, endpoint, request):
    """Some finished results, nothing of them published; a bucket for each test, which is not there yet."""
    made = Publishing(tmp_path, tools, endpoint, f"s3://{request.node.name.replace('_', '-')}/some/prefix")
    texts = {
        "annual/dam_spp/schema.json": b"{}",
        "reports/index.html": b"<p>report</p>",
        "reports/a report's name.csv": b"a,b\n",
        "schemas/registry.json": b"[]",
        "SHA256SUMS": b"",
        "datapackage.json": b"{}",
        "interim/plan.json": b"not for users",
    }
    for name, text in texts.items():
        (made.results / name).parent.mkdir(parents=True, exist_ok=True)
        (made.results / name).write_bytes(text)
    pl.DataFrame({"settlement_point": ["HB_NORTH", "LZ_WEST"], "price": [1.5, 2.5]}).write_parquet(
        made.results / ROLLUP
    )
    return made


def files(publishing):
    """The SHA-256 of each file that is for users."""
    paths = [p for p in publishing.results.rglob("*") if p.is_file() and "interim" not in p.parts]
    return {p.relative_to(publishing.results).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def reader(publishing):
    """Another client than the one that wrote: Arrow's own, which shares no code with the plugin."""
    return pyarrow.fs.S3FileSystem(
        endpoint_override=publishing.endpoint, access_key="a", secret_key="b", region="us-east-1"
    )


def objects(publishing):
    """The SHA-256 of each object of the bucket, by its key below the prefix."""
    store, bucket = reader(publishing), publishing.store.removeprefix("s3://").split("/")[0]
    everything = store.get_file_info(pyarrow.fs.FileSelector(bucket, recursive=True))
    return {
        info.path.removeprefix(f"{bucket}/some/prefix/"): hashlib.sha256(
            store.open_input_file(info.path).read()
        ).hexdigest()
        for info in everything
        if info.is_file
    }


def copied(done):
    """The files that a run says it copied."""
    return sorted(in_order(done))


def in_order(done):
    return re.findall(r"publish (\S.*)$", done.stdout, re.MULTILINE)


def own_lines(done):
    return [line.removeprefix("ercot: ") for line in done.stdout.splitlines() if line.startswith("ercot: ")]


def test_equal_bytes_and_only_what_changed(publishing):
    first = publishing.run()
    assert first.returncode == 0, first.stdout
    assert objects(publishing) == files(publishing)
    assert copied(first) == sorted(files(publishing))
    assert in_order(first)[-1] == "SHA256SUMS"

    second = publishing.run()
    assert "Nothing to be done" in second.stdout, second.stdout

    (publishing.results / "reports/index.html").write_text("<p>another report</p>")
    third = publishing.run()
    assert in_order(third) == ["reports/index.html", "SHA256SUMS"], third.stdout
    assert objects(publishing) == files(publishing)


def test_removed_result_stays_in_the_store_and_is_named(publishing):
    assert publishing.run().returncode == 0
    before = objects(publishing)
    (publishing.results / ROLLUP).unlink()
    done = publishing.run()
    assert own_lines(done) == [f"in {publishing.store}, but not in results, and left there: {ROLLUP}"]
    assert objects(publishing) == before


def test_large_file_in_parts(publishing):
    (publishing.results / "annual/dam_spp/2024.parquet").write_bytes(bytes(range(250)) * (LARGE // 250))
    done = publishing.run()
    assert done.returncode == 0, done.stdout
    assert objects(publishing) == files(publishing)


def test_read_straight_from_the_store(publishing):
    assert publishing.run().returncode == 0
    truth = pl.read_parquet(publishing.results / ROLLUP)
    options = {"endpoint_url": publishing.endpoint, "access_key_id": "a", "secret_access_key": "b"}
    found = pl.scan_parquet(
        f"{publishing.store}/{ROLLUP}", storage_options=options | {"region": "us-east-1", "allow_http": "true"}
    )
    assert found.collect().equals(truth)
    table = pyarrow.parquet.read_table(
        f"{publishing.store.removeprefix('s3://')}/{ROLLUP}", filesystem=reader(publishing)
    )
    assert pl.from_arrow(table).equals(truth)


def refused(done, message):
    """Tell whether a run ended in one line that says so."""
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    (line,) = own_lines(done)
    return message in line


def test_wrong_keys(publishing, tools):
    with emulator(tools, INITIAL_NO_AUTH_ACTION_COUNT="0") as strict:
        assert refused(publishing.run(endpoint=strict), "InvalidAccessKeyId")


def test_endpoint_down(publishing):
    nobody = f"http://127.0.0.1:{free_port()}"
    assert refused(publishing.run(endpoint=nobody), "Could not connect to the endpoint")


def test_no_store_and_no_results(publishing):
    assert refused(publishing.run(store="bucket/prefix"), "say where to: --config store=s3://BUCKET/PREFIX")
    publishing.results.rename(publishing.path / "elsewhere")
    assert refused(publishing.run(), "there are no results in results")
