"""How the stand-in answers: the API, its log-in and the MIS, in the shapes of recorded answers."""

import io
import json
import socket
import struct
import time
import zipfile
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

USER, PASSWORD, KEY = "somebody@example.org", "pa55+word&=", "0123456789abcdef0123456789abcdef"
NOT_READY_CALLS, NOT_READY_EACH = 3, 201  # calls that get a 404, and which document ids


class Handler(BaseHTTPRequestHandler):
    """Answers one connection; ``world`` is the `Standin` that it belongs to."""

    protocol_version = "HTTP/1.1"
    world = None

    def log_message(self, *_):
        """Print nothing."""

    def do_GET(self):
        self._serve("GET")

    def do_POST(self):
        self._serve("POST")

    def _serve(self, method: str):
        parts = urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        self.world.addresses.append(self.path)
        path = parts.path.rstrip("/")
        try:
            if path.startswith("/api/public-reports"):
                self._api(method, path.removeprefix("/api/public-reports").strip("/"))
            elif path == "/b2c/oauth2/v2.0/token" and method == "POST":
                self._login()
            elif path == "/misapp/servlets/IceDocListJsonWS":
                self._mis_list()
            elif path == "/misdownload/servlets/mirDownload":
                self._mis_download()
            else:
                self._json(404, {"message": "no such page"})
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    # the log-in

    def _login(self):
        form = {key: values[0] for key, values in parse_qs(self.body.decode()).items()}
        right = form.get("username") == USER and form.get("password") == PASSWORD
        with self.world.lock:
            self.world.logins += 1
            token = f"eyJ-token-{self.world.logins}-secret"
        if not right or form.get("grant_type") != "password":
            text = f"AADB2C90225: invalid; you sent {form.get('password')}"
            return self._json(400, {"error": "access_denied", "error_description": text})
        self.world.tokens.add(token)
        answer = {"token_type": "Bearer", "expires_in": str(self.world.token_seconds), "id_token": token}
        return self._json(200, answer | {"access_token": token, "refresh_token": "r"})

    # the API

    def _api(self, method: str, path: str):
        world = self.world
        if not world.admit(method, path):
            return self._throttled()
        if world.due("429 with Retry-After"):
            return self._throttled("1")
        if world.due("429 with a Retry-After of a day"):
            return self._throttled("86400")
        if world.due("429 without Retry-After"):
            return self._throttled()
        for status in (500, 503):
            if world.due(str(status)):
                return self._json(status, {"message": self.headers.get("Ocp-Apim-Subscription-Key")})
        if world.due("reset"):
            return self._reset()
        if world.due("hang"):
            time.sleep(world.hang_seconds)
            return self._reset()
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if world.due("expired token"):
            world.tokens.discard(token)
        if self.headers.get("Ocp-Apim-Subscription-Key") != KEY or token not in world.tokens:
            return self._json(401, {"message": "Access denied"}, {"WWW-Authenticate": "AzureApiManagementKey"})
        if world.due("web page"):
            return self._send(200, b"<!DOCTYPE html><html>maintenance</html>", "text/html")
        return self._route(method, path)

    def _route(self, method: str, path: str):
        if method == "GET" and not path:
            return self._products()
        kind, _, rest = path.partition("/")
        emil, _, download = rest.partition("/")
        emil = emil.upper()
        known = {doc.emil for doc in self.world.docs} if self.world.in_api is None else self.world.in_api
        if emil not in known or kind not in ("archive", "bundle"):
            return self._json(404, {"status": "NOT_FOUND", "message": "The requested resource does not exist."})
        if method == "POST" and download == "download":
            ids = [int(i) for i in json.loads(self.body)["docIds"]]
            return self._bulk(emil, ids) if kind == "archive" else self._bundle(emil, ids[0], "POST")
        if "download" in self.query:
            doc_id = int(self.query["download"])
            return self._single(doc_id) if kind == "archive" else self._bundle(emil, doc_id, "GET")
        return self._list_archive(emil) if kind == "archive" else self._list_bundles(emil)

    def _products(self):
        emils = sorted({doc.emil for doc in self.world.docs} if self.world.in_api is None else self.world.in_api)
        products = [
            {
                "emilId": emil,
                "reportTypeId": next((d.report_type for d in self.world.docs if d.emil == emil), 0),
                "downloadLimit": self.world.limits.get(emil, 1000),
                "bundle": int(emil in self.world.bundled),
                "status": "Active",
            }
            for emil in emils
        ]
        self._json(200, {"_embedded": {"products": products}, "_links": {}})

    def _list_archive(self, emil: str):
        world, page = self.world, int(self.query.get("page", 1))
        begin, end = (datetime.fromisoformat(self.query[key]) for key in ("postDatetimeFrom", "postDatetimeTo"))
        found = [doc for doc in world.listed(emil) if begin <= doc.posted <= end]
        if page == 1 and len(found) > self._size() and world.due("page shifts"):
            hidden = found[0].doc_id
            if hidden not in world.shifted:
                world.shifted.add(hidden)
                world.hidden.add(hidden)
                found = found[1:]
        elif page > 1 and world.hidden:
            world.hidden.clear()
            found = [doc for doc in world.listed(emil) if begin <= doc.posted <= end]
        if "listed twice" in world.faults and len(found) > 2:
            world.fired["listed twice"] += 1
            found.insert(2, found[1])
        entries = [self._entry(doc.doc_id, doc.friendly, doc.posted) for doc in found]
        self._page(emil, "archives", entries)

    def _list_bundles(self, emil: str):
        months = sorted({d.month for d in self.world.docs if d.emil == emil} - self.world.no_bundle, reverse=True)
        entries = []
        for month in months if emil in self.world.bundled else ():
            next_month = (datetime.fromisoformat(f"{month}-01") + timedelta(days=31)).replace(day=1)
            entries.append(self._entry(_bundle_id(month), f"{emil}_{month}", next_month - timedelta(seconds=1)))
        self._page(emil, "bundles", entries)

    def _size(self) -> int:
        return min(int(self.query.get("size", 1000)), self.world.page_size)

    def _page(self, emil: str, key: str, entries: list[dict]):
        page, size = int(self.query.get("page", 1)), self._size()
        total = len(entries)
        meta = {"totalRecords": total, "pageSize": size, "totalPages": -(-total // size)}
        meta["currentPage"] = page if total else 0
        part = entries[(page - 1) * size : page * size]
        body = {"_meta": meta, "product": {"emilId": emil}, "_links": {}}
        self._json(200, body | ({key: part} if part else {}))

    def _entry(self, doc_id: int, name: str, posted: datetime) -> dict:
        stamp = posted.isoformat(timespec="milliseconds")
        return {"docId": doc_id, "friendlyName": name, "postDatetime": stamp, "_links": {}}

    def _ask(self, ids: list[int]) -> None:
        with self.world.lock:
            self.world.asked += [(doc_id, len(self.world.calls)) for doc_id in ids]

    def _not_ready(self, ids: list[int]) -> bool:
        """Say whether one of the documents is listed, but cannot be had yet (or ever)."""
        world = self.world
        if world.never & set(ids):
            return True
        late = [i for i in ids if i % NOT_READY_EACH == 0] if "listed, not ready" in world.faults else []
        with world.lock:
            waiting = [i for i in late if world.refused_downloads[i] < NOT_READY_CALLS]
            world.refused_downloads.update(waiting)
            world.fired["listed, not ready"] += bool(waiting)
        return bool(waiting)

    def _bulk(self, emil: str, ids: list[int]):
        world = self.world
        if len(ids) > world.limits.get(emil, 1000):
            return self._json(400, {"message": "too many documents"})
        self._ask(ids)
        if self._not_ready(ids):
            return self._json(404, {"message": "not found"})
        if world.due("lacks one"):
            ids = ids[:-1]
        names = {i: f"{i}.{world.by_id[i].name}" for i in ids}
        if ids and world.due("name that climbs"):
            names[ids[0]] = f"../../../{names[ids[0]]}"
        if ids and world.due("name that climbs before the id"):
            names[ids[-1]] = f"{ids[-1]}.../../../../{world.by_id[ids[-1]].name}"
        return self._archive(_zip({names[i]: world.by_id[i].data for i in ids}))

    def _bundle(self, emil: str, bundle: int, method: str):
        world = self.world
        docs = [d for d in world.docs if d.emil == emil and _bundle_id(d.month) == bundle]
        if method == "POST" and world.due("bundle refused"):
            return self._json(400, {"message": "bad request"})
        self._ask([doc.doc_id for doc in docs])
        if len(docs) > 1 and world.due("bundle lacks one"):
            docs = docs[1:]
        return self._archive(_zip({f"{d.doc_id}.{d.name}": d.data for d in docs}))

    def _archive(self, data: bytes):
        if self.world.due("bad CRC"):
            data = _spoil(data)
        if self.world.due("truncated body"):
            return self._send(200, data, "application/zip", cut=len(data) // 2)
        if self.world.due("wrong length"):
            return self._send(200, data, "application/zip", length=len(data) - 30)
        return self._send(200, data, "application/zip")

    def _single(self, doc_id: int):
        self._ask([doc_id])
        doc = self.world.by_id.get(doc_id)
        if doc is None or self._not_ready([doc_id]):
            return self._json(404, {"message": "not found"})
        if self.world.due("single web page"):
            return self._send(200, b"\n<html>sorry</html>", "text/html")
        disposition = {"Content-Disposition": f'attachment; filename="../../{doc.name}"'}
        return self._send(200, doc.data, "application/octet-stream", headers=disposition)

    # the MIS

    def _mis_list(self):
        self.world.mis_calls.append(self.path)
        if self.world.mis_down:
            return self._send(200, b"<html>Request unsuccessful. Incident ID</html>", "text/html")
        documents = []
        for doc in self.world.docs:
            if doc.doc_id in self.world.on_mis and str(doc.report_type) == self.query.get("reportTypeId"):
                for ending, shift in (("", 0), ("_xml", 1)):
                    name = doc.name.replace("_csv.zip", "_xml.zip") if ending else doc.name
                    if ending and name == doc.name:
                        continue
                    documents.append({
                        "Document": {
                            "DocID": str(doc.doc_id + shift * 10**9),
                            "ConstructedName": name,
                            "FriendlyName": doc.friendly,
                            "PublishDate": f"{doc.posted.isoformat()}-06:00",
                            "ContentSize": str(len(doc.data)),
                        }
                    })  # fmt: skip
        documents.append({})
        return self._json(200, {"ListDocsByRptTypeRes": {"DocumentList": documents}})

    def _mis_download(self):
        self.world.mis_calls.append(self.path)
        doc_id = int(self.query["doclookupId"])
        self._ask([doc_id])
        if doc_id not in self.world.on_mis:
            return self._json(404, {})
        return self._send(200, self.world.by_id[doc_id].data, "application/octet-stream")

    # answers

    def _throttled(self, after: str | None = None):
        body = {"error_key": "throttled", "error_message": "Too Many Requests"}
        self._json(429, body, {"Retry-After": after} if after else {})

    def _reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _json(self, status: int, body: dict, headers: dict | None = None):
        self._send(status, json.dumps(body).encode(), "application/json", headers=headers)

    def _send(self, status, data, kind, cut=None, length=None, headers=None):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(data if cut is None else data[:cut])
        if cut is not None or length is not None:
            self.close_connection = True

    def handle_one_request(self):
        try:
            super().handle_one_request()
        except (OSError, ValueError):  # the connection was reset on purpose, or the client was killed
            self.close_connection = True

    def finish(self):
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True


def _bundle_id(month: str) -> int:
    return -int(month.replace("-", ""))


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _spoil(data: bytes) -> bytes:
    """Change one byte in the middle of the first member."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if not archive.infolist():
            return data
        first = archive.infolist()[0]
    place = first.header_offset + 30 + len(first.filename) + first.compress_size // 2
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]
