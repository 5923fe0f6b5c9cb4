"""Where the HTTP interface may listen: decided before anything is started, and without its framework."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.catalogue.store import Catalogue
from orchestrator.config.model import WebSettings
from orchestrator.errors import ConfigError
from orchestrator.web import problems
from orchestrator.web.callers import is_loopback


def where_to_listen(settings: WebSettings, catalogue: Catalogue) -> WebSettings:
    """The settings, once it is sure that they let nobody in who should have to sign in.

    A database that was found damaged and begun anew has lost its accounts: the service must run all the same, so it
    listens on loopback, and the status says what happened.

    Raises:
        ConfigError: other machines could reach the host, and there are no accounts to guard it.
    """
    if is_loopback(settings.host) or catalogue.accounts.any():
        return settings
    if catalogue.problems:
        return replace(settings, host="127.0.0.1")
    raise ConfigError(problems.beyond_loopback(settings.host))
