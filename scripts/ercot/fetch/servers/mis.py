"""ERCOT's public MIS: the list of what a report type shows now, and downloads to a file. It knows no accounts.

In: report type ids, document ids. Out: the whole list (it has no pages), and files whose bytes are as received.
"""

from pathlib import Path

from ercot.fetch.download import save
from ercot.fetch.servers.calls import FEW_ATTEMPTS, Caller, Unanswered, json_body
from ercot.fetch.servers.listing import Listed, wall_clock
from ercot.raw.file_names import is_xml

LIST, DOWNLOAD = "misapp/servlets/IceDocListJsonWS", "misdownload/servlets/mirDownload"


class MisClient:
    """The public MIS at one address."""

    def __init__(self, url: str, caller: Caller):
        self._url, self._caller = url, caller

    def documents(self, report_type: int, attempts: int) -> list[Listed]:
        """Return all documents of a report type that the MIS shows, without the XML siblings."""
        asked = {"reportTypeId": report_type}
        found = self._caller.call(
            "GET", f"{self._url}/{LIST}", lambda response: _read_list(json_body(response)), attempts, params=asked
        )
        return list({document.doc_id: document for document in found if not is_xml(document.name)}.values())

    def download(self, document: Listed, path: Path) -> None:
        """Save one document."""
        self._caller.call(
            "GET",
            f"{self._url}/{DOWNLOAD}",
            lambda response: save(response, path, document.bytes),
            attempts=FEW_ATTEMPTS,
            params={"doclookupId": document.doc_id},
        )


def _read_list(body: dict) -> list[Listed]:
    try:
        entries = body["ListDocsByRptTypeRes"]["DocumentList"] or ()
        documents = [entry["Document"] for entry in entries if "Document" in entry]
        return [
            Listed(
                int(document["DocID"]),
                str(document["ConstructedName"]),
                wall_clock(document["PublishDate"]),
                int(document["ContentSize"]) if str(document.get("ContentSize", "")).isdigit() else None,
            )
            for document in documents
        ]
    except (KeyError, TypeError, ValueError):
        raise Unanswered("the list has an unknown shape") from None
