"""The token of an account: one for all processes of this user, renewed in time.

In: credentials, the login address, the file where the token lies (no other user can read it). Out: what to put into the
headers of a call. The password goes into the body of one request and nowhere else.
"""

import json
import os
import time
from pathlib import Path
from urllib.parse import urlsplit

from ercot.fetch.servers.calls import Caller, NoAuth, Refused, Unanswered, json_body
from ercot.fetch.servers.pace import locked
from ercot.fetch.settings import KEY, PASSWORD, REGISTRATION, USERNAME, Credentials
from ercot.workflow.settings import UserError

CLIENT = "fec253ea-0d06-4272-a5e6-b478baeecd70"  # the same for everybody, as ERCOT's guide prints it
EARLY = 300.0  # seconds before its end in which a token is not used any more
LIFETIME = 3600.0
DENIALS = 2  # in a row: the first may be that of a token which was thrown away meanwhile


class Login(NoAuth):
    """Puts token and subscription key into requests."""

    follows_redirects = False  # one could carry the secrets to another server

    def __init__(self, url: str, credentials: Credentials, store: Path, timeout: float):
        self._url, self._credentials, self._store = url, credentials, store
        self._caller = Caller(None, timeout)
        self._used = ""
        self._denials = 0  # in a row

    def __call__(self, request):
        """Add the headers to a request."""
        self._used = self.token()
        request.headers["Authorization"] = f"Bearer {self._used}"
        request.headers["Ocp-Apim-Subscription-Key"] = self._credentials.key
        return request

    def token(self) -> str:
        """Return a token that is good for some time, from the file that all processes share or from the server."""
        with locked(self._store) as file:
            kept = _kept_token(file)
            if kept:
                return kept
            body = self._log_in()
            lifetime = float(body.get("expires_in") or LIFETIME)
            until = time.time() + lifetime - min(EARLY, lifetime / 4)
            _keep(file, {"token": body["id_token"], "until": until})
            return body["id_token"]

    def accepted(self) -> None:
        """Take note that a call was let in."""
        self._denials = 0

    def denied(self) -> bool:
        """Forget a token that the server did not accept; `UserError` where a new one was not accepted either."""
        self._denials += 1
        if self._denials > DENIALS:
            raise UserError(f"ERCOT accepts the log-in but not the call: check {KEY} at {REGISTRATION}")
        with locked(self._store) as file:
            if _kept_token(file) == self._used:
                _keep(file, {})
        return True

    def _log_in(self) -> dict:
        form = {
            "grant_type": "password",
            "username": self._credentials.username,
            "password": self._credentials.password,
            "response_type": "id_token",
            "scope": f"openid {CLIENT} offline_access",
            "client_id": CLIENT,
        }
        try:
            return self._caller.call("POST", self._url, _token_body, data=form)
        except Refused as error:
            raise UserError(
                f"ERCOT does not accept {USERNAME} and {PASSWORD} (status {error.status}); sign in at {REGISTRATION} "
                "to try them"
            ) from None
        except Unanswered as error:
            raise UserError(f"the log-in at {urlsplit(self._url).hostname} fails: {error}; try again later") from None


def _token_body(response) -> dict:
    body = json_body(response)
    if not isinstance(body.get("id_token"), str):
        raise Unanswered("the login answers without a token")
    return body


def _kept_token(file) -> str | None:
    file.seek(0)
    try:
        kept = json.loads(file.read() or "{}")
        return kept["token"] if kept["until"] > time.time() else None
    except (ValueError, KeyError, TypeError):
        return None


def _keep(file, content: dict) -> None:
    os.fchmod(file.fileno(), 0o600)
    file.seek(0)
    file.truncate()
    json.dump(content, file)
    file.flush()
