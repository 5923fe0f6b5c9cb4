"""How the station of a test is joined to the world: what waits on the way, and which names are found."""

from __future__ import annotations

import os

import pytest

from demo.service import COMMAND, Service
from tests.real.stage import Stage, now
from tests.support import until

HELD = 1.5
"""Seconds of a stream that the way to a sink may hold at most: what is shown later was sent later."""
_ALONE = 'mount --bind "$0/hosts" /etc/hosts; mount --bind "$0/nsswitch.conf" /etc/nsswitch.conf; exec "$@"'


def pause(seconds: float) -> None:
    """Let time pass, with the fault in place."""
    end = now() + seconds
    until(lambda: now() >= end, seconds + 5, every=0.1)


class Names:
    """The names that a stage's service and its programs find: those in a file of the stage, and no others."""

    def __init__(self, stage: Stage) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root can give a program names of its own")
        self._file = stage.root / "hosts"
        self._file.write_text("127.0.0.1 localhost\n")
        (stage.root / "nsswitch.conf").write_text("passwd: files\ngroup: files\nhosts: files\n")
        alone = ("unshare", "--mount", "sh", "-ec", _ALONE, str(stage.root))
        stage.service = Service(stage.station, program=(*alone, str(COMMAND)))

    def add(self, name: str) -> None:
        """Have it found on this machine, from now on."""
        with self._file.open("a") as file:
            file.write(f"127.0.0.1 {name}\n")
