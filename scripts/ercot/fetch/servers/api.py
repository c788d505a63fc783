"""ERCOT's public API: product facts, lists of documents and bundles, downloads to a file.

In: EMIL ids, spans of posting times (Central wall clock), document ids. Out: lists, and files with the
bytes as received. Raises `Refused` where the server says no, `Unanswered` where no try gave anything of use.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import requests

from ercot.fetch.download import save, save_zip
from ercot.fetch.months import PAGE
from ercot.fetch.servers.calls import FEW_ATTEMPTS, Caller, Refused, json_body
from ercot.fetch.servers.listing import Listed, read_page, read_whole_list

PRODUCTS_PAGE = 200  # the list had 116 products in 2026
NAMED = re.compile(r'filename="?([^";]+)')


class ApiClient:
    """The API at one address."""

    def __init__(self, url: str, caller: Caller):
        self._url, self._caller = url, caller

    def products(self) -> dict[str, dict]:
        """Return the facts of all products, by EMIL id."""
        body = self._caller.call("GET", f"{self._url}/", json_body, params={"size": PRODUCTS_PAGE})
        found = (body.get("_embedded") or {}).get("products") or ()
        return {str(product.get("emilId")): product for product in found}

    def documents(self, emil: str, begin: datetime, end: datetime) -> list[Listed]:
        """Return all documents posted from ``begin`` to ``end``, both inclusive, each once."""
        span = {"postDatetimeFrom": begin.isoformat(), "postDatetimeTo": end.isoformat()}
        return self._whole_list(f"archive/{emil.lower()}", "archives", span)

    def bundles(self, emil: str) -> list[Listed]:
        """Return all monthly bundles of a product."""
        return self._whole_list(f"bundle/{emil.lower()}", "bundles", {})

    def _whole_list(self, path: str, key: str, span: dict) -> list[Listed]:
        def read(number: int):
            asked = span | {"size": PAGE, "page": number}
            return self._caller.call(
                "GET", f"{self._url}/{path}", lambda response: read_page(json_body(response), key), params=asked
            )

        return read_whole_list(read)

    def download_many(self, emil: str, doc_ids: Sequence[int], path: Path) -> None:
        """Save a zip of several documents."""
        self._post(f"archive/{emil.lower()}/download", doc_ids, path)

    def download_one(self, emil: str, doc_id: int, path: Path) -> str:
        """Save one document and return the name that the server gives it, "" where it gives none."""

        def read(response: requests.Response) -> str:
            save(response, path)
            named = NAMED.search(response.headers.get("Content-Disposition", ""))
            return named[1].strip() if named else ""

        return self._get(f"archive/{emil.lower()}", doc_id, read)

    def download_bundle(self, emil: str, doc_id: int, path: Path) -> None:
        """Save the zip of a month. Of some bundles the server refuses the POST: their link works."""
        try:
            self._post(f"bundle/{emil.lower()}/download", [doc_id], path)
        except Refused:
            self._get(f"bundle/{emil.lower()}", doc_id, lambda response: save_zip(response, path))

    def _post(self, path: str, doc_ids: Sequence[int], target: Path) -> None:
        self._caller.call(
            "POST",
            f"{self._url}/{path}",
            lambda response: save_zip(response, target),
            attempts=FEW_ATTEMPTS,
            json={"docIds": list(doc_ids)},
        )

    def _get(self, path: str, doc_id: int, read):
        return self._caller.call("GET", f"{self._url}/{path}", read, attempts=FEW_ATTEMPTS, params={"download": doc_id})
