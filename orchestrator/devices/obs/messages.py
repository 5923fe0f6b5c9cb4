"""What OBS is asked, what it answers, and how either fails: values that need no connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestrator.devices.obs import problems
from orchestrator.errors import DeviceError, Problem
from orchestrator.plan.model import Studio

Data = Mapping[str, Any]
"""What a request, an answer or an event carries."""
Settings = Mapping[str, Any]
"""What an input, a scene item or an output is set to."""

NOT_READY: Final = 207
"""OBS's code for: still starting, or changing its scene collection."""
ALREADY_RUNNING: Final = 500
"""Its code where an output that is to begin has begun."""
NOT_RUNNING: Final = 501
"""Its code where an output that is to end has ended."""
NOT_FOUND: Final = 600
"""Its code where nothing has that name."""
NAME_TAKEN: Final = 601
"""Its code where something has that name already."""


class RequestError(DeviceError):
    """OBS refused a request."""

    def __init__(self, where: str, request: str, code: int, comment: str) -> None:
        super().__init__(problems.refused(where, request, code, comment))
        self.request = request
        """The request's type."""
        self.code = code
        """OBS's status code, such as NOT_FOUND."""
        self.comment = comment
        """OBS's own explanation; may be empty."""


class LinkError(DeviceError):
    """There is no working connection to OBS; its problem says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a batch."""

    name: str
    """The request's type."""
    data: Data = field(default_factory=dict)
    """Its data."""


def text_request(name: str, text: str) -> Request:
    """Sets what a text input shows."""
    return Request("SetInputSettings", {"inputName": name, "inputSettings": {"text": text}})


@dataclass(frozen=True, slots=True)
class Peer:
    """Which OBS it is, as problems name it."""

    where: str
    """The venue."""
    host: str
    """Its machine."""
    port: int
    """Its WebSocket server's port."""

    @classmethod
    def of(cls, studio: Studio, where: str) -> Peer:
        """A venue's studio."""
        return cls(where, studio.host, studio.port)

    def error(self, why: Callable[..., Problem], *details: str) -> LinkError:
        """What is wrong with the connection to it; `why` is one of the problems that name host and port."""
        return LinkError(why(self.where, self.host, self.port, *details))
