"""One call to a server: at its turn, tried again where that may help.

In: method, address, what to do with the body. Out: what that made of the body. A body is read within the try, so
one that breaks off or is no good is asked for again. Errors name the server and the status, never a header or a body.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter
from urllib3.exceptions import ReadTimeoutError

from ercot.fetch.servers.pace import Pace
from ercot.workflow.settings import UserError

ATTEMPTS = 12  # for what everything depends on: some minutes of an outage
FEW_ATTEMPTS = 4  # for a download to which there is another way
LONGEST_PAUSE = 60.0  # seconds between two tries
PAUSES = 25  # the longest pause in turns, where turns are short
BUSY, BROKEN = (429, 503), (408, 500, 502, 504)

T = TypeVar("T")


class Refused(Exception):
    """The server understood and says no: trying again in this run is of no use."""

    def __init__(self, status: int):
        super().__init__(f"refused with status {status}")
        self.status = status


class Unanswered(Exception):
    """No answer of use, even when tried again.

    ``outage``: the server as a whole is at fault, not what was asked for; ``busy``: it wants fewer calls; ``slow``: the
    tries took the whole time that a call may take.
    """

    def __init__(
        self, reason: str, outage: bool = False, busy: bool = False, slow: bool = False, retry_after: float = 0.0
    ):
        super().__init__(reason)
        self.outage, self.busy, self.slow, self.retry_after = outage, busy, slow, retry_after


class NoAuth(AuthBase):
    """Send no name or password, not even one that a .netrc of the user has for the server."""

    follows_redirects = True

    def __call__(self, request):
        """Leave the request as it is."""
        return request

    def accepted(self) -> None:
        """Take note that a call was let in."""

    def denied(self) -> bool:
        """Take note that a call was not let in, and say whether another one could be."""
        return False


class Caller:
    """Calls to one server."""

    def __init__(self, pace: Pace | None, timeout: float, auth: NoAuth | None = None):
        self._pace, self._timeout = pace, timeout
        self._auth = auth or NoAuth()
        self._session = requests.Session()
        self._session.headers["User-Agent"] = "ercot-data-workflow"

    def call(
        self, method: str, url: str, read: Callable[[requests.Response], T], attempts: int = ATTEMPTS, **request
    ) -> T:
        """Return what ``read`` makes of the answer. Raises `Refused`, or `Unanswered` when the tries are used up."""
        interval = self._pace.interval if self._pace else 1.0
        longest = min(LONGEST_PAUSE, PAUSES * interval)
        growing = wait_exponential_jitter(multiplier=interval, max=longest, jitter=interval)
        retrying = Retrying(
            retry=retry_if_exception_type(Unanswered),
            stop=stop_after_attempt(attempts),
            # What the server asks for is honoured, but never trusted alone: it names seconds while it keeps refusing.
            wait=lambda state: max(growing(state), min(_error(state).retry_after, longest)),
            before_sleep=self._hold_others,
            reraise=True,
        )
        return retrying(self._try, method, url, read, request)

    def _try(self, method: str, url: str, read: Callable[[requests.Response], T], request: dict) -> T:
        if self._pace:
            self._pace.wait()
        with (
            _network_errors(url),
            self._session.request(
                method,
                url,
                stream=True,
                timeout=self._timeout,
                auth=self._auth,
                allow_redirects=self._auth.follows_redirects,
                **request,
            ) as response,
        ):
            self._raise_for(response)
            return read(response)

    def _raise_for(self, response: requests.Response) -> None:
        status = response.status_code
        if status == 401 and self._auth.denied():
            raise Unanswered("the token is not accepted")
        if status in BUSY or status in BROKEN:
            busy, after = status in BUSY, _seconds(response.headers.get("Retry-After", ""))
            raise Unanswered(f"status {status}", outage=busy, busy=busy, retry_after=after)
        if status != 200:
            raise Refused(status)
        self._auth.accepted()

    def _hold_others(self, state: RetryCallState) -> None:
        """Hold back the other processes, too, where the server has enough of us all."""
        if self._pace and _error(state).busy:
            self._pace.hold(state.next_action.sleep)


@contextmanager
def _network_errors(url: str) -> Iterator[None]:
    """Turn what the library raises into our own errors; its texts may hold headers."""
    host = urlsplit(url).hostname
    try:
        yield
    except requests.exceptions.SSLError:
        raise UserError(f"the certificate of {host} is not trusted; nothing was sent") from None
    except requests.exceptions.ReadTimeout:
        raise Unanswered(f"{host} does not answer", slow=True) from None
    except (requests.exceptions.ChunkedEncodingError, requests.exceptions.ContentDecodingError):
        raise Unanswered("the answer breaks off") from None
    except requests.exceptions.ConnectionError as error:
        if error.args and isinstance(error.args[0], ReadTimeoutError):  # in the middle of a body
            raise Unanswered(f"{host} stopped to answer", slow=True) from None
        raise Unanswered(f"no connection to {host}", outage=True) from None
    except requests.exceptions.RequestException as error:
        raise Unanswered(type(error).__name__) from None


def json_body(response: requests.Response) -> dict:
    """Return the body, which must be a JSON object."""
    try:
        body = response.json()
    except requests.exceptions.JSONDecodeError:
        raise Unanswered("the answer is no JSON") from None
    if not isinstance(body, dict):
        raise Unanswered("the answer is no JSON object")
    return body


def _error(state: RetryCallState) -> Unanswered:
    return state.outcome.exception()


def _seconds(text: str) -> float:
    """Read Retry-After: seconds or a date; 0 where it is neither."""
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, TypeError):
        return 0.0
