"""A server on loopback that answers as ERCOT's public API, its log-in and its public MIS do, faults on request.

It holds documents, hands them out in the shapes of the official description and of recorded answers, limits the calls
as ERCOT does (in a minute that may be shorter), and notes every call, so that tests can count.
"""

import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from http.server import ThreadingHTTPServer

from .handler import Handler

LIMIT = 30  # calls a minute

# Fault -> the first call of its kind that meets it, and every how many calls after that.
SCHEDULE = {
    "429 with Retry-After": (9, 83),
    "429 with a Retry-After of a day": (40, 211),
    "429 without Retry-After": (14, 97),
    "500": (23, 89),
    "503": (31, 101),
    "web page": (12, 71),
    "reset": (18, 79),
    "hang": (27, 131),
    "expired token": (35, 67),
    "truncated body": (3, 29),
    "wrong length": (5, 31),
    "lacks one": (2, 5),
    "bad CRC": (3, 7),
    "name that climbs": (1, 6),
    "name that climbs before the id": (4, 9),
    "bundle lacks one": (2, 3),
    "bundle refused": (1, 2),
    "page shifts": (1, 3),
    "single web page": (2, 5),
}
STANDING = ("listed, not ready", "listed twice")  # faults of documents rather than of calls
FAULTS = (*SCHEDULE, *STANDING)


@dataclass(frozen=True)
class Doc:
    """A document as ERCOT holds it."""

    emil: str
    report_type: int
    doc_id: int
    name: str  # ERCOT's constructed name
    posted: datetime
    data: bytes

    @property
    def friendly(self) -> str:
        return self.name.split(".")[-2]

    @property
    def month(self) -> str:
        return f"{self.posted:%Y-%m}"


@dataclass
class Standin:
    """The state of the server: what it holds, what goes wrong, what was asked."""

    docs: list[Doc]
    faults: tuple[str, ...] = ()
    minute: float = 60.0  # seconds in which LIMIT calls are let in
    page_size: int = 1000
    limits: dict[str, int] = field(default_factory=dict)  # downloadLimit by product
    bundled: set[str] = field(default_factory=set)  # products that have bundles
    no_bundle: set[str] = field(default_factory=set)  # months without one
    in_api: set[str] | None = None  # products of the API; None: all
    on_mis: set[int] = field(default_factory=set)  # ids that the MIS shows
    not_in_api: set[int] = field(default_factory=set)  # ids that the API does not list (yet)
    never: set[int] = field(default_factory=set)  # ids that are listed and can never be had
    token_seconds: int = 3600
    mis_down: bool = False
    hang_seconds: float = 1.3

    def __post_init__(self):
        self.lock = threading.Lock()
        self.by_id = {doc.doc_id: doc for doc in self.docs}
        self.fired, self.seen = Counter(), Counter()
        self.calls: list[tuple[float, str, str]] = []  # API calls: time, method, path
        self.mis_calls: list[str] = []
        self.over_limit = 0
        self.logins = 0
        self.tokens: set[str] = set()
        self.asked: list[tuple[int, int]] = []  # document id, number of the API call that asked for it
        self.refused_downloads = Counter()
        self.hidden: set[int] = set()  # comes into the list while it is read
        self.shifted: set[int] = set()
        self.addresses: list[str] = []

    def due(self, fault: str) -> bool:
        """Count a call that a fault could meet, and say whether it does."""
        if fault not in self.faults:
            return False
        with self.lock:
            self.seen[fault] += 1
            first, every = SCHEDULE[fault]
            hit = self.seen[fault] >= first and (self.seen[fault] - first) % every == 0
            self.fired[fault] += hit
        return hit

    def admit(self, method: str, path: str) -> bool:
        """Note an API call, and say whether it is within the limit."""
        now = time.monotonic()
        with self.lock:
            recent = sum(1 for at, *_ in self.calls if at > now - self.minute)
            self.calls.append((now, method, path))
            self.over_limit += recent >= LIMIT
            return recent < LIMIT

    def most_calls_a_minute(self) -> int:
        """Return the largest number of API calls in any stretch of a minute."""
        times = [at for at, *_ in self.calls]
        return max((sum(1 for at in times[i:] if at < start + self.minute) for i, start in enumerate(times)), default=0)

    def listed(self, emil: str) -> list[Doc]:
        """Return the documents of a product in the API's list, newest first."""
        found = [d for d in self.docs if d.emil == emil and d.doc_id not in self.hidden | self.not_in_api]
        return sorted(found, key=lambda d: (d.posted, d.doc_id), reverse=True)

    def start(self) -> "Standin":
        """Serve on a free port of the loopback interface."""
        handler = type("Answering", (Handler,), {"world": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.root = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def stop(self) -> None:
        """Close the port."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def urls(self) -> dict[str, str]:
        """The addresses, as the configuration names them."""
        api, login = f"{self.root}/api/public-reports", f"{self.root}/b2c/oauth2/v2.0/token"
        return {"api_url": api, "login_url": login, "mis_url": self.root}


def by_month(docs: list[Doc]) -> dict[tuple[str, str], dict[str, bytes]]:
    """Map product and month to the files that a fetch must end with."""
    found = defaultdict(dict)
    for doc in docs:
        found[doc.emil, doc.month][doc.name] = doc.data
    return dict(found)
