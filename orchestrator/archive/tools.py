"""Programs that work on recordings: quietly, beside a live broadcast, and given up when the service stops."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from orchestrator.archive import problems
from orchestrator.errors import StorageError

_KEPT = 20
"""Lines of what a program complains of that are kept."""
_LOOK = 0.2
"""Seconds between looks whether to give up."""
_NO_ROOM = re.compile("No space left on device|Disk quota exceeded")
"""What programs say when a disk is full."""
_SILENT = 600.0
"""Seconds without a line of progress until a program counts as hung: a loaded disk and idle priority may take long."""


class GivenUpError(Exception):
    """The service is stopping; the job is done again from its start next time."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended."""

    code: int
    """Its exit status; negative for a signal."""
    output: bytes
    """What it wrote to stdout; empty where that was read line by line."""
    complaints: tuple[str, ...]
    """The first lines of its stderr."""
    complained: int
    """How many lines its stderr had."""

    @property
    def why(self) -> str:
        """In a few words, why it failed."""
        return self.complaints[-1] if self.complaints else f"exit status {self.code}"


class Tools:
    """Runs programs at the lowest priority of processor and disk, until told to give up."""

    def __init__(self, stopping: threading.Event | None = None) -> None:
        self.stopping = stopping or threading.Event()
        """Set: whatever runs is ended, and GivenUpError raised."""

    def check(self) -> None:
        """Raise GivenUpError if the job is to be given up."""
        if self.stopping.is_set():
            raise GivenUpError

    def run(
        self,
        argv: Sequence[str],
        *,
        feed: Iterable[bytes] | None = None,
        on_line: Callable[[str], None] | None = None,
    ) -> Finished:
        """Run a program to its end; `feed` goes to its stdin, each line of its stdout to `on_line`.

        Raises:
            GivenUpError: the service is stopping; the program is dead.
            StorageError: the program isn't installed.
            OSError: `feed` couldn't be read, or the disk is full; the program is dead.
        """
        self.check()
        with subprocess.Popen(
            [*_quietly(), *argv],
            stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            output, complaints, feeder = _Reader(on_line), _Reader(lambda _line: None), _Feeder(feed or ())
            for part, pipe in ((output, process.stdout), (complaints, process.stderr), (feeder, process.stdin)):
                if pipe is not None:
                    part.begin(pipe)
            try:
                self._wait(process, (output, complaints))
            finally:
                process.kill()
            for part in (output, complaints, feeder):
                part.end()
        if feeder.error is not None:
            raise feeder.error
        if process.returncode == 127:
            raise StorageError(problems.no_program(argv[0]))
        if any(_NO_ROOM.search(line) for line in complaints.lines):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return Finished(process.returncode, output.whole, tuple(complaints.lines), complaints.count)

    def _wait(self, process: subprocess.Popen[bytes], readers: Sequence[_Reader]) -> None:
        """Wait until a program has said its last word, or has been silent for too long."""
        silent, heard = 0.0, -1
        while not all(reader.end(_LOOK) for reader in readers):
            self.check()
            now_heard = sum(reader.count for reader in readers)
            silent = silent + _LOOK if now_heard == heard else 0.0
            heard = now_heard
            if silent >= _SILENT:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=_SILENT)


class _Part:
    """A thread at one of a program's pipes, so that none of them ever blocks it."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def begin(self, pipe: IO[bytes]) -> None:
        """Start on a pipe."""
        self._thread = threading.Thread(target=self._work, args=(pipe,), name="archive-pipe", daemon=True)
        self._thread.start()

    def end(self, within: float | None = None) -> bool:
        """Wait (seconds, or for ever) until the pipe's end was reached; whether it was."""
        if self._thread is not None:
            self._thread.join(within)
        return self._thread is None or not self._thread.is_alive()

    def _work(self, pipe: IO[bytes]) -> None:
        raise NotImplementedError


class _Reader(_Part):
    """Reads what a program says."""

    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        super().__init__()
        self._on_line = on_line
        self.lines: list[str] = []
        self.count = 0
        self.whole = b""

    def _work(self, pipe: IO[bytes]) -> None:
        if self._on_line is None:
            self.whole = pipe.read()
            return
        for raw in pipe:
            line = raw.decode("utf-8", "replace").strip()
            self.count += 1
            if len(self.lines) < _KEPT:
                self.lines.append(line)
            self._on_line(line)


class _Feeder(_Part):
    """Gives a program what it reads."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._chunks = chunks
        self.error: OSError | None = None

    def _work(self, pipe: IO[bytes]) -> None:
        try:
            for chunk in self._chunks:
                pipe.write(chunk)
        except BrokenPipeError:
            pass  # it ended; its exit status tells why
        except OSError as error:
            self.error = error
        finally:
            with suppress(OSError):
                pipe.close()


@lru_cache(maxsize=1)
def _quietly() -> tuple[str, ...]:
    prefix: tuple[str, ...] = ("nice", "-n", "19")
    return (*prefix, "ionice", "-c", "3") if shutil.which("ionice") else prefix
