"""The clients of a run: for the servers that the settings name, at the pace of the account.

In: settings and the environment. Out: `Clients`; `UserError` where an account is needed and there is none.
"""

from dataclasses import dataclass

from ercot.fetch.servers.api import ApiClient
from ercot.fetch.servers.calls import Caller
from ercot.fetch.servers.login import Login
from ercot.fetch.servers.mis import MisClient
from ercot.fetch.servers.pace import Pace, state_file
from ercot.fetch.settings import FetchSettings, read_credentials


@dataclass(frozen=True)
class Clients:
    """The servers to ask; None: not this one."""

    api: ApiClient | None
    mis: MisClient | None


def open_login(settings: FetchSettings) -> Login:
    """Return the log-in of the account in the environment."""
    credentials = read_credentials()
    store = state_file("token", settings.login_url, credentials.username)
    return Login(settings.login_url, credentials, store, settings.timeout_seconds)


def open_clients(settings: FetchSettings, with_api: bool) -> Clients:
    """Return the clients for the servers that the settings name; ``with_api``: the product is one of the API's."""
    interval = 60.0 / settings.calls_per_minute
    api = mis = None
    if settings.source != "mis" and with_api:
        pace = Pace(state_file("pace", settings.api_url, read_credentials().username), interval)
        api = ApiClient(settings.api_url, Caller(pace, settings.timeout_seconds, open_login(settings)))
    if settings.source != "api":
        pace = Pace(state_file("pace", settings.mis_url), interval)
        mis = MisClient(settings.mis_url, Caller(pace, settings.timeout_seconds))
    return Clients(api, mis)
